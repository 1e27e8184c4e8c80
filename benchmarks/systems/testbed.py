"""A testbed for another system: a folder, an environment, an S3 server and a PostgreSQL server of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from benchmarks.process_usage import pid_of
from deployments.stack.buckets import create_buckets
from deployments.stack.ports import free_ports
from deployments.stack.private_folder import make_private_folder
from deployments.stack.process_spec import ProcessSpec
from deployments.stack.s3_keys import keys_of
from deployments.stack.seaweed import s3_settings, seaweed
from deployments.stack.supervisor import Supervisor
from tests.support.servers.postgres import Postgres
from tests.support.servers.running import free_port

PROJECT: Final = Path(__file__).parents[2]


class Testbed:
    """Runs the processes of one system during a `with` block, S3 first."""

    def __init__(self, folder: Path, lock: str, report: Callable[[str], None]) -> None:
        """Describe the testbed; nothing is started yet.

        Args:
            folder: folder of everything that it stores.
            lock: file in `locks` with every package of the system's environment and its hash.
            report: called with each message.
        """
        self.folder = folder
        self.python = _environment(Path(__file__).parent / "locks" / lock, report)
        self.environment: dict[str, str] = {}
        """Environment of the system's processes: how to reach S3, and where the code of the stages is."""
        self.database = ""
        """Address of a database of its own, without the driver: `user:password@host:port/name`."""
        self._titles: list[str] = []
        self._supervisor = Supervisor(folder, report)
        self._postgres: Postgres | None = None

    def __enter__(self) -> Self:
        """Start the S3 server and a PostgreSQL server."""
        make_private_folder(self.folder)
        make_private_folder(self.folder / "logs")
        ports = free_ports()
        connection = s3_settings(keys_of(self.folder), ports)
        self.environment = {
            **connection,
            "PATH": f"{self.python.parent}{os.pathsep}{os.defpath}",
            "HOME": str(self.folder),
            "PYTHONPATH": str(PROJECT),
            "PYTHONUNBUFFERED": "1",
        }
        self._supervisor.start()
        try:
            self.start(seaweed(self.folder, ports))
            create_buckets(connection)
            self._start_postgres()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        os.environ.update({name: value for name, value in connection.items() if name.startswith("NCPI_")})
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop all processes, the last first."""
        self._supervisor.stop()
        if self._postgres:
            self._postgres.remove()

    @property
    def processes(self) -> dict[str, int]:
        """Process ids by title."""
        return {title: pid_of(self.folder, title) for title in self._titles}

    def start(self, spec: ProcessSpec) -> None:
        """Start a process and wait until it is ready."""
        self._supervisor.wait_until_ready(self._supervisor.supervise(spec))
        self._titles.append(spec.title)

    def spec(
        self, name: str, title: str, command: tuple[str, ...], is_ready: Callable[[], bool], **environment: str
    ) -> ProcessSpec:
        """Return the specification of a process of the system."""
        return ProcessSpec(
            name=name,
            title=title,
            command=command,
            environment={**self.environment, **environment},
            folder=self.folder,
            log=self.folder / "logs" / f"{name}.log",
            is_ready=is_ready,
            start_seconds=180,
        )

    def run(self, *command: str, **environment: str) -> None:
        """Run a command of the system and wait for its end."""
        done = subprocess.run(  # noqa: S603 - the commands are this benchmark's
            command,
            cwd=self.folder,
            env={**self.environment, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            message = f"{' '.join(command)} ended with {done.returncode}: {done.stdout[-2000:]}{done.stderr[-4000:]}"
            raise RuntimeError(message)

    def _start_postgres(self) -> None:
        self._postgres = Postgres(self.folder / "logs" / "postgres.log", free_port())
        self.start(self._postgres.spec)
        self._postgres.make_database()
        self.database = self._postgres.address


def wait_for(condition: Callable[[], bool], what: str, seconds: float = 180) -> None:
    """Wait for a condition, for a limited time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            message = f"waited {seconds:.0f} s for {what}"
            raise TimeoutError(message)
        time.sleep(0.1)


def _environment(lock: Path, report: Callable[[str], None]) -> Path:
    """Return the interpreter of the environment of a lock, which is created if it is missing or outdated."""
    home = PROJECT / "build" / "benchmarks" / lock.stem
    python = home / "bin" / "python"
    done = home / "made-from.txt"
    if not done.exists() or done.read_bytes() != lock.read_bytes():
        report(f"making the environment of {lock.stem}")
        tool = str(Path(sys.executable).with_name("uv"))
        subprocess.run([tool, "venv", "--quiet", "--clear", "--python", sys.executable, str(home)], check=True)  # noqa: S603
        install = (tool, "pip", "install", "--quiet", "--compile-bytecode", "--require-hashes", "--python", str(python))
        subprocess.run([*install, "-r", str(lock)], check=True)  # noqa: S603
        done.write_bytes(lock.read_bytes())
    return python
