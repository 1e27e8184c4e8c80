"""The lock of a data folder, which one stack at a time holds. The kernel releases it when its holder dies."""

from __future__ import annotations

import fcntl
import os
import time
from pathlib import Path
from typing import Final

from schemas.errors import StackError
from storage.atomic_file import PRIVATE, named

LOCK_FILE: Final = "stack.lock"
_PATIENCE_SECONDS: Final = 1


class Lock:
    """A lock, held from `acquire` to `release`."""

    def __init__(self, data: Path) -> None:
        self._path = data / LOCK_FILE
        self._descriptor: int | None = None

    def acquire(self) -> None:
        """Acquire the lock and write the id of this process into its file.

        Raises:
            StackError: another process holds it.
        """
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self._try_to_acquire():
            pid = holder(self._path.parent)
            # A process that asks for the holder has the lock for a moment, too.
            if pid is not None or time.monotonic() > deadline:
                raise StackError(
                    f"a stack runs already on {self._path.parent} (pid {pid or 'unknown'}); "
                    "end it with `ncpi down`, or choose another folder with --data or NCPI_DATA"
                )
            time.sleep(_PATIENCE_SECONDS / 20)

    def _try_to_acquire(self) -> bool:
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, PRIVATE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        with named(self._path):
            os.truncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        return True

    def release(self) -> None:
        """Release the lock. The file stays: after a removal, two processes could hold locks on two files."""
        if self._descriptor is not None:
            os.truncate(self._descriptor, 0)
            os.close(self._descriptor)
            self._descriptor = None


def holder(data: Path) -> int | None:
    """Return the id of the process that holds the lock of a data folder; None when it is free."""
    try:
        descriptor = os.open(data / LOCK_FILE, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        text = os.pread(descriptor, 32, 0).strip()
        return int(text) if text.isdigit() else None
    finally:
        os.close(descriptor)
    return None
