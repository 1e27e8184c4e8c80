"""Read objects of the ledger bucket, from the snapshot where it has the same versions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from audit.verification.results import of_key
from audit.verification.snapshot import Snapshot
from schemas.audit.check import Fault, Layer
from storage import keys
from storage.s3.objects import Objects
from storage.s3.read_only import read_all
from storage.s3.versions import StoredVersion


@dataclass(frozen=True, slots=True)
class RecordReader:
    """Reads many objects in parallel."""

    objects: Objects
    snapshot: Snapshot

    def read(self, versions: Sequence[StoredVersion]) -> tuple[list[tuple[str, bytes]], list[Fault]]:
        """Return key and bytes of each version that is there, and a fault for each that cannot be read."""
        known = {version.key: data for version in versions if (data := self.snapshot.bytes_of(version)) is not None}
        unknown = [version for version in versions if version.key not in known]
        unreadable: dict[str, str] = {}
        gone: list[str] = []
        fresh = read_all(self.objects, [version.key for version in unknown], unreadable)
        for version, data in zip(unknown, fresh, strict=True):
            if data is not None:
                known[version.key] = data
                if version.etag:
                    self.snapshot.keep_bytes(version, data)
            elif version.etag and version.key not in unreadable:  # without an ETag, a delete marker may hide it
                gone.append(version.key)
        return (
            [(version.key, known[version.key]) for version in versions if version.key in known],
            [
                *(of_key(_layer_of(key), key, f"is listed, but {why}") for key, why in sorted(unreadable.items())),
                *(of_key("versions", key, "is listed, but nothing is there; restore it from a backup") for key in gone),
            ],
        )


def _layer_of(key: str) -> Layer:
    if key.startswith(keys.REGISTER_PREFIX):
        return "register"
    return "seal" if key.startswith(keys.SEALS_PREFIX) else "chain"
