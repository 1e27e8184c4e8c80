from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import typer.main
from typer.core import TyperGroup
from typer.testing import CliRunner

from deployments.program import program
from desk.acts.uploads import read_return
from tests.support.returns import write_fieldwork, write_review

if TYPE_CHECKING:
    from typer.testing import Result

CANARY = "zqcanary"
WHO = ("--person", "pat.howells", "--role", "programme-manager")
DRAFT = ("--draft", "0" * 64)


def commands(group: TyperGroup, *before: str) -> Iterator[tuple[str, ...]]:
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from commands(command, *before, name)
        else:
            yield (*before, name)


ALL = tuple(commands(typer.main.get_group(program)))


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("NCPI_", "PREFECT_API")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NCPI_DATA", str(tmp_path / "nothing here"))
    # Wide, so that no message is broken in the middle.
    monkeypatch.setenv("COLUMNS", "4000")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(program, list(arguments))


def refused(*arguments: str) -> str:
    result = run(*arguments)
    assert result.exit_code == 2, result.output
    assert "Traceback" not in result.output
    return result.output


def test_these_are_the_commands() -> None:
    assert set(ALL) == {
        ("open",),
        ("approve",),
        ("take-back",),
        ("return",),
        ("moderate",),
        ("change-due-date",),
        ("receive",),
        ("refer-back",),
        ("correct",),
        ("withdraw",),
        ("status",),
        ("show",),
        ("sweep",),
        ("up",),
        ("down",),
        ("demo",),
        ("submit", "fieldwork"),
        ("submit", "review"),
        ("hold", "place"),
        ("hold", "lift"),
        ("accuracy", "open"),
        ("accuracy", "answer"),
        ("foreign", "name"),
        ("foreign", "set-aside"),
        ("accuracy", "comment"),
        ("accuracy", "read"),
        ("people", "found"),
        ("people", "invite"),
        ("people", "confirm"),
        ("people", "enrol"),
        ("people", "rotate"),
        ("people", "revoke"),
        ("people", "roles"),
        ("people", "list"),
        ("people", "provider"),
        ("people", "confirm-provider"),
        ("people", "service-key"),
        ("people", "seal-key"),
        ("audit", "show"),
        ("audit", "report"),
        ("audit", "reviewed"),
        ("audit", "verify"),
        ("audit", "export"),
        ("audit", "notes"),
        ("audit", "prove"),
        ("audit", "check-proof"),
    }


@pytest.mark.parametrize("command", ALL, ids=" ".join)
def test_help_of_every_command_has_an_example_of_it(command: tuple[str, ...]) -> None:
    result = run(*command, "--help")
    assert result.exit_code == 0
    assert "Example" in result.output
    assert f"ncpi {' '.join(command)}" in result.output.split("Example", 1)[1]


@pytest.mark.parametrize("group", [(), ("submit",), ("audit",)], ids=["ncpi", "ncpi submit", "ncpi audit"])
def test_a_group_alone_shows_its_help(group: tuple[str, ...]) -> None:
    assert "Usage" in run(*group).output


@pytest.mark.parametrize("command", [one for one in ALL if one not in {("up",), ("down",), ("demo",)}], ids=" ".join)
def test_an_unknown_option_is_wrong_input(command: tuple[str, ...]) -> None:
    assert "No such option" in refused(*command, "--zq")


@pytest.mark.parametrize("wrong", ["Kent 2025", "kent", "../../etc/passwd", "kent-2025\n", "kent-2025-1", "k" * 99, ""])
@pytest.mark.parametrize(
    "command",
    [
        ("status",),
        ("audit", "show"),
        ("audit", "report"),
        ("audit", "verify"),
        ("audit", "export", "folder"),
        ("show", "{}", "report.pdf"),
        ("approve", "{}", *DRAFT, *WHO),
        ("return", "{}", *DRAFT, "--reason", "numbers", *WHO),
    ],
    ids=" ".join,
)
def test_what_is_no_inspection_id_is_wrong_input(command: tuple[str, ...], wrong: str) -> None:
    arguments = [wrong if one == "{}" else one for one in command]
    if "{}" not in command:
        arguments.append(wrong)
    assert "for example south-wales-2015" in refused(*arguments)


@pytest.mark.parametrize("form", ["fieldwork", "review"])
def test_an_inspection_option_is_checked_too(tmp_path: Path, form: str) -> None:
    assert "for example south-wales-2015" in refused("submit", form, str(tmp_path), "--inspection", "../x", *WHO)


@pytest.mark.parametrize("force", ["atlantis", "South  Wales", "south wales", ""])
def test_an_unknown_force_is_wrong_input_and_the_known_ones_are_named(force: str) -> None:
    said = refused("open", force, "--year", "2025", *WHO)
    assert "not one of the 43 forces" in said
    assert "south-wales" in said


@pytest.mark.parametrize(
    "person", ["Wendy Williams", "wendy", "wendy.williams\n", "wendy..williams", "ncpi", "", "a" * 99]
)
def test_what_is_no_account_name_is_wrong_input(person: str) -> None:
    said = refused("open", "kent", "--year", "2025", "--person", person, "--role", "programme-manager")
    assert "wendy.williams" in said


@pytest.mark.parametrize("role", ["service", "HMI", "boss", ""])
def test_a_role_that_people_do_not_have_is_wrong_input(role: str) -> None:
    said = refused("open", "kent", "--year", "2025", "--person", "pat.howells", "--role", role)
    assert "programme-manager" in said
    assert "service" not in said.split("expected one of", 1)[1]


@pytest.mark.parametrize("year", ["2013", "2100", "MMXV", ""])
def test_a_year_outside_the_programme_is_wrong_input(year: str) -> None:
    assert "--year" in refused("open", "kent", "--year", year, *WHO)


@pytest.mark.parametrize("number", ["0", "10", "-1"])
def test_a_number_that_no_id_has_is_wrong_input(number: str) -> None:
    assert "--number" in refused("open", "kent", "--year", "2025", "--number", number, *WHO)


# The first and last of these lie outside what a computer can hold as soon as they are taken to UTC.
FAR = ("0001-01-01T00:00+02:00", "0001-01-01", "2013-12-31", "2100-01-01", "9999-12-31", "9999-12-31T23:59-02:00")


NO_TIMES = (
    "tomorrow",
    "2027-07-01T09.30",
    "2027-07-01",
    "2026-13-01T00:01",
    "2026-02-30T00:01",
    "00:01",
    "",
    "01/12/2026",
)


@pytest.mark.parametrize("embargo", [*NO_TIMES, *FAR])
def test_what_is_no_embargo_is_wrong_input(embargo: str) -> None:
    said = refused("approve", "kent-2025", *DRAFT, "--embargo", embargo, *WHO)
    assert "such as 2026-12-01T00:01" in said


@pytest.mark.parametrize("day", ["2026-12", "01/12/2026", "2026-12-1", "20261201", "2026-02-30", "2999-01-01", ""])
def test_what_is_no_day_is_wrong_input(day: str) -> None:
    for words in (
        ("change-due-date", "kent-2025", "revisit", "--reason", "moved"),
        ("receive", "kent-2025", "response"),
    ):
        assert "year first, such as 2026-12-01" in refused(*words, "--on", day, *WHO)


@pytest.mark.parametrize("head", ["", "0" * 11, "HEAD", "0" * 65, f"{CANARY}"])
def test_what_is_no_head_is_wrong_input_and_is_not_repeated(head: str) -> None:
    said = refused("approve", "kent-2025", *DRAFT, "--head", head, *WHO)
    assert "expected the first 12 to 64 digits of the ledger's head" in said
    assert CANARY not in said


@pytest.mark.parametrize("words", [[], ["kent-2025", "--all"]], ids=["none", "both"])
def test_a_hold_is_of_one_inspection_or_of_all(words: list[str]) -> None:
    assert "name one inspection, or give --all" in refused("hold", "place", *words, "--reason", "no visits", *WHO)


@pytest.mark.parametrize("missing", ["--person", "--role", "--year"])
def test_a_missing_option_is_named(missing: str) -> None:
    options = ["--year", "2025", *WHO]
    place = options.index(missing)
    del options[place : place + 2]
    assert missing in refused("open", "kent", *options)


def test_person_and_role_may_come_from_the_environment_and_are_checked_there_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("NCPI_PERSON", "pat.howells")
    monkeypatch.setenv("NCPI_ROLE", "programme-manager")
    assert "NCPI_S3_ENDPOINT" in refused("open", "kent", "--year", "2025")
    monkeypatch.setenv("NCPI_PERSON", "Pat Howells")
    assert "wendy.williams" in refused("open", "kent", "--year", "2025")


NEED_SETTINGS = {
    "open": ("open", "kent", "--year", "2025", *WHO),
    "approve": ("approve", "kent-2025", *DRAFT, *WHO),
    "return": ("return", "kent-2025", *DRAFT, "--reason", "numbers", *WHO),
    "moderate": ("moderate", "kent-2025", *DRAFT, *WHO),
    "hold place": ("hold", "place", "--all", "--reason", "no visits", *WHO),
    "hold lift": ("hold", "lift", "kent-2025", "--reason", "visits again", *WHO),
    "change-due-date": ("change-due-date", "kent-2025", "revisit", "--on", "2026-12-01", "--reason", "moved", *WHO),
    "receive": ("receive", "kent-2025", "action-plan", "--on", "2026-12-01", *WHO),
    "refer-back": ("refer-back", "kent-2025", "--case", "CA-0001", *WHO),
    "status": ("status",),
    "status of one": ("status", "kent-2025"),
    "audit show": ("audit", "show", "kent-2025"),
    "audit report": ("audit", "report"),
    "audit reviewed": ("audit", "reviewed", "kent-2025", "--up-to", "0" * 64, *WHO),
    "audit notes": ("audit", "notes"),
    "audit prove": ("audit", "prove", "kent-2025/0"),
    "show": ("show", "kent-2025", "report.pdf"),
    "audit verify": ("audit", "verify"),
    "audit export": ("audit", "export", "folder"),
    "sweep": ("sweep",),
}


@pytest.mark.parametrize("name", NEED_SETTINGS)
def test_without_settings_it_says_what_to_do(name: str) -> None:
    said = refused(*NEED_SETTINGS[name])
    assert "NCPI_S3_ENDPOINT" in said
    assert "`ncpi up`" in said


@pytest.mark.parametrize("form", ["fieldwork", "review"])
def test_without_settings_nothing_can_be_submitted(tmp_path: Path, form: str) -> None:
    write = {"fieldwork": write_fieldwork, "review": write_review}[form]
    assert "`ncpi up`" in refused("submit", form, str(write(tmp_path / "return")), *WHO)


@pytest.mark.parametrize(
    "name",
    sorted(
        {"open", "approve", "return", "status", "audit notes", "audit report", "audit prove", "audit verify", "sweep"}
    ),
)
def test_without_settings_machines_are_told_in_json(name: str) -> None:
    told = json.loads(refused(*NEED_SETTINGS[name], "--json"))
    assert told["error"] == "SettingsError"
    assert "NCPI_S3_ENDPOINT" in told["message"]
    assert told["problems"] == []


def test_a_missing_credential_is_named_and_those_there_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NCPI_S3_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("NCPI_S3_LEDGER_SECRET_KEY", CANARY)
    said = refused("status")
    assert "NCPI_S3_AUDITOR_ACCESS_KEY and NCPI_S3_AUDITOR_SECRET_KEY" in said
    assert CANARY not in said


def test_a_server_that_does_not_answer_has_a_status_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        # Bound and not listening: whoever knocks is refused at once.
        monkeypatch.setenv("NCPI_S3_ENDPOINT", f"http://127.0.0.1:{probe.getsockname()[1]}")
        monkeypatch.setenv("NCPI_S3_AUDITOR_ACCESS_KEY", "key")
        monkeypatch.setenv("NCPI_S3_AUDITOR_SECRET_KEY", CANARY)
        result = run("status")
    assert result.exit_code == 5
    assert "a server did not answer: the S3 server at http://127.0.0.1:" in result.output
    assert "is the stack up? `ncpi up` starts it" in result.output
    assert CANARY not in result.output


@pytest.mark.parametrize("form", ["fieldwork", "review"])
def test_a_folder_that_is_not_there_or_names_no_inspection_is_wrong_input(tmp_path: Path, form: str) -> None:
    assert "does not exist" in refused("submit", form, str(tmp_path / "nothing"), *WHO)
    for content in (b"", b"null", b"[]", b"\xff", b"[" * 100_000, json.dumps({"inspection": f"../{CANARY}"}).encode()):
        (tmp_path / "return.json").write_bytes(content)
        said = refused("submit", form, str(tmp_path), *WHO)
        is_json = content.startswith((b"null", b"[]", b"{"))
        assert ("--inspection" if is_json else "return.json rejected: 1 problem") in said
        assert CANARY not in said
    assert "is a file" in refused("submit", form, str(tmp_path / "return.json"), *WHO)


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({}, "no file there"),
        ({"Return.json": "{}", "Cases.CSV": ""}, "Return.json and 1 other file;"),
        ({"return.json.txt": "{}", "cases.csv": ""}, "return.json.txt and 1 other file;"),
        ({"return (1).json": "{}"}, "return (1).json;"),
        ({"interview with zqcanary.docx": ""}, "1 other file;"),
    ],
)
def test_a_return_that_is_not_there_is_answered_by_what_is_there(
    tmp_path: Path, files: dict[str, str], found: str
) -> None:
    folder = tmp_path / "sent"
    folder.mkdir()
    for name, text in files.items():
        (folder / name).write_text(text)
    said = refused("submit", "fieldwork", str(folder), "--person", "rhian.morgan", "--role", "inspector")
    assert f"expected a file named return.json, found {found}" in said
    assert CANARY not in said


def test_a_table_that_is_not_there_is_answered_by_what_is_there(tmp_path: Path) -> None:
    folder = write_fieldwork(tmp_path / "sent")
    (folder / "cases.csv").rename(folder / "Cases.CSV")
    _, (problem,) = read_return(folder, "cases.csv")
    assert problem.message.startswith("expected a file named cases.csv, found Cases.CSV and 1 other file; rename")


@pytest.mark.parametrize("spoil", [lambda text: text.replace('"', "\u201c"), lambda text: text.replace("}", ",}")])
def test_a_return_that_is_no_json_is_told_where_it_breaks_without_naming_its_inspection(
    tmp_path: Path, spoil: Callable[[str], str]
) -> None:
    folder = write_fieldwork(tmp_path)
    file = folder / "return.json"
    file.write_text(spoil(file.read_text()))
    result = run("submit", "fieldwork", str(folder), "--person", "rhian.morgan", "--role", "inspector")
    assert result.exit_code == 2
    assert "return.json line" in result.output
    assert "character" in result.output
