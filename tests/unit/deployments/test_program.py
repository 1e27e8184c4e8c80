from __future__ import annotations

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deployments.program import program
from docs.commands import commands
from schemas.lifecycle.acts import ACTS
from schemas.people.roles import Role


def test_version_is_the_name_and_the_installed_version() -> None:
    shown = CliRunner().invoke(program, ["--version"])
    assert (shown.exit_code, shown.output) == (0, f"ncpi {version('ncpi')}\n")


ROLE_OF = {
    "Inspectors": Role.INSPECTOR,
    "Moderators": Role.MODERATOR,
    "HM Inspectors": Role.HMI,
    "Press office": Role.PRESS_OFFICER,
    "Forces": Role.FORCE_LIAISON,
    "Programme managers": Role.PROGRAMME_MANAGER,
    "Management": Role.MANAGEMENT,
}
ACTS_OF = {
    "open": {"open"},
    "submit fieldwork": {"submit fieldwork"},
    "submit review": {"submit review"},
    "moderate": {"moderate"},
    "approve": {"approve report", "approve review", "approve correction"},
    "return": {"return report", "return review", "return correction"},
    "take-back": {"take back approval"},
    "accuracy comment": {"comment on accuracy"},
    "change-due-date": {"change due date"},
    "receive": {"receive action plan", "receive response"},
    "refer-back": {"refer back"},
    "correct": {"draft correction"},
    "withdraw": {"withdraw"},
    "hold place": {"place hold"},
    "hold lift": {"lift hold"},
    "audit reviewed": {"review trail"},
    "foreign name": {"name foreign entries"},
    "foreign set-aside": {"set foreign entries aside"},
}
OTHER_ACTS = {"open accuracy check", "answer comments"}
"""Of a group that stands under those who use it most."""


def test_help_lists_each_act_under_a_role_that_may_do_it() -> None:
    acts = {act.name: act for act in ACTS}
    assert set().union(*ACTS_OF.values()) | OTHER_ACTS == set(acts)
    for command in commands():
        for name in ACTS_OF.get(command.words.removeprefix("ncpi "), ()):
            assert ROLE_OF[command.panel] in acts[name].roles, command.words
    assert {"Everybody", "Operations", "Administrators", *ROLE_OF} == {one.panel for one in commands()}


def completions(words: str) -> list[str]:
    place = len(words.split(" ")) - 1
    environment = {"_NCPI_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(place)}
    shown = CliRunner().invoke(program, [], prog_name="ncpi", env=environment)
    return shown.output.split()


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("ncpi sub", ["submit"]),
        ("ncpi submit ", ["fieldwork", "review"]),
        ("ncpi approve --emb", ["--embargo"]),
        ("ncpi open sou", ["south-wales", "south-yorkshire"]),
        ("ncpi open kent --role pr", ["programme-manager", "press-officer"]),
        ("ncpi status ke", ["kent-2025", "kent-2025-2"]),
        ("ncpi audit verify e", ["essex-2025"]),
        ("ncpi status x", []),
    ],
)
def test_commands_options_forces_roles_and_known_inspections_are_completed(
    words: str, expected: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NCPI_DATA", os.fspath(tmp_path))
    (tmp_path / "cache").mkdir()
    entries = [f"ledger/{name}/00000000.json" for name in ("kent-2025", "essex-2025", "kent-2025-2")]
    (tmp_path / "cache/board.json").write_text(json.dumps(dict.fromkeys([*entries, "register/00000000.json"], "")))
    assert completions(words) == expected


def test_completion_without_a_board_knows_no_inspection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NCPI_DATA", os.fspath(tmp_path))
    assert completions("ncpi status ") == []


def test_the_script_for_the_shell_is_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("typer.completion._get_shell_name", lambda: "bash")
    monkeypatch.setenv("SHELL", "/bin/bash")
    shown = CliRunner().invoke(program, ["--show-completion"], prog_name="ncpi")
    assert "_NCPI_COMPLETE=complete_bash" in shown.output


def test_the_board_loads_nothing_that_it_does_not_use() -> None:
    code = "import sys, deployments.program, desk.cli.status; print(*sys.modules)"
    loaded = set(
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    )
    assert "desk.cli.status" in loaded
    assert not loaded & {
        "httpx",
        "joserfc",
        "authlib",
        "evidence.examination",
        "desk.people.sign_in",
        "prefect",
        "jinja2",
    }
