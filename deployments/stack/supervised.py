"""A supervised process: restarted after each death, with growing pauses, until it dies too often."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from deployments.stack.log import last_lines
from deployments.stack.orphans import RecordedProcess, record_process
from deployments.stack.process import Process
from deployments.stack.process_spec import ProcessSpec
from deployments.stack.work_check import MAX_FAILURES, WorkCheck
from schemas.errors import StackError

_FIRST_PAUSE_SECONDS: Final = 0.2
_MAX_PAUSE_SECONDS: Final = 10.0
_WINDOW_SECONDS: Final = 60
_DEATHS_IN_WINDOW: Final = 8
_DEATHS_BEFORE_READY: Final = 3
"""Fewer, because a process that was never ready is more likely configured wrongly than unlucky."""
_READY_CHECK_SECONDS: Final = 0.1
_LOG_LINES_SHOWN: Final = 5


class SupervisedProcess:
    """A process specification, its current process and recent deaths. One thread polls it several times a second."""

    def __init__(self, spec: ProcessSpec, report: Callable[[str], None]) -> None:
        self.spec = spec
        self.ready = threading.Event()
        """Set once the process was ready for the first time."""
        self._report = report
        self._process: Process | None = None
        self._deaths: deque[float] = deque(maxlen=_DEATHS_IN_WINDOW)
        self._last_death = ""
        self._start_at = 0.0
        self._started_at = 0.0
        self._check_at = 0.0
        self._is_ready = False
        self._work = WorkCheck(spec.is_working)

    def poll(self) -> bool:
        """Do what is due: start the process, check whether it is ready, or note its death.

        Returns:
            Whether the process has changed.

        Raises:
            StackError: it died too often.
        """
        now = time.monotonic()
        if self._process is None:
            return now >= self._start_at and self._start(now)
        if reason := self._process.exit_reason():
            self._note_death(reason, now)
            return True
        if not self._is_ready and now >= self._check_at:
            self._check_at = now + _READY_CHECK_SECONDS
            self._check_ready()
        if self._is_ready:
            self._check_working(now)
        return False

    def running(self) -> RecordedProcess | None:
        """Return the record of the current process; None between two."""
        return record_process(self.spec.title, self._process.pid, self.spec.command) if self._process else None

    def stop(self, hurry: threading.Event) -> None:
        """End the current process."""
        if self._process:
            self._process.stop(hurry)
            self._process = None

    def _start(self, now: float) -> bool:
        self._started_at, self._is_ready = now, False
        self._work = WorkCheck(self.spec.is_working)
        try:
            self._process = Process(self.spec)
        except OSError as error:
            self._note_death(f"could not be started ({error})", now)
            return False
        if self._last_death:
            self._report(f"{self._last_death}; started again (pid {self._process.pid})")
        return True

    def _check_ready(self) -> None:
        seconds = time.monotonic() - self._started_at
        if self.spec.is_ready():
            again = " again" if self.ready.is_set() else ""
            self._report(f"{self.spec.title} is ready{again} after {seconds:.1f} s")
            self._is_ready = True
            self.ready.set()
        elif seconds > self.spec.start_seconds and self._process:
            # The next poll notes its death.
            self._report(f"{self.spec.title} was not ready after {self.spec.start_seconds:.0f} s; ending it")
            self._process.kill()

    def _check_working(self, now: float) -> None:
        if self._work.has_failed(now) and self._process:
            # The next poll notes its death.
            self._report(
                f"{self.spec.title} answers but has failed {MAX_FAILURES} checks of its work; ending it, so that "
                "it starts anew"
            )
            self._work = WorkCheck(self.spec.is_working)
            self._process.kill()

    def _note_death(self, reason: str, now: float) -> None:
        name = self.spec.title
        if self._process:
            name += f" (pid {self._process.pid})"
            # What it has left in its group would hold the ports that its successor needs.
            self._process.kill()
            self._process = None
        self._last_death = f"{name} {reason}"
        self._deaths.append(now)
        if self.ready.is_set():
            limit, when = _DEATHS_IN_WINDOW, f"within {_WINDOW_SECONDS} s"
            while self._deaths[0] < now - _WINDOW_SECONDS:
                self._deaths.popleft()
        else:
            # All count, because each start may take longer than the window.
            limit, when = _DEATHS_BEFORE_READY, "before it was ever ready"
        count = len(self._deaths)
        if count >= limit:
            shown = last_lines(self.spec.log, _LOG_LINES_SHOWN)
            raise StackError(f"{self._last_death}, {count} times {when}; its log {self.spec.log} ends:\n{shown}")
        self._start_at = now + min(_FIRST_PAUSE_SECONDS * 2 ** (count - 1), _MAX_PAUSE_SECONDS)
