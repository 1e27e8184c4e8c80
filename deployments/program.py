"""The `ncpi` program: the desk's commands, and those that run servers."""

from __future__ import annotations

import typer

from desk.cli.lazy import add_command
from desk.cli.program import RUNNING, add_commands

program = typer.Typer(
    name="ncpi",
    help="Move inspections from fieldwork to published review, and prove afterwards what happened.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
add_commands(program)
add_command(program, "up", "deployments.stack.commands.up", panel=RUNNING)
add_command(program, "down", "deployments.stack.commands.down", panel=RUNNING)
add_command(program, "demo", "deployments.demo.command.demo", panel=RUNNING)


def main() -> None:
    """Run the program."""
    program()


if __name__ == "__main__":
    main()
