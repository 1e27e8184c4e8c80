from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import pytest
import typer
from click.testing import Result
from typer.testing import CliRunner

from desk.cli.command import command
from desk.cli.printing import write_out
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


@pytest.mark.parametrize(("path", "found"), [("none/x.html", "No such file"), (".", "Is a directory")])
def test_a_file_that_cannot_be_written_is_named_with_a_status_of_its_own(path: str, found: str, tmp_path: Path) -> None:
    def write() -> None:
        write_out(b"x", tmp_path / path)

    answer = _invoke(write)
    assert answer.exit_code == 6
    assert answer.output.startswith(
        f"{tmp_path / path}: expected a file or folder that can be read or written, found {found}"
    )


def test_an_interruption_says_what_is_known_in_words_and_in_json() -> None:
    def wait(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
        raise KeyboardInterrupt

    words, data = _invoke(wait), _invoke(wait, "--json")
    assert words.exit_code == data.exit_code == 130
    assert words.output.startswith("interrupted; what was confirmed above is done, the rest may or may not be")
    assert json.loads(data.output)["error"] == "Interrupted"


def test_a_fault_of_the_system_stays_a_traceback() -> None:
    def break_off() -> None:
        raise OSError

    assert isinstance(_invoke(break_off).exception, OSError)


def _invoke(function: Callable[..., None], *words: str) -> Result:
    program = typer.Typer()
    program.command()(command(function))
    return CliRunner().invoke(program, words)
