"""The supervisor of a stack: it starts processes, restarts those that die, and stops them all in the reverse order."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from deployments.stack.disk_watch import DiskWatch
from deployments.stack.log import bound_log
from deployments.stack.orphans import remove_record, write_record
from deployments.stack.process_spec import ProcessSpec
from deployments.stack.supervised import SupervisedProcess
from schemas.errors import StackError

_TICK_SECONDS: Final = 0.05
_SIGNAL_SECONDS: Final = 0.5
_LOOK_SECONDS: Final = 10
"""Between two looks at the disk and at the length of the logs."""


class Supervisor:
    """The one thread that starts, watches and stops all processes of a stack.

    A process ends when the thread that started it does (`process.py`), so one thread does all three.
    """

    def __init__(self, data: Path, report: Callable[[str], None]) -> None:
        self.failure: StackError | None = None
        self._data = data
        self._report = report
        self._added: queue.SimpleQueue[SupervisedProcess] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._hurry = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stack supervisor")

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def supervise(self, spec: ProcessSpec) -> SupervisedProcess:
        """Start a process and restart it from now on. Processes are stopped in the reverse order of these calls."""
        process = SupervisedProcess(spec, self._report)
        self._added.put(process)
        return process

    def wait_until_ready(self, process: SupervisedProcess) -> None:
        """Wait until a process is ready for the first time.

        Raises:
            StackError: this or another process died too often, or the stack was stopped.
        """
        while not process.ready.wait(_TICK_SECONDS):
            if self._ended.is_set():
                raise self.failure or StackError(f"the stack was stopped before {process.spec.title} was ready")

    def wait(self) -> None:
        """Wait until everything has stopped.

        Raises:
            StackError: a process died too often.
        """
        # With a timeout, because a signal that another thread receives does not interrupt this wait.
        while not self._ended.wait(_SIGNAL_SECONDS):
            pass
        if self.failure is not None:
            raise self.failure

    def ask_to_stop(self) -> None:
        """Request that all processes be stopped, without waiting for it. Safe in a signal handler."""
        self._stopping.set()

    def stop(self) -> None:
        """Stop all processes and wait for their end; a keyboard interrupt meanwhile kills what is left."""
        self._stopping.set()
        while self._thread.ident is not None and not self._ended.is_set():
            try:
                # Not `join`: interrupted, it takes a running thread for an ended one (Python 3.11, see bpo-45274).
                self._ended.wait(_SIGNAL_SECONDS)
            except KeyboardInterrupt:
                self._hurry.set()
                self._report("ending what is left at once")

    def _run(self) -> None:
        processes: list[SupervisedProcess] = []
        try:
            self._watch(processes)
        except StackError as error:
            self.failure = error
        except Exception as error:  # noqa: BLE001 - whatever it was, the processes are stopped and the caller is told
            self.failure = StackError(f"the stack's supervisor failed: {error!r}")
            self.failure.__cause__ = error
        finally:
            for process in reversed(processes):
                process.stop(self._hurry)
            remove_record(self._data)
            self._ended.set()

    def _watch(self, processes: list[SupervisedProcess]) -> None:
        look_due = time.monotonic()
        disk = DiskWatch(self._data, self._report)
        is_recorded = True
        while not self._stopping.wait(_TICK_SECONDS):
            while not self._added.empty():
                processes.append(self._added.get())
            changes = [process.poll() for process in processes]
            is_recorded = is_recorded and not any(changes)
            if not is_recorded:
                # On a full disk, at the next tick again: the record serves the next start only.
                with suppress(OSError):
                    write_record(self._data, filter(None, [process.running() for process in processes]))
                    is_recorded = True
            if time.monotonic() > look_due:
                look_due = time.monotonic() + _LOOK_SECONDS
                disk.look()
                for process in processes:
                    bound_log(process.spec.log)
