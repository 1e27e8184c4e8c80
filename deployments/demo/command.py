"""The `ncpi demo` command: the main job on a stack of its own, with a summary and every check."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from deployments.stack.commands import exit_status, folder_of, interrupted_by_signals, show

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console

    from deployments.stack.stack import Stack

# Starting is what takes long; `--help` must not wait for what only it needs.
# ruff: noqa: PLC0415

EXAMPLES: Final = Path(__file__).parents[2] / "examples"
_DONE: Final = "demo-complete"
_SWEEP_SECONDS: Final = "20"


def demo(
    data: Annotated[
        Path | None,
        # Never NCPI_DATA itself: a demonstration has no place among real inspections.
        typer.Option("--data", help="Folder of the demonstration.", show_default="demo in the data folder"),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running at the end, until Ctrl-C.")] = False,
) -> None:
    """Take the South Wales inspection of 2015/16 through all five stages by events, and check everything.

    Started again after it was killed, it goes on where it stood. Exit status: 0 only if every check held.

    Examples: ncpi demo; ncpi demo --keep --data ~/demonstration
    """
    from rich.console import Console

    from deployments.stack.buckets import make_buckets
    from deployments.stack.ports import free_ports
    from deployments.stack.stack import Stack

    started = time.monotonic()
    console = Console(highlight=False, soft_wrap=True)
    folder = folder_of(data) if data else folder_of(None) / "demo"
    with exit_status(), interrupted_by_signals():
        if (folder / _DONE).exists():
            # Only ever a folder that a finished demonstration has marked as its own.
            shutil.rmtree(folder)
        os.environ.setdefault("NCPI_SWEEP_SECONDS", _SWEEP_SECONDS)

        def report(line: str) -> None:
            console.out(f"[{time.monotonic() - started:6.1f} s] {line}")

        with Stack(folder, free_ports(), report=report, prepare=make_buckets) as stack:
            failures = _run(console, stack, report, started)
            (folder / _DONE).touch()
            if keep:
                show(console, stack)
                stack.wait()
        if failures:
            raise typer.Exit(1)
    if not keep:
        shutil.rmtree(folder)


def _run(console: Console, stack: Stack, report: Callable[[str], None], started: float) -> list[str]:
    from deployments.demo.checks import check_everything
    from deployments.demo.demonstration import INSPECTION, live
    from deployments.demo.people import demo_people
    from deployments.demo.summary import print_summary

    os.environ.update(
        {name: value for name, value in stack.environment.items() if name.startswith(("NCPI_", "PREFECT_API"))}
    )
    report("enrolling made-up people, each with a key under a passphrase")
    cast = demo_people(stack.data)
    history = live(INSPECTION, EXAMPLES / "south_wales", cast, report, lambda: stack.failure)
    checks = check_everything(INSPECTION, history)
    print_summary(console, INSPECTION, history, checks, seconds=time.monotonic() - started)
    return [check.name for check in checks if not check.held]
