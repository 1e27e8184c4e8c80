"""The layer `versions`: the contents of the ledger bucket, by one listing of its versions."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Final

from audit.verification.results import CheckResult, of_key
from schemas.audit.check import Fault
from schemas.counts import counted
from storage import keys
from storage.s3.objects import Objects
from storage.s3.versions import StoredVersion

STRAY: Final = "is not the name of anything that is kept here; find out who stored it, and remove every version"


@dataclass(slots=True)
class Listing:
    """Every version and delete marker of the record."""

    versions: list[StoredVersion] = field(default_factory=list)
    ledgers: dict[str, list[StoredVersion]] = field(default_factory=dict)
    """Folder below `ledger/` to the newest version of each key in it, in order of key."""
    register: list[StoredVersion] = field(default_factory=list)
    seals: list[StoredVersion] = field(default_factory=list)
    strays: list[str] = field(default_factory=list)
    """Keys of the bucket under which nothing of the record is kept."""


def check_versions(listing: Listing) -> CheckResult:
    """Find every key that has more than one version, and every delete marker."""
    strays = [of_key("versions", key, STRAY) for key in listing.strays]
    return CheckResult([*_faults(listing), *strays], {"versions": counted(len(listing.versions), "version")})


def _faults(listing: Listing) -> Iterator[Fault]:
    for key, versions in groupby(listing.versions, lambda one: one.key):
        listed = list(versions)
        if any(one.is_delete_marker for one in listed):
            yield of_key("versions", key, "a delete marker hides it")
        count = sum(not one.is_delete_marker for one in listed)
        if count > 1:
            yield of_key("versions", key, f"{count} versions; every key has one")


def single_versions(versions: Iterable[StoredVersion]) -> dict[str, StoredVersion]:
    """Return the version of each key that has one only and no delete marker.

    Servers list versions in different orders, so only of such a key is it known, without reading, what a reader gets.
    """
    grouped = {key: list(listed) for key, listed in groupby(versions, lambda one: one.key)}
    return {key: rows[0] for key, rows in grouped.items() if len(rows) == 1 and not rows[0].is_delete_marker}


def list_record(objects: Objects, inspection_id: str | None) -> Listing:
    """List the record: register, ledgers and seals, with whatever else is in the bucket; or one ledger of it."""
    of_one = (keys.REGISTER_PREFIX, keys.ledger_folder(inspection_id), keys.SEALS_PREFIX) if inspection_id else ("",)
    made = Listing([one for prefix in of_one for one in objects.versions(prefix)])
    for version in _standing(made.versions):
        if not version.key.startswith((keys.LEDGER_PREFIX, keys.REGISTER_PREFIX, keys.SEALS_PREFIX)):
            made.strays.append(version.key)
        elif version.key.startswith(keys.LEDGER_PREFIX):
            folder = version.key.removeprefix(keys.LEDGER_PREFIX).partition("/")[0]
            made.ledgers.setdefault(folder, []).append(version)
        elif version.key.startswith(keys.REGISTER_PREFIX):
            made.register.append(version)
        else:
            made.seals.append(version)
    return made


def _standing(versions: Iterable[StoredVersion]) -> Iterator[StoredVersion]:
    """Return one version of each key, whether or not a marker hides it; reading shows which."""
    for _, group in groupby(versions, lambda one: one.key):
        listed = list(group)
        standing = [one for one in listed if not one.is_delete_marker]
        if len(standing) == len(listed):
            yield standing[-1]
        elif standing:
            # The listing does not say which version is read under this key, so the snapshot must not be asked for it.
            yield replace(standing[-1], etag="", id="")


def fingerprint(versions: Iterable[StoredVersion]) -> str:
    """Return a digest of a list of versions; a different list of the same keys has a different one."""
    text = "\n".join(f"{one.key} {one.id} {one.etag} {one.is_delete_marker}" for one in versions)
    return hashlib.sha256(text.encode()).hexdigest()
