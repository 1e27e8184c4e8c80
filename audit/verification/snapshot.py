"""What was read and found whole before, in one file on the verifier's own computer; it can be made again.

It is used only for versions that the server now lists with the same key, version id and ETag as then, and for a ledger
only while all its versions, the register and this program's rules are the same; faults are never kept. It saves
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
from typing import Any, Final, Literal

from storage.atomic_file import PRIVATE, make_folder
from storage.s3.versions import StoredVersion

Bucket = Literal["private", "public"]
_ROOMS: Final = ("schemas", "domain", "storage", "reports", "audit")
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
    """The headers with which a public object is sent, in place of a document."""


class Snapshot:
    """What was found whole before, in one SQLite file that only its owner can read; without a path, nothing."""

    def __init__(self, path: Path | None = None) -> None:
        """Open the file, or make it; one that is not a snapshot is made anew, and without access none is kept."""
        self._db = _opened(path) if path else None
        query = "SELECT bucket, key, version, etag, digest, size, document FROM objects"
        self._objects = {(row[0], row[1]): row[2:] for row in (self._db.execute(query) if self._db else ())}
        self._new: dict[str, list[tuple[object, ...]]] = {"objects": [], "bytes": [], "ledgers": []}

    def kept(self, bucket: Bucket, version: StoredVersion | None) -> Remembered | None:
        """Return what is known of this version of an object."""
        row = self._objects.get((bucket, version.key)) if version else None
        if version is None or row is None or row[:2] != (version.id, version.etag):
            return None
        return Remembered(row[2], row[3], json.loads(row[4]) if row[4] else None)

    def keep(self, bucket: Bucket, version: StoredVersion, kept: Remembered) -> None:
        """Keep what a version was found to be."""
        document = json.dumps(kept.document) if kept.document else None
        self._keep("objects", bucket, version.key, version.id, version.etag, kept.digest, kept.size, document)

    def bytes_of(self, version: StoredVersion) -> bytes | None:
        """Return the bytes of this version of a record."""
        return self._found(
            "SELECT data FROM bytes WHERE key = ? AND version = ? AND etag = ?", version.key, version.id, version.etag
        )

    def keep_bytes(self, version: StoredVersion, data: bytes) -> None:
        """Keep the bytes of a version of a record."""
        self._keep("bytes", version.key, version.id, version.etag, data)

    def examined(self, inspection: str, versions: str, rules: str) -> str | None:
        """Return what a ledger of these versions was found to be under these rules."""
        return self._found(
            "SELECT examined FROM ledgers WHERE inspection = ? AND versions = ? AND rules = ?",
            inspection,
            versions,
            rules,
        )

    def keep_examined(self, inspection: str, versions: str, rules: str, examined: str) -> None:
        """Keep what a ledger without faults was found to be."""
        self._keep("ledgers", inspection, versions, rules, examined)

    def _found(self, query: str, *values: str) -> Any | None:  # noqa: ANN401 - a column of SQLite has any type
        row = self._db.execute(query, values).fetchone() if self._db else None
        return row[0] if row else None

    def _keep(self, table: str, *row: object) -> None:
        if self._db:
            self._new[table].append(row)

    def close(self) -> None:
        """Write what was kept; a full disk costs the next run time, never this one its answer."""
        if self._db is None:
            return
        new = self._new
        try:
            with self._db:
                self._db.executemany(
                    "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?, ?, ?)", self._new["objects"]
                )
                self._db.executemany("INSERT OR REPLACE INTO bytes VALUES (?, ?, ?, ?)", new["bytes"])
                self._db.executemany("INSERT OR REPLACE INTO ledgers VALUES (?, ?, ?, ?)", new["ledgers"])
        except sqlite3.Error:
            pass
        finally:
            self._db.close()


def _opened(path: Path) -> sqlite3.Connection | None:
    try:
        make_folder(path.parent)
        try:
            return _with_tables(path)
        except sqlite3.DatabaseError:
            path.unlink()
            return _with_tables(path)
    except (OSError, sqlite3.Error):
        # A full disk or a folder of somebody else: everything is read, which takes longer and answers the same.
        return None


def _with_tables(path: Path) -> sqlite3.Connection:
    db = _connected(path)
    try:
        db.executescript(_TABLES)
    except sqlite3.Error:
        db.close()
        raise
    return db


def _connected(path: Path) -> sqlite3.Connection:
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW, PRIVATE))
    return sqlite3.connect(path)


def snapshot_of(folder: Path, store: str) -> Snapshot:
    """Open the snapshot of a store, in a folder of snapshots."""
    name = hashlib.sha256(store.encode()).hexdigest()[:16]
    return Snapshot(folder / f"verified-{name}.sqlite")


@cache
def rules_of_this_program() -> str:
    """Return a name of the rules, made from their code, so that a newer program does not trust an older snapshot."""
    return rules_of(Path(__file__).parents[2])


def rules_of(root: Path) -> str:
    """Return the name of the rules below a folder: the SHA-256 of every module of the rooms that decide a fault."""
    digest = hashlib.sha256()
    for room in _ROOMS:
        for path in sorted((root / room).rglob("*.py")):
            digest.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
    return digest.hexdigest()
