"""The commands that start and stop the local stack."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer
from rich.console import Console

from deployments.os_process import HOST
from deployments.stack.ports import Ports
from schemas.errors import NcpiError

if TYPE_CHECKING:
    from deployments.stack.stack import Stack

# Starting is what takes long; `--help` must not wait for what only it needs.
# ruff: noqa: PLC0415

DataOption = Annotated[
    Path | None,
    typer.Option(
        "--data",
        envvar="NCPI_DATA",
        show_default="ncpi in the user's data folder",
        help="Folder of everything that is kept: objects, keys, logs; `ncpi` in your data directory when left out.",
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
        int, typer.Option(envvar="NCPI_RUNNER_PORT", help="Port where the serving process says how it is.")
    ] = _DEFAULTS.runner,
    sealer_port: Annotated[
        int, typer.Option(envvar="NCPI_SEALER_PORT", help="Port where the sealing process does.")
    ] = _DEFAULTS.sealer,
) -> None:
    """Start S3, Prefect and the serving processes on this computer and keep them running until Ctrl-C.

    What dies is started again. A server that NCPI_S3_ENDPOINT or PREFECT_API_URL names is used instead of a local one.
    Exit status: 0 ended as asked, 1 could not start or go on, 2 ports that cannot be used.

    Examples: ncpi up; ncpi up --data ~/inspections --s3-port 9000 --prefect-port 4300
    """
    from deployments.stack.buckets import make_buckets
    from deployments.stack.stack import Stack

    console = Console(highlight=False)
    with exit_status(), interrupted_by_signals():
        ports = Ports(s3=s3_port, prefect=prefect_port, runner=runner_port, sealer=sealer_port)
        with Stack(folder_of(data), ports, report=console.out, prepare=make_buckets) as stack:
            show(console, stack)
            stack.wait()
            console.out("ending")
    console.out("the stack has ended")


def down(data: DataOption = None) -> None:
    """End the local stack that runs on a data folder, and wait until it has.

    Exit status: 0 nothing runs any more, 1 it could not be ended.

    Examples: ncpi down; ncpi down --data ~/inspections
    """
    from deployments.stack.stack import stop_stack

    console = Console(highlight=False)
    folder = folder_of(data)
    with exit_status():
        was_running = stop_stack(folder, report=console.out)
    console.out(f"the stack on {folder} has ended" if was_running else f"no stack runs on {folder}")


def folder_of(data: Path | None) -> Path:
    """Return the data folder that a command works on."""
    from storage.settings import data_folder

    return (data or data_folder()).expanduser().absolute()


def show(console: Console, stack: Stack) -> None:
    """Print where a running stack is to be found."""
    from deployments.stack.connection import PREFECT_API_URL, S3_ENDPOINT
    from storage.settings import CONNECTION_FILE, Bucket

    endpoint = stack.environment[S3_ENDPOINT].rstrip("/")
    public = stack.environment.get("NCPI_S3_PUBLIC_URL", f"{endpoint}/{Bucket.PUBLIC.value}").rstrip("/")
    lines = {
        "Published": f"{public}/index.html",
        "Flow runs": stack.environment[PREFECT_API_URL].removesuffix("/api"),
        "S3": endpoint,
        "Runner": f"http://{HOST}:{stack.ports.runner}/health",
        "Sealer": f"http://{HOST}:{stack.ports.sealer}/health",
        "Notes": stack.environment.get("NCPI_NOTES_FOLDER", str(stack.data / "notes")),
        "Settings": str(stack.data / CONNECTION_FILE),
        "Data": str(stack.data),
        "Logs": str(stack.data / "logs"),
    }
    for name, value in lines.items():
        console.print(f"[bold]{name:<10}[/bold]", end="")
        # As it is: a long path must not be broken, and a bracket in it is no markup.
        console.out(value)
    console.out("Ctrl-C ends everything.")


@contextmanager
def exit_status() -> Iterator[None]:
    """Print an error on purpose and exit with its status."""
    try:
        yield
    except NcpiError as error:
        Console(stderr=True, highlight=False).out(str(error))
        raise typer.Exit(error.exit_status) from None
    except KeyboardInterrupt:
        Console(stderr=True, highlight=False).out("interrupted; nothing was left running")
        raise typer.Exit(1) from None


@contextmanager
def interrupted_by_signals() -> Iterator[None]:
    """Have SIGTERM and SIGHUP end the start-up as Ctrl-C does, with everything that was started."""
    numbers = (signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.default_int_handler) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
