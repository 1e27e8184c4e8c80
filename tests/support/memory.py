"""A bucket in memory; tests/contract runs the same tests on it, moto and SeaweedFS."""

from __future__ import annotations

import hashlib
import threading
from collections import Counter
from collections.abc import Iterator, Mapping

from schemas.errors import NotFoundError
from storage.s3.objects import ASK_AGAIN
from storage.s3.versions import StoredVersion


class MemoryObjects:
    """All versions of all keys, in a dict."""

    def __init__(self) -> None:
        self.stored: dict[str, list[bytes]] = {}
        self.headers: dict[str, dict[str, str]] = {}
        """What is sent with the newest version of each key, by a bucket that browsers read."""
        self._etags: dict[bytes, str] = {}
        self._markers: Counter[str] = Counter()
        """How often each key was removed."""
        self._removed: set[str] = set()
        """The keys whose newest version is a delete marker."""
        self._lock = threading.Lock()

    def create(self, key: str, data: bytes, media_type: str) -> bool:
        with self._lock:
            if key in self.stored and key not in self._removed:
                return False
            self._put(key, data, media_type)
            return True

    def replace(self, key: str, data: bytes, media_type: str, *, expected: bytes) -> bool:
        with self._lock:
            if key in self._removed or self.stored.get(key, [None])[-1] != expected:
                return False
            self._put(key, data, media_type)
            return True

    def overwrite(self, key: str, data: bytes, media_type: str, **headers: str) -> None:
        """Store an object whatever is there, which the port does not do."""
        with self._lock:
            self._put(key, data, media_type, **headers)

    def hold_as(self, other: MemoryObjects) -> None:
        """Hold what another bucket holds; its delete markers are left out."""
        self.stored = {key: list(versions) for key, versions in other.stored.items()}
        self.headers = dict(other.headers)

    def remove(self, key: str) -> None:
        with self._lock:
            self._markers[key] += 1
            self._removed.add(key)

    def _put(self, key: str, data: bytes, media_type: str, **headers: str) -> None:
        self.stored.setdefault(key, []).append(data)
        self.headers[key] = {"content-type": media_type, "cache-control": ASK_AGAIN, **headers}
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

    def read_with_headers(self, key: str) -> tuple[bytes, Mapping[str, str]]:
        return self.read(key), self.headers.get(key, {})

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
