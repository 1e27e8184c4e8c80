"""What was read and found whole before, in one file on the verifier's own computer; it can be made again.

It is used only for versions that the server lists now with the same key, version id and ETag as then, and for a ledger
only while all its versions, the register and this program's rules are the same; findings are never kept. So it saves
reading and computing, and hides one alteration only: bytes that were changed behind the S3 server's back while its
listing stayed the same. For that, and whenever the answer matters, verify cold.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final, Literal

from storage.s3.versions import StoredVersion

Bucket = Literal["private", "public"]
_ROOMS: Final = ("schemas", "domain", "storage", "audit")
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT, key TEXT, version TEXT, etag TEXT, digest TEXT, size INTEGER, document TEXT, PRIMARY KEY (bucket, key)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS bytes (key TEXT PRIMARY KEY, version TEXT, etag TEXT, data BLOB);
CREATE TABLE IF NOT EXISTS ledgers (inspection TEXT PRIMARY KEY, versions TEXT, rules TEXT, examined TEXT);
"""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is kept of an object in place of its bytes."""

    digest: str
    size: int
    document: dict[str, object] | None


class Snapshot:
    """What was found whole before. This one holds nothing, so everything is read and computed."""

    def kept(self, bucket: Bucket, version: StoredVersion | None) -> Remembered | None:  # noqa: ARG002
        """Return what is known of this version of an object."""
        return None

    def keep(self, bucket: Bucket, version: StoredVersion, kept: Remembered) -> None:
        """Keep what a version was found to be."""

    def bytes_of(self, version: StoredVersion) -> bytes | None:  # noqa: ARG002
        """Return the bytes of this version of a record."""
        return None

    def keep_bytes(self, version: StoredVersion, data: bytes) -> None:
        """Keep the bytes of a version of a record."""

    def examined(self, inspection: str, versions: str, rules: str) -> str | None:  # noqa: ARG002
        """Return what a ledger of these versions was found to be under these rules."""
        return None

    def keep_examined(self, inspection: str, versions: str, rules: str, examined: str) -> None:
        """Keep what a ledger without findings was found to be."""

    def close(self) -> None:
        """Write what was kept."""


class SnapshotFile(Snapshot):
    """Keeps everything in one SQLite file that only its owner can read."""

    def __init__(self, path: Path) -> None:
        """Open the file, or make it; one that is no snapshot is made anew."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self._open(path)
        try:
            self._db.executescript(_TABLES)
        except sqlite3.DatabaseError:
            self._db.close()
            path.unlink()
            self._open(path)
            self._db.executescript(_TABLES)
        self._objects = {
            (row[0], row[1]): row[2:]
            for row in self._db.execute("SELECT bucket, key, version, etag, digest, size, document FROM objects")
        }
        self._new_objects: list[tuple[object, ...]] = []
        self._new_bytes: list[tuple[object, ...]] = []
        self._new_ledgers: list[tuple[object, ...]] = []

    def _open(self, path: Path) -> None:
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
        self._db = sqlite3.connect(path)

    def kept(self, bucket: Bucket, version: StoredVersion | None) -> Remembered | None:
        """Return what is known of this version of an object."""
        row = self._objects.get((bucket, version.key)) if version else None
        if version is None or row is None or row[:2] != (version.id, version.etag):
            return None
        return Remembered(row[2], row[3], json.loads(row[4]) if row[4] else None)

    def keep(self, bucket: Bucket, version: StoredVersion, kept: Remembered) -> None:
        """Keep what a version was found to be."""
        document = json.dumps(kept.document) if kept.document else None
        self._new_objects.append((bucket, version.key, version.id, version.etag, kept.digest, kept.size, document))

    def bytes_of(self, version: StoredVersion) -> bytes | None:
        """Return the bytes of this version of a record."""
        found = self._db.execute(
            "SELECT data FROM bytes WHERE key = ? AND version = ? AND etag = ?", (version.key, version.id, version.etag)
        ).fetchone()
        return found[0] if found else None

    def keep_bytes(self, version: StoredVersion, data: bytes) -> None:
        """Keep the bytes of a version of a record."""
        self._new_bytes.append((version.key, version.id, version.etag, data))

    def examined(self, inspection: str, versions: str, rules: str) -> str | None:
        """Return what a ledger of these versions was found to be under these rules."""
        found = self._db.execute(
            "SELECT examined FROM ledgers WHERE inspection = ? AND versions = ? AND rules = ?",
            (inspection, versions, rules),
        ).fetchone()
        return found[0] if found else None

    def keep_examined(self, inspection: str, versions: str, rules: str, examined: str) -> None:
        """Keep what a ledger without findings was found to be."""
        self._new_ledgers.append((inspection, versions, rules, examined))

    def close(self) -> None:
        """Write what was kept; a full disk costs the next run time, never this one its answer."""
        try:
            with self._db:
                self._db.executemany("INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?)", self._new_objects)
                self._db.executemany("INSERT OR REPLACE INTO bytes VALUES (?, ?, ?, ?)", self._new_bytes)
                self._db.executemany("INSERT OR REPLACE INTO ledgers VALUES (?, ?, ?, ?)", self._new_ledgers)
        except sqlite3.Error:
            pass
        finally:
            self._db.close()


def snapshot_of(folder: Path, store: str) -> SnapshotFile:
    """Open the snapshot of a store, in a folder of snapshots."""
    name = hashlib.sha256(store.encode()).hexdigest()[:16]
    return SnapshotFile(folder / f"verified-{name}.sqlite")


@cache
def rules_of_this_program() -> str:
    """Return a name of the rules, made from the code that holds them: a newer program believes no older one."""
    return rules_of(Path(__file__).parents[2])


def rules_of(root: Path) -> str:
    """Return the name of the rules below a folder: the SHA-256 of every module of the rooms that decide a finding."""
    digest = hashlib.sha256()
    for room in _ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            digest.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return digest.hexdigest()
