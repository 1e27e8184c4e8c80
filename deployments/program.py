"""The `ncpi` program: the desk's commands, and those that run servers."""

from __future__ import annotations

import typer

from deployments.demo.command import demo
from deployments.stack.commands import down, up
from desk.cli.program import add_commands

program = typer.Typer(
    name="ncpi",
    help="Move inspections from fieldwork to published review, and prove afterwards what happened.",
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
)
add_commands(program)
program.command(rich_help_panel="Running")(up)
program.command(rich_help_panel="Running")(down)
program.command(rich_help_panel="Running")(demo)


def main() -> None:
    """Run the program."""
    program()


if __name__ == "__main__":
    main()
