"""Keep parts running, in a thread of its own: start them, see that they are ready, start again what dies, stop all."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from deployments.stack.log import bound_log
from deployments.stack.orphans import remember, remove_record, write_record
from deployments.stack.process_spec import ProcessSpec
from deployments.stack.supervised import SupervisedProcess
from schemas.errors import StackError

_TICK_SECONDS: Final = 0.05
_SIGNAL_SECONDS: Final = 0.5
_LOG_CHECK_SECONDS: Final = 30


class Supervisor:
    """The one thread that starts, watches and stops every process of a stack.

    One thread does all three, because Linux takes the end of the thread that started a process for the death of its
    parent, and a process of the stack ends with its parent.
    """

    def __init__(self, data: Path, report: Callable[[str], None]) -> None:
        self.failure: StackError | None = None
        self._data = data
        self._report = report
        self._expected: queue.SimpleQueue[SupervisedProcess] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._in_haste = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stack supervisor")

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def keep(self, part: ProcessSpec) -> SupervisedProcess:
        """Start a part and keep it running from now on. Parts are stopped in the reverse of this order."""
        kept = SupervisedProcess(part, self._report)
        self._expected.put(kept)
        return kept

    def wait_until_ready(self, kept: SupervisedProcess) -> None:
        """Wait until a part is ready for the first time.

        Raises:
            StackError: it or another part cannot be kept running, or the stack was stopped.
        """
        while not kept.ready.wait(_TICK_SECONDS):
            if self._ended.is_set():
                raise self.failure or StackError(f"the stack was stopped before {kept.part.title} was ready")

    def wait(self) -> None:
        """Wait until everything has stopped.

        Raises:
            StackError: a part could not be kept running.
        """
        # With a bound, because a signal that another thread was given interrupts nothing here.
        while not self._ended.wait(_SIGNAL_SECONDS):
            pass
        if self.failure is not None:
            raise self.failure

    def ask_to_stop(self) -> None:
        """Have every part stopped, the last started first, without waiting for it. Safe in a signal handler."""
        self._stopping.set()

    def stop(self) -> None:
        """Stop every part and wait for it; an interrupt from the keyboard meanwhile makes haste."""
        self._stopping.set()
        while self._thread.ident is not None and not self._ended.is_set():
            try:
                # Not `join`: interrupted, it takes a thread that still runs for ended (Python 3.11, see bpo-45274).
                self._ended.wait(_SIGNAL_SECONDS)
            except KeyboardInterrupt:
                self._in_haste.set()
                self._report("ending what is left at once")

    def _run(self) -> None:
        keeping: list[SupervisedProcess] = []
        try:
            self._watch(keeping)
        except StackError as error:
            self.failure = error
        except Exception as error:  # noqa: BLE001 - the processes must be stopped and the caller told, whatever it was
            self.failure = StackError(f"the stack's supervisor failed: {error!r}")
            self.failure.__cause__ = error
        finally:
            for kept in reversed(keeping):
                kept.stop(self._in_haste)
            remove_record(self._data)
            self._ended.set()

    def _watch(self, keeping: list[SupervisedProcess]) -> None:
        logs_due = time.monotonic() + _LOG_CHECK_SECONDS
        while not self._stopping.wait(_TICK_SECONDS):
            while not self._expected.empty():
                keeping.append(self._expected.get())
            changes = [kept.look() for kept in keeping]
            if any(changes):
                write_record(self._data, [remember(*one) for kept in keeping if (one := kept.running())])
            if time.monotonic() > logs_due:
                logs_due = time.monotonic() + _LOG_CHECK_SECONDS
                for kept in keeping:
                    bound_log(kept.part.log)
