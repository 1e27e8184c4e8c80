"""The log of a process: a file of limited size, and one older file."""

from __future__ import annotations

import datetime as dt
import os
from contextlib import suppress
from pathlib import Path
from typing import Final

from storage.atomic_file import PRIVATE, write_atomically

_MAX_BYTES: Final = 8 * 1024 * 1024
_TAIL_BYTES: Final = 4096


def open_log(path: Path) -> int:
    """Open a log for appending, write a line that marks this start, and return its descriptor."""
    if path.exists() and path.stat().st_size > _MAX_BYTES // 2:
        path.replace(_older(path))
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC | os.O_NOFOLLOW, PRIVATE)
    # A full disk is no reason not to start what may make room.
    with suppress(OSError):
        os.write(descriptor, f"==== started {dt.datetime.now(dt.UTC):%Y-%m-%dT%H:%M:%SZ} ====\n".encode())
    return descriptor


def bound_log(path: Path) -> None:
    """Move the content of a log to `<name>.1` once it is too large.

    The process goes on with its descriptor, at the start of the emptied file. A line that it writes between the copy
    and the emptying is lost, which matters little: the record of what happened is the ledger. On a full disk all of it
    is lost, which makes room.
    """
    if path.exists() and path.stat().st_size > _MAX_BYTES:
        with suppress(OSError):
            write_atomically(_older(path), path.read_bytes())
        os.truncate(path, 0)


def last_lines(path: Path, count: int) -> str:
    """Return the last lines of a log."""
    if not path.exists():
        return ""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        text = file.read().decode("utf-8", errors="replace")
    return "\n".join(text.strip().splitlines()[-count:])


def _older(path: Path) -> Path:
    return path.with_name(f"{path.name}.1")
