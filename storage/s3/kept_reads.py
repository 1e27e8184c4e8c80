"""What the board read of the ledgers, kept in one file for the next time; it can be made again.

An object is taken from the file only where the server now lists its key with an ETag that is the MD5 of the kept bytes.
So an altered or older file changes nothing of what is read, only how long it takes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from storage.atomic_file import make_folder, write_atomically
from storage.s3.read_cache import ReadCache

_ANY_BYTES = "surrogateescape"
"""Entries are UTF-8; of what is not, every byte is kept as it is."""


@contextmanager
def kept_reads(path: Path) -> Iterator[ReadCache]:
    """Open a cache with what is in a file, and write to it what was read since; without access, nothing is kept."""
    cache = ReadCache()
    before = _read(path)
    for key, text in before.items():
        cache.keep(key, text.encode(errors=_ANY_BYTES))
    yield cache
    after = {key: data.decode(errors=_ANY_BYTES) for key, data in cache.kept()}
    if after != before:
        with suppress(OSError):
            make_folder(path.parent)
            write_atomically(path, json.dumps(after).encode(), sync=False)


def kept_keys(path: Path) -> list[str]:
    """List the keys of the objects in a file."""
    return list(_read(path))


def _read(path: Path) -> dict[str, str]:
    try:
        found = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    rows = found.items() if isinstance(found, dict) else ()
    return {key: text for key, text in rows if isinstance(text, str)}
