"""The keys of the local S3 server, one for each duty, and what each may do."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deployments.stack.private_file import write_private_file
from schemas.errors import StackError
from storage.settings import Bucket, Duty

IDENTITIES_FILE: Final = "s3.json"
_WRITE_ONE: Final = ("Read", "Write", "List")
_RIGHTS: Final[Mapping[Duty, tuple[str, ...]]] = {
    Duty.ADMIN: ("Admin", "Read", "Write", "List", "Tagging"),
    Duty.INTAKE: tuple(f"{right}:{Bucket.PRIVATE.value}" for right in (*_WRITE_ONE, "Tagging")),
    Duty.LEDGER: tuple(f"{right}:{Bucket.LEDGER.value}" for right in _WRITE_ONE),
    Duty.PUBLISH: tuple(f"{right}:{Bucket.PUBLIC.value}" for right in _WRITE_ONE),
    # Private as well: to verify an artefact is to read it.
    # Rights of this server are by bucket. Give another server's key `seal/*` only (SECURITY.md).
    Duty.SEAL: tuple(f"{right}:{Bucket.LEDGER.value}" for right in _WRITE_ONE),
    Duty.AUDITOR: tuple(f"{right}:{bucket.value}" for bucket in Bucket for right in ("Read", "List")),
}
_LATER: Final = frozenset({Duty.SEAL})
"""Duties that a folder which an earlier version made may lack."""
SECRETS: Final = ("NCPI_SEAL_KEY", "NCPI_SMTP_PASSWORD", "NCPI_SERVICE_KEY", "NCPI_PEPPER")
"""Settings that one process needs and no other is given."""
# What strangers may read is said by the public bucket's policy alone, which does not open versions: with a right of
# their own they could go on reading what was withdrawn, by the version's id.
_ANYBODY: Final[dict[str, object]] = {"name": "anonymous", "actions": []}


@dataclass(frozen=True, slots=True)
class Key:
    """An access key and its secret."""

    access: str
    secret: str


def keys_of(data: Path) -> dict[Duty, Key]:
    """Return the key of each duty, made at the first start of a data folder and kept from then on.

    Raises:
        StackError: the file that holds them cannot be read as such.
    """
    path = data / IDENTITIES_FILE
    try:
        kept = _read_keys(path)
    except FileNotFoundError:
        kept = {}
    except (ValueError, KeyError, IndexError, TypeError):
        message = (
            f"{path}: expected the identities as `ncpi up` wrote them; restore the file, or remove it for new keys"
        )
        raise StackError(message) from None
    keys = {duty: kept.get(duty) or _new_key(duty) for duty in Duty}
    if keys != kept:
        write_private_file(path, json.dumps(_identities(keys), indent=1) + "\n")
    return keys


def without_keys_but(
    duties: Collection[Duty], environment: Mapping[str, str], secret: Collection[str] = ()
) -> dict[str, str]:
    """Return an environment without the keys of all other duties, and without any other secret.

    Args:
        secret: names of the secrets that are passed on all the same.
    """
    others = tuple(f"NCPI_S3_{duty.name}_" for duty in Duty if duty not in duties)
    others += tuple(name for name in SECRETS if name not in secret)
    return {name: value for name, value in environment.items() if not name.startswith(others)}


def _new_key(duty: Duty) -> Key:
    return Key(f"{duty.value}-{secrets.token_hex(8)}", secrets.token_hex(24))


def _identities(keys: Mapping[Duty, Key]) -> dict[str, object]:
    known = [
        {
            "name": duty.value,
            "credentials": [{"accessKey": key.access, "secretKey": key.secret}],
            "actions": list(_RIGHTS[duty]),
        }
        for duty, key in keys.items()
    ]
    return {"identities": [*known, _ANYBODY]}


def _read_keys(path: Path) -> dict[Duty, Key]:
    identities = {one["name"]: one for one in json.loads(path.read_text(encoding="utf-8"))["identities"]}
    there = [duty for duty in Duty if duty not in _LATER or duty.value in identities]
    credentials = {duty: identities[duty.value]["credentials"][0] for duty in there}
    return {duty: Key(one["accessKey"], one["secretKey"]) for duty, one in credentials.items()}
