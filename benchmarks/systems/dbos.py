"""DBOS: one process with its workflows and queues, on PostgreSQL."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from benchmarks.systems.system import System
from benchmarks.systems.testbed import PROJECT, Testbed
from deployments.os_process import HOST
from deployments.stack.process_spec import http_check
from tests.support.servers.running import free_port


@contextmanager
def dbos(folder: Path, report: Callable[[str], None]) -> Iterator[System]:
    """Run it with its defaults: a queue is polled each second."""
    with _dbos(folder, report, poll_seconds=1.0) as system:
        yield system


@contextmanager
def dbos_polling_fast(folder: Path, report: Callable[[str], None]) -> Iterator[System]:
    """Run it with a queue polled ten times a second."""
    with _dbos(folder, report, poll_seconds=0.1) as system:
        yield system


@contextmanager
def _dbos(folder: Path, report: Callable[[str], None], *, poll_seconds: float) -> Iterator[System]:
    with Testbed(folder, "dbos.txt", report) as testbed:
        port = free_port()
        url = f"http://{HOST}:{port}"
        spec = testbed.spec(
            "dbos",
            "the DBOS process",
            (str(testbed.python), str(PROJECT / "benchmarks" / "systems" / "inside" / "dbos_service.py")),
            http_check(url, lambda response: response.is_success),
            BENCH_PORT=str(port),
            BENCH_DATABASE=f"postgresql+psycopg://{testbed.database}",
            BENCH_POLL_SECONDS=str(poll_seconds),
        )
        testbed.start(spec)
        with httpx.Client(timeout=60) as client:

            def start(instance: str) -> None:
                client.post(f"{url}/{instance}").raise_for_status()

            yield System(start=start, processes=testbed.processes)
