"""The local stack: S3, Prefect and the runners of one data folder, started together and supervised."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from deployments.os_process import HOST
from deployments.stack.connection import (
    PREFECT_API_URL,
    PREFECT_LOGIN,
    S3_ENDPOINT,
    environment,
    users_server,
    write_connection,
)
from deployments.stack.lock import LOCK_FILE, Lock, holder
from deployments.stack.orphans import end_orphans
from deployments.stack.ports import Ports, require_free
from deployments.stack.prefect_server import login_for, prefect_server, require_answer
from deployments.stack.private_folder import make_private_folder
from deployments.stack.runners import SERVE, runner_process, sealing_process
from deployments.stack.s3_keys import keys_of
from deployments.stack.seaweed import remove_sockets, s3_settings, seaweed
from deployments.stack.secrets import check_secrets, key_fault, missing_secrets, shared_settings
from deployments.stack.signals import TERMINATION, handle_signals
from deployments.stack.supervisor import Supervisor
from domain.people.register import Register
from schemas.errors import StackError
from storage.disk_space import disk_space
from storage.s3.write_probe import takes_a_write
from storage.settings import CONNECTION_FILE, Bucket, settings_of

_STOP_SECONDS: Final = 90


class Stack:
    """A stack that runs during a `with` block, supervised in the background."""

    def __init__(
        self,
        data: Path,
        ports: Ports,
        *,
        report: Callable[[str], None] = print,
        prepare: Callable[[Mapping[str, str]], Register | None] | None = None,
        serve: bool | tuple[str, ...] = True,
    ) -> None:
        """Describe the stack; nothing is started yet.

        Args:
            data: folder of everything that is stored.
            ports: where to listen.
            report: called with each message, later also from another thread.
            prepare: called with the environment once S3 answers and before runners start, to create the buckets; it
                returns the register that is there.
            serve: whether to start the runner and the sealing process; or the command of another runner to start.
        """
        self.data = data.absolute()
        self.ports = ports
        self.environment: Mapping[str, str] = {}
        """Environment for processes that use the stack; complete inside the `with` block."""
        self._report = report
        self._prepare = prepare
        self._serve = SERVE if serve is True else serve
        self._provided: dict[str, str] = {}
        self._has_started_s3 = False
        self._lock = Lock(self.data)
        self._supervisor = Supervisor(self.data, report)

    def __enter__(self) -> Self:
        """Start all processes and wait until they are ready.

        Raises:
            StackError: another stack runs on the folder, ports are taken, or a process died too often. Nothing of this
                stack runs then.
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
        """Stop the runners, then Prefect, then S3."""
        self._stop()

    @property
    def failure(self) -> StackError | None:
        """Why the stack gave up, if it did."""
        return self._supervisor.failure

    @property
    def addresses(self) -> dict[str, str]:
        """Where the servers answer and where the files are, by title."""
        endpoint = self.environment[S3_ENDPOINT].rstrip("/")
        public = self.environment.get("NCPI_S3_PUBLIC_URL", f"{endpoint}/{Bucket.PUBLIC.value}").rstrip("/")
        return {
            "Published": f"{public}/index.html",
            "Flow runs": self.environment[PREFECT_API_URL].removesuffix("/api"),
            "S3": endpoint,
            "Runner": f"http://{HOST}:{self.ports.runner}/health",
            "Sealer": f"http://{HOST}:{self.ports.sealer}/health",
            "Notes": self.environment.get("NCPI_NOTES_FOLDER", str(self.data / "notes")),
            "Settings": str(self.data / CONNECTION_FILE),
            "Data": str(self.data),
            "Logs": str(self.data / "logs"),
        }

    @property
    def prefect_login(self) -> str | None:
        """Login of the Prefect server, a secret; None where the stack has not started that server."""
        return self._provided.get(PREFECT_LOGIN)

    def wait(self) -> None:
        """Wait for SIGINT, SIGTERM or SIGHUP. Call it in the main thread.

        Raises:
            StackError: a process died too often.
        """
        with handle_signals((signal.SIGINT, *TERMINATION), lambda _number, _frame: self._supervisor.ask_to_stop()):
            self._supervisor.wait()

    def _start(self) -> None:
        end_orphans(self.data, self._report)
        has_s3 = self._starts_own("S3 server", S3_ENDPOINT)
        has_prefect = self._starts_own("Prefect server", PREFECT_API_URL)
        own = {"s3": has_s3, "prefect": has_prefect, "runner": bool(self._serve), "sealer": bool(self._serve)}
        require_free(self.ports, [name for name, is_own in own.items() if is_own])
        make_private_folder(self.data / "logs")
        # New secrets are drawn only when S3 has answered that no register goes with earlier ones.
        provided = {} if missing_secrets(self.data) else shared_settings(self.data)
        if has_s3:
            provided |= s3_settings(keys_of(self.data), self.ports)
        if has_prefect:
            provided |= {PREFECT_API_URL: self.ports.prefect_api_url, PREFECT_LOGIN: login_for(self.data)}
        # Before the servers: a file that names ports too early does no harm, one that names old ports would.
        self._provide(provided)
        self._supervisor.start()
        self._start_processes(has_s3=has_s3, has_prefect=has_prefect)

    def _start_processes(self, *, has_s3: bool, has_prefect: bool) -> None:
        supervise, wait_until_ready = self._supervisor.supervise, self._supervisor.wait_until_ready
        s3 = supervise(seaweed(self.data, self.ports, self._s3_takes_writes)) if has_s3 else None
        prefect = supervise(prefect_server(self.data, self.ports, self.environment)) if has_prefect else None
        if s3:
            self._has_started_s3 = True
            wait_until_ready(s3)
        # Prefect takes longer to start than S3.
        register = (self._prepare(self.environment) if self._prepare else None) or Register()
        check_secrets(self.data, register)
        self._provide(shared_settings(self.data))
        if prefect:
            wait_until_ready(prefect)
        elif self._serve == SERVE:
            require_answer(self.environment[PREFECT_API_URL])
        if not self._serve or not self._has_registered_keys(register):
            return
        specs = [runner_process(self.data, self.ports, self.environment, self._serve)]
        if self._serve == SERVE:
            specs.append(sealing_process(self.data, self.ports, self.environment))
        # All start at once, because each takes seconds.
        for runner in [supervise(spec) for spec in specs]:
            wait_until_ready(runner)

    def _s3_takes_writes(self) -> bool:
        space = disk_space(self.data)
        if space is not None and space.level == "full":
            return True  # which a restart would not help
        return takes_a_write(settings_of(self.environment))

    def _provide(self, settings: Mapping[str, str]) -> None:
        """Add settings to the connection file and to the environment."""
        self._provided |= settings
        write_connection(self.data, self._provided)
        self.environment = {**environment(self.data), **self._provided}

    def _has_registered_keys(self, register: Register) -> bool:
        """Return whether the private keys are those of the register; otherwise report what to do.

        Raises:
            StackError: they are not, and the S3 server is another's, so that nothing depends on this stack.
        """
        fault = key_fault(self.data, register)
        if fault and not self._has_started_s3:
            raise StackError(fault)
        if fault:
            self._report(
                f"{fault}. Until then only the servers run, so that an admin can register it; then start again"
            )
        return fault is None

    def _starts_own(self, title: str, setting: str) -> bool:
        """Return whether the stack starts this server itself; report it if not."""
        address = users_server(setting, self.data)
        if address:
            # Without the address, which may hold a password.
            self._report(f"no {title} is started, because {setting} names another one")
        return address is None

    def _stop(self) -> None:
        self._supervisor.stop()
        if self._has_started_s3:
            remove_sockets(self.ports)
        self._lock.release()


def stop_stack(data: Path, report: Callable[[str], None] = print) -> bool:
    """Stop the stack of a data folder and wait for its end; end what a killed one has left behind.

    Returns:
        Whether a stack was running.

    Raises:
        StackError: it did not end in time.
    """
    pid = holder(data)
    if pid is None:
        _end_orphans_of(data, report)
        return False
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + _STOP_SECONDS
    while holder(data) == pid:
        if time.monotonic() > deadline:
            raise StackError(
                f"the stack on {data} (pid {pid}) has not ended after {_STOP_SECONDS} s; see {data / 'logs'}"
            )
        time.sleep(0.1)
    return True


def _end_orphans_of(data: Path, report: Callable[[str], None]) -> None:
    if (data / LOCK_FILE).exists():
        lock = Lock(data)
        lock.acquire()
        try:
            end_orphans(data, report)
        finally:
            lock.release()
