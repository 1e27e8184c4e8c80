"""Ask now and then whether a process does its work, without making anybody wait for the answer."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Final

MAX_FAILURES: Final = 3
CHECK_SECONDS: Final = 20.0
CHECK_AGAIN_SECONDS: Final = 3.0
"""After a check that failed."""


class WorkCheck:
    """The checks of one process; one thread asks for their outcome, each check runs in another."""

    def __init__(self, is_working: Callable[[], bool] | None) -> None:
        """Check nothing yet; without a check nothing ever fails."""
        self._is_working = is_working
        self._check_at: float | None = None
        self._is_well = False
        self._thread: threading.Thread | None = None
        self._failures = 0

    def has_failed(self, now: float) -> bool:
        """Begin a check when one is due; return whether as many as may have failed, one after another.

        Args:
            now: monotonic time in seconds.
        """
        if self._is_working is None:
            return False
        if self._thread is not None:
            if self._thread.is_alive():
                return False
            self._thread = None
            self._failures = 0 if self._is_well else self._failures + 1
            self._check_at = now + (CHECK_AGAIN_SECONDS if self._failures else CHECK_SECONDS)
        elif self._check_at is None:
            self._check_at = now + CHECK_SECONDS
        elif now >= self._check_at:
            self._is_well = False  # also of a check that raises
            # A daemon, so that a server which never answers does not hold up the end of the stack.
            self._thread = threading.Thread(target=self._check, args=(self._is_working,), daemon=True)
            self._thread.start()
        return self._failures >= MAX_FAILURES

    def _check(self, is_working: Callable[[], bool]) -> None:
        self._is_well = is_working()
