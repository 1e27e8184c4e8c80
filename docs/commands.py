"""Write docs/commands.md from the program's own help; `--check` fails if the page is out of date."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NamedTuple

import typer
import typer.main

from deployments.program import program
from desk.cli.local_errors import EXIT_STATUSES
from docs.generated_page import head, row, write_or_check


class Command(NamedTuple):
    """One command, with the words that call it, the heading it stands under and its help in parts."""

    words: str
    panel: str
    summary: str
    details: tuple[str, ...]
    examples: tuple[str, ...]
    synopsis: str
    parameters: tuple[Any, ...]


def commands() -> Iterator[Command]:
    """List every command of the program, groups resolved, in the order of the program's help."""
    group = typer.main.get_command(program)
    yield from _commands_of(group, typer.Context(group, info_name="ncpi"), "ncpi", None)


def settings_of_commands() -> Iterator[Any]:
    """List the parameters that can be set in the environment, each once."""
    seen: set[str] = set()
    for command in commands():
        for parameter in command.parameters:
            if parameter.envvar and parameter.envvar not in seen:
                seen.add(parameter.envvar)
                yield parameter


def default_of(parameter: Any) -> str:  # noqa: ANN401 - Typer brings its own copy of Click, without public types
    """Return the default of a parameter in words; nothing where it has none or is a switch."""
    default = parameter.default
    return "" if default is None or callable(default) or default in (False, (), "") else f"`{default}`"


def _commands_of(command: Any, context: typer.Context, words: str, panel: str | None) -> Iterator[Command]:  # noqa: ANN401
    if not hasattr(command, "list_commands"):
        yield _described(command, words, panel or "")
        return
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        heading = panel or getattr(inner, "rich_help_panel", None)
        yield from _commands_of(inner, typer.Context(inner, info_name=name), f"{words} {name}", heading)


def _described(command: Any, words: str, panel: str) -> Command:  # noqa: ANN401
    text, _, examples = re.sub(r"\bExamples?: (?=ncpi )", "\0", command.help or "").partition("\0")
    summary, *details = (" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))
    parameters = tuple(one for one in command.params if one.name != "help")
    needed = [_written(one) for one in parameters if one.required or one.param_type_name == "argument"]
    optional = ["[OPTIONS]"] if any(not one.required and one.param_type_name == "option" for one in parameters) else []
    return Command(
        words,
        panel,
        summary,
        tuple(details),
        tuple(re.split(r";\s+(?=ncpi )", " ".join(examples.split()))),
        " ".join([words, *needed, *optional]),
        parameters,
    )


def _written(parameter: Any) -> str:  # noqa: ANN401
    if parameter.param_type_name == "argument":
        name = _name_of(parameter)
        return name if parameter.required else f"[{name}]"
    return f"{parameter.opts[0]} {parameter.metavar or parameter.opts[0].strip('-').upper()}"


def _name_of(parameter: Any) -> str:  # noqa: ANN401
    is_argument = parameter.param_type_name == "argument"
    return str(parameter.name).upper() if is_argument else ", ".join((*parameter.opts, *parameter.secondary_opts))


def _page() -> Iterator[str]:
    found = list(commands())
    yield from (
        "# Commands",
        "",
        "Generated from the program's own help by `make docs`; do not edit. `ncpi COMMAND --help` prints the same.",
        "How they go together: [using.md](using.md). What can be set in the environment: [settings.md](settings.md).",
        "",
        *head("exit status", "meaning"),
        *(row(str(status), meaning) for status, meaning in EXIT_STATUSES.items()),
        "",
    )
    for panel in dict.fromkeys(command.panel for command in found):
        yield from (f"**{panel}**", "", *head("command", "what it does"))
        for command in found:
            if command.panel == panel:
                yield row(f"[`{command.words}`](#{command.words.replace(' ', '-')})", command.summary)
        yield ""
    for command in found:
        yield from _section(command)


def _section(command: Command) -> Iterator[str]:
    yield from (f"## {command.words}", "", command.summary, "")
    for paragraph in command.details:
        yield from (paragraph, "")
    yield from ("```sh", command.synopsis, "```", "", *head("parameter", "what it is", "default", "environment"))
    for one in command.parameters:
        need = "required" if one.required else default_of(one)
        yield row(f"`{_name_of(one)}`", one.help or "", need, f"`{one.envvar}`" if one.envvar else "")
    yield from ("", "For example:", "", "```sh", *command.examples, "```", "")


if __name__ == "__main__":
    write_or_check("commands.md", _page())
