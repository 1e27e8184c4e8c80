"""The `ncpi demo` command: the main job on a stack of its own, with a summary and every check."""

from __future__ import annotations

import shutil
import signal
from pathlib import Path
from typing import Annotated

import typer

from deployments.stack.commands import exit_status, folder_of, print_addresses
from deployments.stack.signals import TERMINATION, handle_signals
from deployments.stack.stack import Stack


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
    # `--help` must not wait for the imports that only running takes.
    from rich.console import Console  # noqa: PLC0415

    from deployments.demo.run import run_demonstration  # noqa: PLC0415

    console = Console(highlight=False, soft_wrap=True)
    folder = folder_of(data) if data else folder_of(None) / "demo"

    def keep_running(stack: Stack) -> None:
        if keep:
            print_addresses(console, stack)
            stack.wait()

    with exit_status(), handle_signals(TERMINATION, signal.default_int_handler):
        every_check_held = run_demonstration(folder, console, keep_running)
    if not every_check_held:
        raise typer.Exit(1)
    if not keep:
        shutil.rmtree(folder)
