"""Processes of this computer: when each started, since which boot, with which command; and where servers listen."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import psutil

HOST: Final = "127.0.0.1"
# psutil's boot time follows every correction of the clock, so it cannot tell one boot from another.
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")


def boot_id() -> str:
    """Return the kernel's name for the time since the last boot; empty on systems other than Linux."""
    try:
        return _BOOT_ID.read_text().strip()
    except OSError:
        return ""


def start_time(pid: int) -> str | None:
    """Return when a process started, in hundredths of a second since boot; None when it has ended."""
    try:
        process = psutil.Process(pid)
        with process.oneshot():
            # A process whose main thread has ended may hold its sockets until its other threads have.
            if process.status() in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD} and process.num_threads() <= 1:
                return None
            # The difference does not change when somebody corrects the clock.
            return str(round((process.create_time() - psutil.boot_time()) * 100))
    except psutil.Error:
        return None


def command_line(pid: int) -> tuple[str, ...] | None:
    """Return the command line of a process, empty while it is ending; None when it is gone or not ours to see."""
    try:
        return tuple(psutil.Process(pid).cmdline())
    except psutil.ZombieProcess:
        return ()
    except psutil.Error:
        return None
