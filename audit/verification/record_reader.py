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
        unreadable: set[str] = set()
        fresh = read_all(self.objects, [version.key for version in unknown], unreadable)
        for version, data in zip(unknown, fresh, strict=True):
            if data is not None:
                known[version.key] = data
                if version.etag:
                    self.snapshot.keep_bytes(version, data)
        message = "the server lists it and cannot read it; its disk is damaged or was altered"
        return (
            [(version.key, known[version.key]) for version in versions if version.key in known],
            [of_key(_layer_of(key), key, message) for key in sorted(unreadable)],
        )


def _layer_of(key: str) -> Layer:
    if key.startswith(keys.REGISTER_PREFIX):
        return "register"
    return "seal" if key.startswith(keys.SEALS_PREFIX) else "chain"
