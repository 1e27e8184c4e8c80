from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from types import SimpleNamespace

import httpx
import pytest
import typer
from botocore.exceptions import ClientError, EndpointConnectionError

from desk.cli.printing import console, errors_for_people, print_json
from schemas.dates import SourcedDate
from schemas.errors import (
    AlreadyWrittenError,
    ArtefactError,
    ChainBrokenError,
    IllegalMoveError,
    NcpiError,
    NotFoundError,
    RefusedError,
    RejectedError,
    SeparationError,
    SettingsError,
    StaleError,
)
from schemas.people.roles import Role
from schemas.problems import Problem, Severity

PROBLEMS = (
    Problem(file="cases.csv", line=3, column="case_type", rule="case_type-known", message="use one of: [a], [/b]"),
    Problem(file="return.json", rule="json-syntax", severity=Severity.WARNING, message="not JSON"),
)
S3_UNAVAILABLE = {
    "no connection": EndpointConnectionError(endpoint_url="http://127.0.0.1:9"),
    "overloaded": ClientError({"Error": {"Code": "SlowDown", "Message": "zqcanary"}}, "PutObject"),
    "no Prefect": httpx.ConnectError("zqcanary"),
}


def status_of(error: Exception, *, as_json: bool = False) -> int:
    with pytest.raises(typer.Exit) as left, errors_for_people(as_json=as_json):
        raise error
    return left.value.exit_code


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NcpiError, 1),
        (ChainBrokenError, 1),
        (AlreadyWrittenError, 1),
        (ArtefactError, 1),
        (SettingsError, 2),
        (RefusedError, 3),
        (IllegalMoveError, 3),
        (SeparationError, 3),
        (StaleError, 3),
        (NotFoundError, 4),
    ],
)
def test_each_error_has_its_exit_status_and_speaks_on_the_error_output(
    capsys: pytest.CaptureFixture[str], error: type[NcpiError], status: int
) -> None:
    assert status_of(error("kent-2025: expected [one] thing, found [/another]")) == status
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err == "kent-2025: expected [one] thing, found [/another]\n"


def test_a_rejected_return_lists_every_problem_and_what_to_do(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(RejectedError("kent-2025: fieldwork-return rejected", PROBLEMS)) == 2
    assert capsys.readouterr().err.splitlines() == [
        "kent-2025: fieldwork-return rejected: 2 problems to fix",
        "  [critical] cases.csv line 3, case_type: use one of: [a], [/b] (rule case_type-known)",
        "  [warning] return.json: not JSON (rule json-syntax)",
        "Fix these and send all of it again; nothing was kept of this one.",
        "More may show once its form is right.",
    ]


def test_machines_get_the_same_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert status_of(RejectedError("kent-2025", PROBLEMS), as_json=True) == 2
    said = capsys.readouterr()
    assert said.err == ""
    assert json.loads(said.out) == {
        "error": "RejectedError",
        "message": "kent-2025: 2 problems to fix",
        "problems": [problem.model_dump(mode="json") for problem in PROBLEMS],
    }


@pytest.mark.parametrize("as_json", [False, True], ids=["people", "machines"])
@pytest.mark.parametrize("name", S3_UNAVAILABLE)
def test_a_server_that_is_away_is_no_traceback_and_may_be_tried_again(
    capsys: pytest.CaptureFixture[str], name: str, as_json: bool
) -> None:
    assert status_of(S3_UNAVAILABLE[name], as_json=as_json) == 5
    said = capsys.readouterr()
    text = json.loads(said.out)["message"] if as_json else said.err
    assert "do it again, which is safe" in text
    assert type(S3_UNAVAILABLE[name]).__name__ not in text
    assert "zqcanary" not in said.out + said.err


def test_a_server_on_a_full_disk_is_named_as_that(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NCPI_DATA", str(tmp_path))
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(total=20_000_000_000, free=1_000_000))
    assert status_of(next(iter(S3_UNAVAILABLE.values())), as_json=False) == 5
    said = capsys.readouterr().err
    assert said.startswith("1 MB of 20,000 MB are free on the disk of ")
    assert "the disk is full" in said
    assert "make room first; whether the act was recorded is not known" in said


@pytest.mark.parametrize("error", [ValueError, KeyError, ZeroDivisionError])
def test_a_fault_of_the_system_keeps_its_traceback(error: type[Exception]) -> None:
    with pytest.raises(error), errors_for_people(as_json=False):
        raise error


def test_nothing_wrong_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with errors_for_people(as_json=True):
        pass
    assert capsys.readouterr() == ("", "")


def test_json_of_records_inside_anything(capsys: pytest.CaptureFixture[str]) -> None:
    date = SourcedDate(date="2015-07", source="a letter, é")
    print_json({"one": date, "many": (date, [date]), 7: Role.HMI, "at": dt.date(2015, 7, 1), "none": None})
    said = capsys.readouterr().out
    plain = {"date": "2015-07", "source": "a letter, é"}
    assert json.loads(said) == {
        "one": plain,
        "many": [plain, [plain]],
        "7": "hmi",
        "at": "2015-07-01",
        "none": None,
    }
    assert "é" in said


def test_the_console_breaks_no_line(capsys: pytest.CaptureFixture[str]) -> None:
    console().print("x" * 900, markup=False)
    assert capsys.readouterr().out == "x" * 900 + "\n"
