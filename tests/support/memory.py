"""A bucket in memory that keeps the port's promises; tests/contract holds it, moto and SeaweedFS to the same cases."""

from __future__ import annotations

import hashlib
import threading
from typing import TYPE_CHECKING

from schemas.errors import NotFoundError
from storage.objects import StoredVersion

if TYPE_CHECKING:
    from collections.abc import Iterator


class MemoryObjects:
    """All versions of all keys, in a dict."""

    def __init__(self) -> None:
        self.stored: dict[str, list[bytes]] = {}
        self._etags: dict[bytes, str] = {}
        self.markers: dict[str, bool] = {}
        """Keys that were ever removed, each with whether they still are."""
        self._lock = threading.Lock()

    def create(self, key: str, data: bytes, media_type: str) -> bool:  # noqa: ARG002 - the port's argument
        with self._lock:
            if key in self.stored and not self.markers.get(key):
                return False
            self._put(key, data)
            return True

    def replace(self, key: str, data: bytes, media_type: str) -> None:  # noqa: ARG002
        with self._lock:
            self._put(key, data)

    def remove(self, key: str) -> None:
        """Set a delete marker, as whoever has the key of a bucket can; no port of the product does."""
        self.markers[key] = True

    def _put(self, key: str, data: bytes) -> None:
        self.stored.setdefault(key, []).append(data)
        if key in self.markers:
            self.markers[key] = False

    def _etag(self, data: bytes) -> str:
        if data not in self._etags:
            self._etags[data] = hashlib.md5(data, usedforsecurity=False).hexdigest()
        return self._etags[data]

    def read(self, key: str) -> bytes:
        if key not in self.stored or self.markers.get(key):
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
        found += [StoredVersion(key, "", is_delete_marker=True) for key in self.markers if key.startswith(prefix)]
        return iter(sorted(found, key=lambda one: (one.key, one.is_delete_marker)))
