"""A real stack whose network and processes may be failed: every client reaches S3 and Prefect through a proxy.

The parts are the product's own, kept running by its own supervisor. There are two runners, which look more often than
the product's for what killed ones have left.
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self

from deployments.os_process import HOST
from deployments.stack.buckets import create_buckets
from deployments.stack.connection import PREFECT_LOGIN
from deployments.stack.orphans import RECORD_FILE
from deployments.stack.ports import Ports, free_ports
from deployments.stack.prefect_server import prefect_server
from deployments.stack.private_folder import make_private_folder
from deployments.stack.process_spec import ProcessSpec
from deployments.stack.runners import runner_process
from deployments.stack.s3_keys import keys_of
from deployments.stack.seaweed import remove_sockets, s3_settings, seaweed
from deployments.stack.secrets import shared_settings
from deployments.stack.supervised import SupervisedProcess
from deployments.stack.supervisor import Supervisor
from tests.support.servers.fault_proxy import FaultProxy
from tests.support.servers.postgres import Postgres
from tests.support.servers.prefect_database import lay_database
from tests.support.servers.quick_runner import COMMAND
from tests.support.servers.running import wait_until, without_ours

Database = Literal["SQLite", "PostgreSQL"]
Server = Literal["S3", "Prefect"]
DESK: Final = "the desk"
RUNNERS: Final = ("the runner", "the second runner")
CLIENTS: Final = (DESK, *RUNNERS)
SERVERS: Final[tuple[Server, ...]] = ("S3", "Prefect")
SWEEP_SECONDS: Final = 10
_LOGIN: Final = "ncpi:of-an-unreliable-stack"
_RESTART_SECONDS: Final = 60


class UnreliableStack:
    """Runs inside its `with` block; what is killed is started again."""

    def __init__(self, folder: Path, database: Database, seed: int) -> None:
        self.said: list[str] = []
        """What the supervisor said."""
        self.parts: dict[str, ProcessSpec] = {}
        """The parts by title, in the order of their start."""
        self.proxies: dict[tuple[str, Server], FaultProxy] = {}
        """By client and server."""
        self.environment: dict[str, str] = {}
        """What the desk needs to reach S3 and Prefect, through its proxies."""
        self._folder = folder
        self._database = database
        self._seed = seed
        self._ports = free_ports()
        self._supervisor = Supervisor(folder, self.said.append)
        self._ending = ExitStack()

    def __enter__(self) -> Self:
        """Start every part and wait until it is ready."""
        make_private_folder(self._folder)
        make_private_folder(self._folder / "logs")
        try:
            self._start()
        except BaseException:
            self._ending.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop every part, the last first, then the proxies."""
        self._ending.close()

    @property
    def s3_endpoint(self) -> str:
        """Where S3 is reached past every proxy."""
        return self._ports.s3_endpoint

    def kill(self, title: str) -> None:
        """Kill a part with SIGKILL and wait until it is started again, though perhaps not ready."""
        pid = self.pid_of(title)
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: self.pid_of(title) not in {pid, 0}, f"{title} to be started again", _RESTART_SECONDS)

    def wait_until_ready(self, title: str) -> None:
        """Wait until a part serves."""
        wait_until(self.parts[title].is_ready, f"{title} to be ready", _RESTART_SECONDS)

    def pid_of(self, title: str) -> int:
        """Find the process of a part; 0 between two."""
        record = json.loads((self._folder / RECORD_FILE).read_text())
        return next((int(one["pid"]) for one in record["running"] if one["title"] == title), 0)

    def _start(self) -> None:
        keys = keys_of(self._folder)
        direct = {
            **s3_settings(keys, self._ports),
            **shared_settings(self._folder),
        }
        self._ending.callback(remove_sockets, self._ports)
        for number, (client, server) in enumerate((client, server) for client in CLIENTS for server in SERVERS):
            port = self._ports.s3 if server == "S3" else self._ports.prefect
            proxy = FaultProxy(port, seed=self._seed * 100 + number)
            self.proxies[client, server] = self._ending.enter_context(proxy)
        postgres = self._postgres()
        self._supervisor.start()
        self._ending.callback(self._supervisor.stop)
        s3 = self._keep(seaweed(self._folder, self._ports))
        prefect = self._keep_prefect(postgres)
        self._supervisor.wait_until_ready(s3)
        create_buckets(direct)
        self._supervisor.wait_until_ready(prefect)
        self.environment = self._environment_of(DESK, direct)
        for runner in [self._keep(self._runner(client, direct)) for client in RUNNERS]:
            self._supervisor.wait_until_ready(runner)

    def _keep(self, part: ProcessSpec) -> SupervisedProcess:
        self.parts[part.title] = part
        return self._supervisor.supervise(part)

    def _postgres(self) -> Postgres | None:
        if self._database == "SQLite":
            return None
        # The ports up to the next that could be chosen for another stack are nobody's.
        postgres = Postgres(self._folder / "logs" / "postgres.log", self._ports.runner + 2)
        self._ending.callback(postgres.remove)
        return postgres

    def _keep_prefect(self, postgres: Postgres | None) -> SupervisedProcess:
        part = prefect_server(self._folder, self._ports, {**without_ours(), PREFECT_LOGIN: _LOGIN})
        if postgres is None:
            lay_database(self._folder)
            return self._keep(part)
        self._supervisor.wait_until_ready(self._keep(postgres.spec))
        postgres.make_database()
        url = {"PREFECT_SERVER_DATABASE_CONNECTION_URL": f"postgresql+asyncpg://{postgres.address}"}
        return self._keep(dataclasses.replace(part, environment={**part.environment, **url}))

    def _runner(self, client: str, direct: dict[str, str]) -> ProcessSpec:
        number = RUNNERS.index(client)
        ports = self._ports if number == 0 else _exchanged(self._ports)
        part = runner_process(self._folder, ports, {**without_ours(), **self._environment_of(client, direct)}, COMMAND)
        name = f"serve-{number + 1}"
        return dataclasses.replace(part, name=name, title=client, log=self._folder / "logs" / f"{name}.log")

    def _environment_of(self, client: str, direct: dict[str, str]) -> dict[str, str]:
        return {
            **direct,
            "NCPI_DATA": str(self._folder),
            "NCPI_SWEEP_SECONDS": str(SWEEP_SECONDS),
            "NCPI_S3_ENDPOINT": f"http://{HOST}:{self.proxies[client, 'S3'].port}",
            "PREFECT_API_URL": f"http://{HOST}:{self.proxies[client, 'Prefect'].port}/api",
            PREFECT_LOGIN: _LOGIN,
        }


def _exchanged(ports: Ports) -> Ports:
    """Return the ports for a second runner, which listens where no sealing process does here."""
    return dataclasses.replace(ports, runner=ports.sealer, sealer=ports.runner)
