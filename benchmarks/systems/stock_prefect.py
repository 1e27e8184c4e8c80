"""Prefect as it comes: a server on PostgreSQL, deployments with event triggers, a worker that starts processes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from benchmarks.events import emit
from benchmarks.systems.system import System
from benchmarks.systems.testbed import PROJECT, Testbed
from deployments.os_process import HOST
from deployments.stack.process_spec import http_check
from tests.support.servers.running import free_port

_POOL: Final = "bench"
_QUIET: Final = {"PREFECT_SERVER_ANALYTICS_ENABLED": "false", "DO_NOT_TRACK": "1", "PREFECT_CLI_PROMPT": "false"}


@contextmanager
def stock_prefect(folder: Path, report: Callable[[str], None]) -> Iterator[System]:
    """Run it with its defaults: the worker polls every 10 s and starts a process for each run."""
    with Testbed(folder, "stock_prefect.txt", report) as testbed:
        start_prefect_server(testbed)
        prefect = str(testbed.python.with_name("prefect"))
        testbed.run(prefect, "work-pool", "create", "--type", "process", _POOL)
        testbed.run(str(testbed.python), str(PROJECT / "benchmarks" / "systems" / "inside" / "stock_prefect_flows.py"))
        testbed.start(testbed.spec("worker", "the worker", (prefect, "worker", "start", "--pool", _POOL), _has_worker))
        yield System(start=lambda instance: emit(instance, 0), processes=testbed.processes)


def start_prefect_server(testbed: Testbed) -> None:
    """Run a Prefect server on the testbed's PostgreSQL, and point this process and the testbed at it."""
    port = free_port()
    url = f"http://{HOST}:{port}/api"
    testbed.environment |= {**_QUIET, "PREFECT_API_URL": url, "PREFECT_HOME": str(testbed.folder / "prefect")}
    os.environ["PREFECT_API_URL"] = url
    command = (str(testbed.python.with_name("prefect")), "server", "start", "--host", HOST, "--port", str(port))
    spec = testbed.spec(
        "prefect",
        "the Prefect server",
        command,
        http_check(f"{url}/health", lambda response: response.text == "true"),
        PREFECT_SERVER_DATABASE_CONNECTION_URL=f"postgresql+asyncpg://{testbed.database}",
        PREFECT_SERVER_UI_STATIC_DIRECTORY=str(testbed.folder / "ui"),
        PREFECT_SERVER_LOGGING_LEVEL="WARNING",
    )
    testbed.start(spec)


def _has_worker() -> bool:
    asked = httpx.post(f"{os.environ['PREFECT_API_URL']}/work_pools/{_POOL}/workers/filter", json={}, timeout=5)
    return any(one["status"] == "ONLINE" for one in asked.json())
