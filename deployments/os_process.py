"""Processes of this computer: when each started, since which boot, and the address that servers listen on."""

from __future__ import annotations

from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"


PROC: Final = Path("/proc")
_STATE, _THREADS, _STARTED = 0, 17, 19
"""Places in /proc/<pid>/stat after the name in brackets, which may itself hold spaces and brackets."""


def started(pid: int) -> str | None:
    """Return when a live process started, in ticks since boot; None when it is gone or not yet reaped."""
    try:
        fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    # The first thread may have ended while others still hold the sockets.
    return None if fields[_STATE] in {"Z", "X"} and int(fields[_THREADS]) <= 1 else fields[_STARTED]


def boot_of_this_machine() -> str:
    """Name the present run of this computer; empty where that cannot be known."""
    try:
        return (PROC / "sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""
