"""A child process: started in a process group of its own, and ended with everything that it has started."""

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
_DIE_WITH_PARENT: Final = Path(__file__).with_name("die_with_parent.py")


class Process:
    """A running process.

    Create it only in a thread that outlives it: when the thread that started a process ends, Linux takes that for the
    death of the parent, and the process ends as well.
    """

    def __init__(self, spec: ProcessSpec) -> None:
        self._stop_seconds = spec.stop_seconds
        log = open_log(spec.log)
        try:
            self._popen = subprocess.Popen(  # noqa: S603 - the command is ours
                # Isolated and without site packages, so that this step costs only 20 ms.
                [sys.executable, "-I", "-S", str(_DIE_WITH_PARENT), str(os.getpid()), *spec.command],
                env=dict(spec.environment),
                cwd=spec.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                # A session of its own: Ctrl-C reaches the supervisor only, which ends the processes in order.
                start_new_session=True,
            )
        finally:
            os.close(log)

    @property
    def pid(self) -> int:
        """Its process id, which is also that of its group."""
        return self._popen.pid

    def exit_reason(self) -> str | None:
        """Return how the process ended, in words; None while it runs."""
        status = self._popen.poll()
        if status is None:
            return None
        return f"ended by signal {-status}" if status < 0 else f"ended with status {status}"

    def stop(self, hurry: threading.Event) -> None:
        """Send SIGTERM to the group, wait for its end, and kill it if that takes too long or the event is set."""
        if self._popen.poll() is None:
            self._signal(signal.SIGTERM)
        deadline = time.monotonic() + self._stop_seconds
        while self._popen.poll() is None and time.monotonic() < deadline:
            if hurry.wait(_TICK_SECONDS):
                break
        self.kill()

    def kill(self) -> None:
        """Kill the group, with what an ended process has left in it."""
        # The id cannot be that of another group while a member lives. Otherwise it could only be if all ids had been
        # used since the process ended, a moment ago.
        self._signal(signal.SIGKILL)
        self._popen.wait()

    def _signal(self, number: signal.Signals) -> None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.pid, number)
