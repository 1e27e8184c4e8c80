"""The `ncpi` program: the desk's commands, and those that run servers."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated

import typer

from desk.cli.lazy import add_command
from desk.cli.local_errors import whole_output
from desk.cli.program import OPERATIONS, add_commands


def _version(wanted: bool) -> None:  # noqa: FBT001 - as Typer calls it
    if wanted:
        typer.echo(f"ncpi {version('ncpi')}")
        raise typer.Exit


program = typer.Typer(
    name="ncpi",
    help="Move inspections from fieldwork to published review, and prove afterwards what happened.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)


@program.callback()
def _options(
    print_version: Annotated[
        bool,
        typer.Option("--version", help="Print the name and the version, and exit.", callback=_version, is_eager=True),
    ] = False,
) -> None:
    """Take the options that come before a command."""


add_commands(program)
add_command(program, "up", "deployments.stack.commands.up", panel=OPERATIONS)
add_command(program, "down", "deployments.stack.commands.down", panel=OPERATIONS)
add_command(program, "demo", "deployments.demo.command.demo", panel=OPERATIONS)


def main() -> None:
    """Run the program."""
    with whole_output():
        program()


if __name__ == "__main__":
    main()
