"""Commands that read what is not public: nothing of it is printed for nobody, or for somebody who may not read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest
from typer.testing import CliRunner

from deployments.program import program
from desk.acts.due_dates import change_due_date
from desk.lookups import artefacts_of
from schemas.dates import in_words
from schemas.people.roles import Role
from storage.record.documents import read_plan
from tests.support.reading import sign_in_as
from tests.support.returns import write_fieldwork
from tests.support.world import INSPECTION, MANAGER, World

if TYPE_CHECKING:
    from typer.testing import Result

PRIVATE: Final = {
    "a draft": ("show", INSPECTION, "initial-report/report.pdf"),
    "the comments": ("accuracy", "read", INSPECTION),
    "the comments for machines": ("accuracy", "read", INSPECTION, "--json"),
    "the trail": ("audit", "show", INSPECTION),
    "the trail as a table": ("audit", "show", INSPECTION, "--format", "csv"),
    "the report": ("audit", "report", INSPECTION, "--without-verification"),
    "the report of all": ("audit", "report", "--without-verification"),
}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr("desk.acts.context.open_read_only", lambda *_: world.stores)
    monkeypatch.setattr("desk.cli.audit_report.read_sealed", pytest.fail)
    monkeypatch.setenv("COLUMNS", "4000")
    monkeypatch.delenv("NCPI_PERSON", raising=False)
    monkeypatch.delenv("NCPI_ROLE", raising=False)
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path / "return"))
    world.deliver()
    return world


def run(*arguments: str) -> Result:
    return CliRunner().invoke(program, list(arguments))


@pytest.mark.parametrize("command", PRIVATE.values(), ids=list(PRIVATE))
def test_nobody_and_somebody_who_may_not_read_are_refused_and_told_who_may(
    world: World, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...]
) -> None:
    nobody = run(*command)
    assert nobody.exit_code == 3
    assert "hmi" in nobody.output
    assert "found nobody; say who reads: --person and --role" in nobody.output
    sign_in_as(monkeypatch, "gwyn.rees", Role.FORCE_LIAISON)
    if command[0] == "accuracy":
        assert run(*command).exit_code == 0, "the force's own"
        sign_in_as(monkeypatch, "jo.keller", Role.ADMIN)
    other = run(*command)
    assert other.exit_code == 3
    assert " hmi" in other.output
    assert "%PDF" not in other.output


def test_a_person_is_named_with_a_role_or_not_at_all(world: World) -> None:
    for one in (("--person", "gwyn.rees"), ("--role", "hmi")):
        result = run("show", INSPECTION, "initial-report/report.pdf", *one)
        assert result.exit_code == 2
        assert "expected both --person and --role" in result.output


def test_what_is_published_is_shown_to_anybody_and_nobody_is_asked_to_sign_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.approve()
    world.deliver()
    monkeypatch.setattr("desk.people.sign_in.sign_in", pytest.fail)
    monkeypatch.setenv("NCPI_PERSON", "rhian.morgan")
    monkeypatch.setenv("NCPI_ROLE", "inspector")
    assert run("show", INSPECTION, "initial-report/report.html").output.startswith("<!DOCTYPE html>")
    board = run("status")
    assert (board.exit_code, json.loads(run("status", INSPECTION, "--json").output)[0]["inspection"]) == (0, INSPECTION)


def test_the_status_of_one_says_who_may_read_what_is_due_and_shows_it_to_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.approve()
    world.deliver()
    shown = run("status", INSPECTION)
    assert shown.exit_code == 0
    assert "or force-liaison to read what is due, found nobody" in shown.output
    assert "revisit: " not in shown.output
    sign_in_as(monkeypatch, "gwyn.rees", Role.FORCE_LIAISON)
    assert "revisit: " in run("status", INSPECTION).output


def test_a_force_is_told_its_due_dates_and_nowhere_the_days_proposed_for_the_revisit(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.approve()
    world.deliver()
    change_due_date(world.context, INSPECTION, "action plan", world.now.date(), MANAGER, "The force asked for it")
    plan = read_plan(world.stores.artefacts, world.history())
    window = [
        form
        for day in (plan.window_start, plan.window_end)
        for form in (day.isoformat(), f"{day:%Y%m%d}", in_words(day))
    ]
    names = artefacts_of(world.stores, world.history())

    def told() -> str:
        shown = [run("show", INSPECTION, name) for name in names if not name.endswith(".pdf")]
        shown += [
            run("status"),
            run("status", INSPECTION),
            run("status", "--json"),
            run("status", INSPECTION, "--json"),
        ]
        return "".join(one.output for one in shown)

    sign_in_as(monkeypatch, "gwyn.rees", Role.FORCE_LIAISON)
    force = told() + "".join(run(*command).output for command in PRIVATE.values())
    assert "action plan: " in force
    assert "to read the follow-up plan, found force-liaison" in force
    assert [one for one in window if one in force] == []
    sign_in_as(monkeypatch, "rhian.morgan", Role.INSPECTOR)
    assert [one for one in window if one in told()] != []


def test_a_name_that_nothing_bears_is_not_found_and_the_names_that_one_may_read_are_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = run("show", INSPECTION, "initial-report/raport.pdf")
    assert nobody.exit_code == 4
    assert "no such name; there is nothing that you may read" in nobody.output
    assert "initial-report/report.pdf" not in run("status", INSPECTION).output
    sign_in_as(monkeypatch, "rhian.morgan", Role.INSPECTOR)
    lead = run("show", INSPECTION, "initial-report/raport.pdf", "--person", "rhian.morgan", "--role", "inspector")
    assert lead.exit_code == 4
    assert "initial-report/report.pdf" in lead.output
