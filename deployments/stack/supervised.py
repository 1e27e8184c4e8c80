"""One part that is kept running: started again after each death, with growing pauses, until it dies too often."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from typing import Final

from deployments.stack.log import last_lines
from deployments.stack.process import Process
from deployments.stack.process_spec import ProcessSpec
from schemas.errors import StackError

_FIRST_PAUSE_SECONDS: Final = 0.2
_LONGEST_PAUSE_SECONDS: Final = 10.0
_WINDOW_SECONDS: Final = 60
_DEATHS_IN_WINDOW: Final = 8
_DEATHS_BEFORE_READY: Final = 3
"""What never was ready is more likely set up wrongly than unlucky."""
_READY_CHECK_SECONDS: Final = 0.1
_LINES_SHOWN: Final = 5


class SupervisedProcess:
    """A part, its present process and its recent deaths; `look` is called some times a second by one thread."""

    def __init__(self, part: ProcessSpec, report: Callable[[str], None]) -> None:
        self.part = part
        self.ready = threading.Event()
        """Set once the part was ready for the first time."""
        self._report = report
        self._process: Process | None = None
        self._deaths: deque[float] = deque(maxlen=_DEATHS_IN_WINDOW)
        self._news: str | None = None
        self._start_at = 0.0
        self._started_at = 0.0
        self._check_at = 0.0
        self._is_ready = False

    def look(self) -> bool:
        """Do what is due now: start the process, note that it is ready, note that it died.

        Returns:
            Whether the process is another one than before.

        Raises:
            StackError: it died too often.
        """
        now = time.monotonic()
        if self._process is None:
            return now >= self._start_at and self._start(now)
        if how := self._process.how_it_ended():
            self._note_death(how, now)
            return True
        if not self._is_ready and now >= self._check_at:
            self._check_at = now + _READY_CHECK_SECONDS
            self._check_ready()
        return False

    def running(self) -> tuple[str, int, tuple[str, ...]] | None:
        """Return the title, process id and command of the present process."""
        return (self.part.title, self._process.pid, self.part.command) if self._process else None

    def stop(self, in_haste: threading.Event) -> None:
        """End the present process."""
        if self._process:
            self._process.stop(in_haste)
            self._process = None

    def _start(self, now: float) -> bool:
        self._started_at, self._is_ready = now, False
        try:
            self._process = Process(self.part)
        except OSError as error:
            self._note_death(f"could not be started ({error})", now)
            return False
        if self._news:
            self._report(f"{self._news}; started again (pid {self._process.pid})")
        return True

    def _check_ready(self) -> None:
        took = time.monotonic() - self._started_at
        if self.part.is_ready():
            again = " again" if self.ready.is_set() else ""
            self._report(f"{self.part.title} is ready{again} after {took:.1f} s")
            self._is_ready = True
            self.ready.set()
        elif took > self.part.start_seconds and self._process:
            # It runs but does not serve; its end is noted as a death at the next look.
            self._report(f"{self.part.title} was not ready after {self.part.start_seconds:.0f} s; ending it")
            self._process.kill()

    def _note_death(self, how: str, now: float) -> None:
        who = f"{self.part.title} (pid {self._process.pid})" if self._process else self.part.title
        if self._process:
            # Whatever it left behind in its group would hold the ports against its successor.
            self._process.kill()
            self._process = None
        self._deaths.append(now)
        if self.ready.is_set():
            most, when = _DEATHS_IN_WINDOW, f"within {_WINDOW_SECONDS} s"
            while self._deaths[0] < now - _WINDOW_SECONDS:
                self._deaths.popleft()
        else:
            # Every one counts: each try may take longer than the window.
            most, when = _DEATHS_BEFORE_READY, "before it was ever ready"
        self._news = f"{who} {how}"
        count = len(self._deaths)
        if count >= most:
            shown = last_lines(self.part.log, _LINES_SHOWN)
            message = f"{self._news}, {count} times {when}; its log {self.part.log} ends:\n{shown}"
            raise StackError(message)
        self._start_at = now + min(_FIRST_PAUSE_SECONDS * 2 ** (count - 1), _LONGEST_PAUSE_SECONDS)
