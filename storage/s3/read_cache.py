"""A cache of small objects by key and ETag, so that a long-lived process reads each version once.

Only bytes are kept, so every read of a ledger checks every link again. Verification uses no cache: it must see what the
server holds now.
"""

from __future__ import annotations

import hashlib
import threading
from functools import cache
from typing import Final

from cachetools import LRUCache

from storage.s3.objects import Objects
from storage.s3.versions import StoredVersion

_MAX_BYTES: Final = 64_000
_ALL_BYTES: Final = 64_000_000
"""About 40,000 ledger entries. A process that reads more than that in turn, the oldest first, reads all of it again."""


class ReadCache:
    """Objects of some buckets that were read before; shared by threads."""

    def __init__(self) -> None:
        self._kept: LRUCache[tuple[str, str], bytes] = LRUCache(_ALL_BYTES, getsizeof=len)
        self._lock = threading.Lock()

    def read(self, objects: Objects, version: StoredVersion) -> bytes:
        """Read a version that was just listed, from memory when it was read before."""
        name = (version.key, version.etag.strip('"'))
        with self._lock:
            kept = self._kept.get(name)
        if kept is not None:
            return kept
        data = objects.read(version.key)
        self._keep(name, data)
        return data

    def keep(self, key: str, data: bytes) -> None:
        """Keep what was just written, under the ETag that S3 gives to an object written in one piece."""
        self._keep((key, hashlib.md5(data, usedforsecurity=False).hexdigest()), data)

    def kept(self) -> list[tuple[str, bytes]]:
        """List key and bytes of what is kept, the oldest first."""
        with self._lock:
            return [(key, data) for (key, _), data in self._kept.items()]

    def _keep(self, name: tuple[str, str], data: bytes) -> None:
        if len(data) <= _MAX_BYTES:
            with self._lock:
                self._kept[name] = data


def read_version(objects: Objects, version: StoredVersion, cache: ReadCache | None) -> bytes:
    """Read a version that was just listed, through a cache where there is one."""
    return objects.read(version.key) if cache is None else cache.read(objects, version)


@cache
def shared_cache() -> ReadCache:
    """Return the cache of this process."""
    return ReadCache()
