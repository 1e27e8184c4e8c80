"""The local stack: S3, Prefect and the serving processes of one data folder, started together and kept running."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Final, Self

from deployments.stack.connection import PREFECT_API_URL, S3_ENDPOINT, environment, server_of_the_user, write_connection
from deployments.stack.lock import LOCK_FILE, Lock, holder
from deployments.stack.orphans import end_orphans
from deployments.stack.ports import Ports, require_free
from deployments.stack.prefect_server import prefect_server, require_answer
from deployments.stack.private_file import make_private_folder
from deployments.stack.s3_keys import keys_of
from deployments.stack.seaweed import connection_of, remove_sockets, seaweed
from deployments.stack.secrets import people_connection, seal_connection, seal_key_of
from deployments.stack.supervisor import Supervisor
from deployments.stack.workers import SERVE, sealing, serving
from schemas.errors import StackError

if TYPE_CHECKING:
    from collections.abc import Iterator

Prepare = Callable[[Mapping[str, str]], None]
_STOP_SECONDS: Final = 90


class Stack:
    """A stack that runs as long as its `with` block; supervised in the background."""

    def __init__(
        self,
        data: Path,
        ports: Ports,
        *,
        report: Callable[[str], None] = print,
        prepare: Prepare | None = None,
        serve: bool | tuple[str, ...] = True,
    ) -> None:
        """Describe the stack; nothing is started yet.

        Args:
            data: folder of everything that is kept.
            ports: where to listen.
            report: told in one line what happens, also later and from another thread.
            prepare: called with the environment once S3 answers and before flows are served, to make the buckets.
            serve: whether to serve the flows and seal, or another command that serves and answers as `health.py` does.
        """
        self.data = data.absolute()
        self.ports = ports
        self.environment: Mapping[str, str] = {}
        """Environment for processes that use the stack; complete inside the `with` block."""
        self._report = report
        self._prepare = prepare
        self._serve = SERVE if serve is True else serve
        self._has_started_s3 = False
        self._lock = Lock(self.data)
        self._supervisor = Supervisor(self.data, report)

    def __enter__(self) -> Self:
        """Start every part and wait until it is ready.

        Raises:
            StackError: another stack runs on the folder, ports are taken, or a part cannot be kept running. Nothing of
                this stack runs then.
        """
        make_private_folder(self.data)
        self._lock.acquire()
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the serving processes, then Prefect, then S3."""
        self._stop()

    @property
    def failure(self) -> StackError | None:
        """Why the stack gave up, if it did."""
        return self._supervisor.failure

    def wait(self) -> None:
        """Wait until SIGINT, SIGTERM or SIGHUP asks for the end. Call it in the main thread.

        Raises:
            StackError: a part could not be kept running.
        """
        with _on_signals(self._supervisor.ask_to_stop):
            self._supervisor.wait()

    def _start(self) -> None:
        end_orphans(self.data, self._report)
        has_s3 = self._is_ours("S3 server", S3_ENDPOINT)
        has_prefect = self._is_ours("Prefect server", PREFECT_API_URL)
        require_free(self.ports, s3=has_s3, prefect=has_prefect, runner=bool(self._serve))
        make_private_folder(self.data / "logs")
        provided = connection_of(keys_of(self.data), self.ports) if has_s3 else {}
        provided |= seal_connection(seal_key_of(self.data)) | people_connection(self.data)
        if has_prefect:
            provided[PREFECT_API_URL] = self.ports.prefect_api_url
        # Before the parts run: a file that is ahead of them does no harm, one behind them would name old ports.
        write_connection(self.data, provided)
        self.environment = {**environment(self.data), **provided}
        self._supervisor.start()
        self._start_parts(has_s3=has_s3, has_prefect=has_prefect)

    def _start_parts(self, *, has_s3: bool, has_prefect: bool) -> None:
        keep, wait = self._supervisor.keep, self._supervisor.wait_until_ready
        s3 = keep(seaweed(self.data, self.ports)) if has_s3 else None
        prefect = keep(prefect_server(self.data, self.ports, self.environment)) if has_prefect else None
        if s3:
            self._has_started_s3 = True
            wait(s3)
        if self._prepare:
            # While Prefect is still starting, which takes longer.
            self._prepare(self.environment)
        if prefect:
            wait(prefect)
        elif self._serve == SERVE:
            require_answer(self.environment[PREFECT_API_URL])
        if self._serve:
            parts = [keep(serving(self.data, self.ports, self.environment, self._serve))]
            if self._serve == SERVE:
                # ReportSources it, for each takes seconds to start.
                parts.append(keep(sealing(self.data, self.ports, self.environment, seal_key_of(self.data))))
            for part in parts:
                wait(part)

    def _is_ours(self, title: str, name: str) -> bool:
        address = server_of_the_user(name, self.data)
        if address:
            # Not the address itself, which may hold a password.
            self._report(f"no {title} is started, because {name} names another one")
        return address is None

    def _stop(self) -> None:
        self._supervisor.stop()
        if self._has_started_s3:
            remove_sockets(self.ports)
        self._lock.release()


def stop_stack(data: Path, report: Callable[[str], None] = print) -> bool:
    """Ask the stack that runs on a data folder to end, wait for it, and end what a killed one left behind.

    Returns:
        Whether a stack was running.

    Raises:
        StackError: it did not end in time.
    """
    pid = holder(data)
    if pid is None:
        _end_leftovers_of(data, report)
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while holder(data) == pid:
        if time.monotonic() > deadline:
            message = f"the stack on {data} (pid {pid}) has not ended after {_STOP_SECONDS} s; see {data / 'logs'}"
            raise StackError(message)
        time.sleep(0.1)
    return True


def _end_leftovers_of(data: Path, report: Callable[[str], None]) -> None:
    if (data / LOCK_FILE).exists():
        lock = Lock(data)
        lock.acquire()
        try:
            end_orphans(data, report)
        finally:
            lock.release()


@contextmanager
def _on_signals(act: Callable[[], None]) -> Iterator[None]:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, lambda _number, _frame: act()) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
