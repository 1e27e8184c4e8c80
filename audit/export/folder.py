"""The folder of an export: what may be written to it, and each file whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import re
from pathlib import Path
from typing import Final

from schemas.errors import RefusedError
from storage.atomic_file import is_temporary, make_folder, remove_temporary_files, write_atomically
from storage.s3.versions import StoredVersion

ABOUT: Final = "export.json"
VERSION: Final = 2
VERIFIER: Final = "ncpi_verify.py"
_SAFE: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}")
_MD5: Final = re.compile(r"[0-9a-f]{32}")


class ExportFolder:
    """A folder that is empty, or into which the same was exported before, completely or not."""

    def __init__(self, path: Path, store: str, inspection_id: str | None) -> None:
        """Check the folder for an export of a store, and make it where it is missing.

        Raises:
            RefusedError: something else is in it, or an export of a different store or choice of inspections.
        """
        self.path = path
        self._about = {"version": VERSION, "store": store, "inspection": inspection_id}
        if path.is_file():
            raise RefusedError(f"{path}: expected a folder to export to, found a file; name a folder")
        if path.is_dir() and not all(is_temporary(one) for one in path.iterdir()):
            self._check()
        make_folder(path)

    def _check(self) -> None:
        try:
            found = json.loads((self.path / ABOUT).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            found = None
        if not isinstance(found, dict) or any(found.get(name) != value for name, value in self._about.items()):
            what = "an export of others" if isinstance(found, dict) else "something else"
            raise RefusedError(
                f"{self.path}: expected an empty folder, or an export of the same record and inspections, found "
                f"{what}; nothing was written: name a different folder"
            )

    def begin(self) -> None:
        """Record that an export is under way: until it ends, the verifier refuses the folder.

        Files that a killed export left half written are removed: the verifier would take them for foreign ones.
        """
        remove_temporary_files(self.path)
        self.write_json(ABOUT, {**self._about, "complete": False})

    def end(self, at: str) -> None:
        """Record that everything is there, once all of it is on the disk."""
        os.sync()
        self.write_json(ABOUT, {**self._about, "complete": True, "exported_at": at})

    @staticmethod
    def is_safe(key: str) -> bool:
        """Return whether a key can be the name of a file below this folder; a server may list any key."""
        return all(_SAFE.fullmatch(part) for part in key.split("/"))

    def has_room_for(self, key: str) -> bool:
        """Return whether no key that was written stands where this one needs a folder, or the other way round."""
        path = self.path / key
        return not path.is_dir() and not any(one.is_file() for one in path.parents if one.is_relative_to(self.path))

    def has(self, key: str, version: StoredVersion) -> bool:
        """Return whether the bytes of a version are there already, by the ETag of what was stored in one piece."""
        path, etag = self.path / key, version.etag.strip('"')
        if not _MD5.fullmatch(etag) or not path.is_file():
            return False
        return hashlib.md5(path.read_bytes(), usedforsecurity=False).hexdigest() == etag

    def forget(self, key: str) -> None:
        """Remove the file of a key, if an earlier export wrote it."""
        if self.is_safe(key):
            (self.path / key).unlink(missing_ok=True)

    def write(self, key: str, data: bytes) -> None:
        """Write a file whole or not at all; `end` makes sure that it reaches the disk."""
        path = self.path / key
        make_folder(path.parent)
        write_atomically(path, data, sync=key == ABOUT)

    def write_json(self, name: str, value: object) -> None:
        """Write JSON, one row a line where it is a list."""
        if isinstance(value, list):
            rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in value)
            self.write(name, f"[\n{rows}\n]\n".encode() if value else b"[]\n")
        else:
            self.write(name, json.dumps(value, ensure_ascii=False, indent=1).encode() + b"\n")
