"""A bucket in memory; tests/contract runs the same tests on it, moto and SeaweedFS."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator

from schemas.errors import NotFoundError
from storage.s3.versions import StoredVersion


class MemoryObjects:
    """All versions of all keys, in a dict."""

    def __init__(self) -> None:
        self.stored: dict[str, list[bytes]] = {}
        self._etags: dict[bytes, str] = {}
        self._markers: Counter[str] = Counter()
        """How often each key was removed."""
        self._removed: set[str] = set()
        """The keys whose newest version is a delete marker."""
        self._lock = threading.Lock()

    def create(self, key: str, data: bytes, media_type: str) -> bool:  # noqa: ARG002 - the port's argument
        with self._lock:
            if key in self.stored and key not in self._removed:
                return False
            self._put(key, data)
            return True

    def replace(self, key: str, data: bytes, media_type: str) -> None:  # noqa: ARG002
        with self._lock:
            self._put(key, data)

    def remove(self, key: str) -> None:
        with self._lock:
            self._markers[key] += 1
            self._removed.add(key)

    def _put(self, key: str, data: bytes) -> None:
        self.stored.setdefault(key, []).append(data)
        self._removed.discard(key)

    def _etag(self, data: bytes) -> str:
        if data not in self._etags:
            self._etags[data] = hashlib.md5(data, usedforsecurity=False).hexdigest()
        return self._etags[data]

    def read(self, key: str) -> bytes:
        if key not in self.stored or key in self._removed:
            message = f"memory/{key}: no such object"
            raise NotFoundError(message)
        return self.stored[key][-1]

    def versions(self, prefix: str) -> Iterator[StoredVersion]:
        found = [
            StoredVersion(key, self._etag(data), is_delete_marker=False)
            for key in sorted(self.stored)
            if key.startswith(prefix)
            for data in self.stored[key]
        ]
        markers = [key for key in self._markers.elements() if key.startswith(prefix)]
        found += [StoredVersion(key, "", is_delete_marker=True) for key in markers]
        return iter(sorted(found, key=lambda one: (one.key, one.is_delete_marker)))
