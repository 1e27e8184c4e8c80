from __future__ import annotations

import subprocess
import sys

import pytest
import typer
import typer.main
from typer._click.core import Context
from typer.testing import CliRunner

from deployments.program import program
from desk.cli.lazy import LazyCommand, add_command

COMPLETE = {"_NCPI_COMPLETE": "complete_bash"}


def command_of(*words: str) -> LazyCommand:
    command = typer.main.get_command(program)
    for word in words:
        command = command.get_command(Context(command), word)
    return command


def completed(words: str) -> list[str]:
    environment = COMPLETE | {"COMP_WORDS": f"ncpi {words}", "COMP_CWORD": str(len(words.split(" ")))}
    result = CliRunner().invoke(program, [], prog_name="ncpi", env=environment)
    return result.output.split()


def test_help_of_the_program_imports_no_command() -> None:
    code = (
        "import sys; from deployments.program import program; program(['--help'], standalone_mode=False); "
        "print('imported:', sorted({'pydantic', 'boto3', 'prefect', 'desk.cli.path'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60)
    assert b"Open an inspection of a force." in done.stdout
    assert b"imported: []" in done.stdout


def test_a_walk_finds_help_and_options_of_a_command() -> None:
    command = command_of("audit", "check-proof")
    assert command.help.startswith("Check a proof; needs no server")
    assert [one.name for one in command.params] == ["file", "key", "as_json"]


def test_a_shell_completes_commands_and_options() -> None:
    assert completed("ap") == ["approve"]
    assert completed("people se") == ["service-key", "seal-key"]
    assert "--draft" in completed("approve --d")


def test_a_function_that_does_not_exist_is_an_error() -> None:
    group = typer.Typer()
    add_command(group, "one", "desk.cli.path.nothing_of_that_name")
    add_command(group, "two", "desk.cli.no_module.command")
    commands = typer.main.get_command(group).commands
    with pytest.raises(AttributeError):
        _ = commands["one"].help
    with pytest.raises(AttributeError):
        _ = commands["one"].params
    with pytest.raises(ModuleNotFoundError):
        _ = commands["two"].help
