"""The demonstration from its first start to its last check, on a stack of its own."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from rich.console import Console

from deployments.demo.checks import check_everything
from deployments.demo.demonstration import EXAMPLES, INSPECTION, run_inspection
from deployments.demo.people import demo_people
from deployments.demo.summary import print_summary
from deployments.stack.buckets import create_buckets
from deployments.stack.ports import free_ports
from deployments.stack.stack import Stack

_DONE: Final = "demo-complete"
_SWEEP_SECONDS: Final = "20"


def run_demonstration(folder: Path, console: Console, before_end: Callable[[Stack], None]) -> bool:
    """Start a stack, take the South Wales inspection through all stages, and print a summary.

    Args:
        folder: data folder; one that holds a finished demonstration is replaced.
        before_end: called once everything is printed, while the stack still runs.

    Returns:
        Whether every check held.

    Raises:
        NcpiError: the stack failed, a stage took too long, or an act was refused.
    """
    started = time.monotonic()

    def report(line: str) -> None:
        console.out(f"[{time.monotonic() - started:6.1f} s] {line}")

    if (folder / _DONE).exists():
        # Only a folder that a finished demonstration has marked as its own.
        shutil.rmtree(folder)
    os.environ.setdefault("NCPI_SWEEP_SECONDS", _SWEEP_SECONDS)
    with Stack(folder, free_ports(), report=report, prepare=create_buckets) as stack:
        os.environ.update(
            {name: value for name, value in stack.environment.items() if name.startswith(("NCPI_", "PREFECT_API"))}
        )
        report("enrolling made-up people, each with a key under a passphrase")
        people = demo_people(stack.data)
        history = run_inspection(INSPECTION, EXAMPLES / "south_wales", people, report, lambda: stack.failure)
        checks = check_everything(INSPECTION, history)
        print_summary(console, INSPECTION, history, checks, seconds=time.monotonic() - started)
        (folder / _DONE).touch()
        before_end(stack)
    return all(check.held for check in checks)
