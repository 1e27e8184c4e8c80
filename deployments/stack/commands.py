"""The commands that start and stop the local stack."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from deployments.stack.buckets import create_buckets
from deployments.stack.connection import PREFECT_LOGIN
from deployments.stack.ports import Ports
from deployments.stack.signals import TERMINATION, handle_signals
from deployments.stack.stack import Stack, stop_stack
from desk.cli.printing import errors_for_people, tell
from storage.settings import data_folder

DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        envvar="NCPI_DATA",
        show_default="ncpi in the user's data folder",
        help="Folder of everything that is stored: objects, keys, logs; `ncpi` in your data directory when left out.",
    ),
]
_DEFAULTS: Final = Ports()


def up(
    data: DataOption = None,
    s3_port: Annotated[
        int,
        typer.Option(
            envvar="NCPI_S3_PORT", help="First port of S3; it also takes the eight above it and one 10,008 above it."
        ),
    ] = _DEFAULTS.s3,
    prefect_port: Annotated[
        int, typer.Option(envvar="NCPI_PREFECT_PORT", help="Port of the Prefect server and its pages.")
    ] = _DEFAULTS.prefect,
    runner_port: Annotated[
        int, typer.Option(envvar="NCPI_RUNNER_PORT", help="Port of the health endpoint of the runner.")
    ] = _DEFAULTS.runner,
    sealer_port: Annotated[
        int, typer.Option(envvar="NCPI_SEALER_PORT", help="Port of the health endpoint of the sealing process.")
    ] = _DEFAULTS.sealer,
) -> None:
    """Start S3, Prefect, the runner and the sealing process on this computer and keep them running until Ctrl-C.

    A process that dies is started again. A server that NCPI_S3_ENDPOINT or PREFECT_API_URL names is used instead of a
    local one. Exit status: 0 ended on request, 1 could not start or go on, 2 ports that cannot be used.

    Examples: ncpi up; ncpi up --data ~/inspections --s3-port 9000 --prefect-port 4300
    """
    console = Console(highlight=False)
    with exit_status(), handle_signals(TERMINATION, signal.default_int_handler):
        ports = Ports(s3=s3_port, prefect=prefect_port, runner=runner_port, sealer=sealer_port)
        with Stack(folder_of(data), ports, report=console.out, prepare=create_buckets) as stack:
            print_addresses(console, stack)
            stack.wait()
            console.out("ending")
    console.out("the stack has ended")


def down(data: DataOption = None) -> None:
    """End the local stack of a data folder, and wait for its end.

    Exit status: 0 nothing runs any more, 1 it could not be ended.

    Examples: ncpi down; ncpi down --data ~/inspections
    """
    console = Console(highlight=False)
    folder = folder_of(data)
    with exit_status():
        was_running = stop_stack(folder, report=console.out)
    console.out(f"the stack on {folder} has ended" if was_running else f"no stack runs on {folder}")


def folder_of(data: Path | None) -> Path:
    """Return the data folder of a command."""
    return (data or data_folder()).expanduser().absolute()


def print_addresses(console: Console, stack: Stack) -> None:
    """Print the addresses and folders of a running stack."""
    for title, address in stack.addresses.items():
        console.print(f"[bold]{title:<10}[/bold]", end="")
        # Unformatted: a long path must not be broken, and brackets in it are not markup.
        console.out(address)
    if stack.prefect_login:
        # Not into a file, which others may read and which is kept.
        shown = stack.prefect_login if sys.stdout.isatty() else f"{PREFECT_LOGIN} in the settings"
        console.print(f"[bold]{'Login':<10}[/bold]", end="")
        console.out(f"{shown}, to paste where the pages of flow runs ask for it")
    console.out("Ctrl-C ends everything.")


@contextmanager
def exit_status() -> Iterator[None]:
    """Print an expected error and exit with its status."""
    with errors_for_people(as_json=False):
        try:
            yield
        except KeyboardInterrupt:
            tell("interrupted; nothing was left running")
            raise typer.Exit(1) from None
