"""The places of a chain in a bucket, each written once and never removed: `<folder>/<place, 8 digits>.json`, from 0.

The ledgers, the register and the seals are such chains.
"""

from __future__ import annotations

from collections.abc import Iterable

from schemas.errors import AlreadyWrittenError, ChainBrokenError
from storage.s3.objects import Objects
from storage.s3.versions import StoredVersion


def write_place(objects: Objects, key: str, data: bytes, subject: str) -> None:
    """Write the next place of a chain, durably, exactly once.

    Args:
        subject: what is written, for messages: `kent-2025 entry 3`.

    Raises:
        AlreadyWrittenError: another writer was first; nothing was changed.
    """
    # A key that is taken was taken by ourselves, if the reply to an earlier try was lost, or by another writer.
    if not objects.create(key, data, "application/json") and objects.read(key) != data:
        raise AlreadyWrittenError(f"{subject}: expected to write it, found it written by another; read again")


def in_places(subject: str, folder: str, versions: Iterable[StoredVersion]) -> list[StoredVersion]:
    """Return one version for each place of a chain, in order.

    Args:
        subject: what one place holds, for messages: `kent-2025 entry`.
        folder: where the chain stands, with a slash at its end.
        versions: everything under that folder, in order of key.

    Raises:
        ChainBrokenError: a gap, a second version or a delete marker.
    """
    checked: list[StoredVersion] = []
    for place, version in enumerate(versions):
        expected = f"{folder}{place:08d}.json"
        if version.is_delete_marker or version.key != expected:
            found = "a delete marker" if version.is_delete_marker else version.key.removeprefix(folder)
            if checked and version.key == checked[-1].key:
                kind = "delete marker" if version.is_delete_marker else "version"
                found = f"a second {kind} of {subject.rpartition(' ')[2]} {place - 1}"
            raise ChainBrokenError(
                f"{subject} {place}: expected {expected.removeprefix(folder)}, once, found {found}; "
                f"the {folder.partition('/')[0]} is not what was written: tell management and keep the bucket as it is"
            )
        checked.append(version)
    return checked
