"""The access keys of the local S3 server, one for each duty, and the rights of each."""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deployments.stack.secrets import PEPPER, SEAL_KEY, SERVICE_KEY
from schemas.errors import StackError
from storage.atomic_file import write_atomically
from storage.settings import Bucket, Duty

IDENTITIES_FILE: Final = "s3.json"
_WRITE_ONE: Final = ("Read", "Write", "List")
_RIGHTS: Final[Mapping[Duty, tuple[str, ...]]] = {
    Duty.ADMIN: ("Admin", "Read", "Write", "List", "Tagging"),
    Duty.INTAKE: tuple(f"{right}:{Bucket.PRIVATE.value}" for right in (*_WRITE_ONE, "Tagging")),
    Duty.LEDGER: tuple(f"{right}:{Bucket.LEDGER.value}" for right in _WRITE_ONE),
    Duty.PUBLISH: tuple(f"{right}:{Bucket.PUBLIC.value}" for right in _WRITE_ONE),
    # This server grants rights by bucket. On another server, let this key write `seal/*` only (SECURITY.md).
    Duty.SEAL: tuple(f"{right}:{Bucket.LEDGER.value}" for right in _WRITE_ONE),
    # The private bucket too, because verifying an artefact means reading it.
    Duty.AUDITOR: (
        *(f"{right}:{bucket.value}" for bucket in Bucket for right in ("Read", "List")),
        f"GetBucketObjectLockConfiguration:{Bucket.LEDGER.value}",
    ),
}
_SECRETS: Final = ("NCPI_SMTP_PASSWORD", *(secret.setting for secret in (PEPPER, SERVICE_KEY, SEAL_KEY)))
# What strangers may read is stated by the policy of the public bucket alone, which does not open versions. With a right
# of their own, they could read what was withdrawn by the version's id.
_ANYBODY: Final[dict[str, object]] = {"name": "anonymous", "actions": []}


@dataclass(frozen=True, slots=True)
class Key:
    """An access key and its secret."""

    access: str
    secret: str


def keys_of(data: Path) -> dict[Duty, Key]:
    """Return the key of each duty, created at the first start of a data folder, and write down what each may do.

    Raises:
        StackError: the file of the keys is damaged.
    """
    path = data / IDENTITIES_FILE
    try:
        keys = _read_keys(path)
    except FileNotFoundError:
        keys = {duty: _new_key(duty) for duty in Duty}
    except (ValueError, KeyError, IndexError, TypeError):
        raise StackError(
            f"{path}: expected the keys as `ncpi up` wrote them; restore the file, or remove it for new keys"
        ) from None
    write_atomically(path, json.dumps(_identities(keys), indent=1).encode() + b"\n")
    return keys


def restricted_environment(
    environment: Mapping[str, str], duties: Collection[Duty], secret_settings: Collection[str] = ()
) -> dict[str, str]:
    """Return an environment with the access keys of these duties and with these secret settings, but with no others."""
    removed = tuple(f"NCPI_S3_{duty.name}_" for duty in Duty if duty not in duties)
    removed += tuple(name for name in _SECRETS if name not in secret_settings)
    return {name: value for name, value in environment.items() if not name.startswith(removed)}


def _new_key(duty: Duty) -> Key:
    return Key(f"{duty.value}-{secrets.token_hex(8)}", secrets.token_hex(24))


def _identities(keys: Mapping[Duty, Key]) -> dict[str, object]:
    identities = [
        {
            "name": duty.value,
            "credentials": [{"accessKey": key.access, "secretKey": key.secret}],
            "actions": list(_RIGHTS[duty]),
        }
        for duty, key in keys.items()
    ]
    return {"identities": [*identities, _ANYBODY]}


def _read_keys(path: Path) -> dict[Duty, Key]:
    identities = {one["name"]: one for one in json.loads(path.read_text(encoding="utf-8"))["identities"]}
    credentials = {duty: identities[duty.value]["credentials"][0] for duty in Duty}
    return {duty: Key(one["accessKey"], one["secretKey"]) for duty, one in credentials.items()}
