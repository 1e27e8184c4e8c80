"""The `ncpi demo` command: the main job on a stack of its own, with a summary and every check."""

from __future__ import annotations

import os
import shutil
import signal
import time
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from deployments.demo.checks import check_everything
from deployments.demo.demonstration import EXAMPLES, INSPECTION, run_inspection
from deployments.demo.people import demo_people
from deployments.demo.summary import print_summary
from deployments.stack.buckets import create_buckets
from deployments.stack.commands import exit_status, folder_of, print_addresses
from deployments.stack.ports import free_ports
from deployments.stack.signals import TERMINATION, handle_signals
from deployments.stack.stack import Stack
from storage.atomic_file import write_atomically

_DONE: Final = "demo-complete"


def demo(
    data: Annotated[
        Path | None,
        # Never NCPI_DATA itself, which holds real inspections.
        typer.Option("--data", help="Folder of the demonstration.", show_default="demo in the data folder"),
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running at the end, until Ctrl-C.")] = False,
) -> None:
    """Take the South Wales inspection of 2015/16 through all five stages by events, and check everything.

    Started again after it was killed, it goes on where it was. Exit status: 0 only if every check held.

    Examples: ncpi demo; ncpi demo --keep --data ~/demonstration
    """
    folder = folder_of(data) if data else folder_of(None) / "demo"
    with exit_status(), handle_signals(TERMINATION, signal.default_int_handler):
        every_check_held = _run(folder, Console(highlight=False, soft_wrap=True), keep=keep)
    if not every_check_held:
        raise typer.Exit(1)
    if not keep:
        shutil.rmtree(folder)


def _run(folder: Path, console: Console, *, keep: bool) -> bool:
    """Take the inspection through all stages on a stack of its own, and return whether every check held."""
    started = time.monotonic()

    def report(line: str) -> None:
        console.out(f"[{time.monotonic() - started:6.1f} s] {line}")

    if (folder / _DONE).exists():
        # Only a folder that a finished demonstration has marked as its own.
        report(f"removing the record of the demonstration that was left in {folder}: this one is made in its place")
        shutil.rmtree(folder)
    os.environ.setdefault("NCPI_SWEEP_SECONDS", "20")
    with Stack(folder, free_ports(), report=report, prepare=create_buckets) as stack:
        os.environ.update(
            {name: value for name, value in stack.environment.items() if name.startswith(("NCPI_", "PREFECT_API"))}
        )
        report("enrolling made-up people, each with a key under a passphrase")
        people = demo_people(stack.data)
        history = run_inspection(INSPECTION, EXAMPLES / "south_wales", people, report, lambda: stack.failure)
        checks = check_everything(INSPECTION, history)
        print_summary(console, INSPECTION, history, checks, seconds=time.monotonic() - started, keep=keep)
        write_atomically(folder / _DONE, b"")
        if keep:
            print_addresses(console, stack)
            stack.wait()
    return all(check.held for check in checks)
