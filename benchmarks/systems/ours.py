"""This project: the stage runner, on the embedded stack or with its Prefect server on PostgreSQL."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from benchmarks.events import emit
from benchmarks.local_stack import use
from benchmarks.process_usage import pid_of
from benchmarks.systems.stock_prefect import start_prefect_server
from benchmarks.systems.system import System
from benchmarks.systems.testbed import Testbed
from deployments.stack.buckets import create_buckets
from deployments.stack.ports import free_ports
from deployments.stack.runners import runner_process
from deployments.stack.stack import Stack

_SERVE: Final = (sys.executable, "-m", "benchmarks.empty_stages")
_PROCESSES: Final = ("the S3 server", "the Prefect server", "the runner")


@contextmanager
def ours(folder: Path, report: Callable[[str], None]) -> Iterator[System]:
    """Run the embedded stack, as `ncpi up` does."""
    with Stack(folder, free_ports(), report=report, prepare=create_buckets, serve=_SERVE) as stack:
        use(stack)
        yield System(
            start=lambda instance: emit(instance, 0),
            processes={title: pid_of(folder, title) for title in _PROCESSES},
        )


@contextmanager
def ours_on_postgres(folder: Path, report: Callable[[str], None]) -> Iterator[System]:
    """Run the same runner with a Prefect server on PostgreSQL."""
    with Testbed(folder, "stock_prefect.txt", report) as testbed:
        start_prefect_server(testbed)
        ports = free_ports()
        testbed.start(runner_process(folder, ports, testbed.environment, _SERVE))
        yield System(start=lambda instance: emit(instance, 0), processes=testbed.processes)
