"""One child process: start it in a group of its own, see how it ended, end it with all it started."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Final

from deployments.stack.log import open_log
from deployments.stack.process_spec import ProcessSpec

_TICK_SECONDS: Final = 0.02
_SHIM: Final = Path(__file__).with_name("die_with_parent.py")


class Process:
    """A running process of one part.

    Start it only in a thread that lives as long as it should: Linux counts the end of the thread that started a
    process as the death of its parent, and would end it.
    """

    def __init__(self, part: ProcessSpec) -> None:
        self.part = part
        log = open_log(part.log)
        try:
            self._popen = subprocess.Popen(  # noqa: S603 - the command is ours
                # Isolated and without site packages, so that the step in between costs 20 ms.
                [sys.executable, "-I", "-S", str(_SHIM), str(os.getpid()), *part.command],
                env=dict(part.environment),
                cwd=part.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # Its own session: Ctrl-C reaches the supervisor only, and it alone decides the order of the end.
                start_new_session=True,
            )
        finally:
            os.close(log)

    @property
    def pid(self) -> int:
        """Its process id, which is also that of its group."""
        return self._popen.pid

    def how_it_ended(self) -> str | None:
        """Say how the process ended, or nothing while it runs."""
        status = self._popen.poll()
        if status is None:
            return None
        return f"ended by signal {-status}" if status < 0 else f"ended with status {status}"

    def stop(self, in_haste: threading.Event) -> None:
        """Ask the group to end, wait as long as its part may take, then make it. Haste cuts the wait short."""
        if self._popen.poll() is None:
            self._signal(signal.SIGTERM)
        deadline = time.monotonic() + self.part.stop_seconds
        while self._popen.poll() is None and time.monotonic() < deadline:
            if in_haste.wait(_TICK_SECONDS):
                break
        self.kill()

    def kill(self) -> None:
        """End the group at once, also what the process left behind in it."""
        # No other process can have got this id as its group while a member lives, so this cannot meet a stranger
        # unless the whole range of ids was used up since the process was seen to end, a moment ago.
        self._signal(signal.SIGKILL)
        self._popen.wait()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)
