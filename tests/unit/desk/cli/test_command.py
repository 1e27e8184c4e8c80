from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Annotated

import typer
from typer.testing import CliRunner

from desk.cli.command import command
from schemas.errors import RefusedError


@dataclass(frozen=True, slots=True)
class Shared:
    name: Annotated[str, typer.Option("--name")]
    as_json: Annotated[bool, typer.Option("--json")] = False


@command
def greet(word: Annotated[str, typer.Argument()], shared: Shared, times: Annotated[int, typer.Option()] = 1) -> None:
    """Greet."""
    if shared.name == "nobody":
        message = "nobody: expected a person"
        raise RefusedError(message)
    typer.echo(" ".join([word, shared.name] * times))


PROGRAM = typer.Typer()
PROGRAM.command()(greet)


def test_shared_options_stand_in_place_and_those_with_defaults_at_the_end() -> None:
    assert [one.name for one in typer.main.get_command(PROGRAM).params[:4]] == ["word", "name", "times", "as_json"]
    assert CliRunner().invoke(PROGRAM, ["hello", "--name", "jo", "--times", "2"]).output == "hello jo hello jo\n"


def test_an_error_is_a_message_and_a_status_in_words_or_in_json() -> None:
    words = CliRunner().invoke(PROGRAM, ["hello", "--name", "nobody"])
    assert (words.exit_code, words.output) == (3, "nobody: expected a person\n")
    data = CliRunner().invoke(PROGRAM, ["hello", "--name", "nobody", "--json"])
    assert (data.exit_code, json.loads(data.output)["error"]) == (3, "RefusedError")
