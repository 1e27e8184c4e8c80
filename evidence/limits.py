"""Limits of the child process that checks a return."""

from __future__ import annotations

import ctypes
import resource
import signal
import sys
from typing import Final

from schemas.lifecycle.time_limits import CHECK_ENDED_AFTER

MEMORY_BYTES: Final = 4 * 1024**3
"""Address space; Great Expectations and pandas alone map about 1 GiB."""
CPU_SECONDS: Final = 60
WALL_SECONDS: Final = int(CHECK_ENDED_AFTER.total_seconds())
_FILE_BYTES: Final = 10_000_000
_CLONE_NEWUSER: Final = 0x10000000
_CLONE_NEWNET: Final = 0x40000000


def limit_this_process() -> None:
    """Limit the memory, time, files and network of this process for the rest of its life."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_BYTES, _FILE_BYTES))
    signal.alarm(WALL_SECONDS)
    if sys.platform == "linux":
        # No network, where the kernel lets an ordinary process give it up. Where it does not, the other limits hold.
        ctypes.CDLL(None).unshare(_CLONE_NEWUSER | _CLONE_NEWNET)
