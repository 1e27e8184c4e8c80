from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from typer.testing import CliRunner

from deployments.program import program
from desk.acts.accuracy import comment_on_accuracy, open_accuracy
from desk.acts.accuracy_answers import answer_comments
from desk.acts.decision import moderate
from desk.acts.receipts import receive
from domain.lifecycle.board import standing
from schemas.errors import SettingsError
from schemas.lifecycle.acts import RECEIVE_ACTION_PLAN
from schemas.lifecycle.moves import Kind
from schemas.people.roles import Role
from storage.prefect.hindrances import Hindrance, hindrances
from tests.support.forging import FORGED, forge_approval
from tests.support.people import signer
from tests.support.reading import sign_in_as
from tests.support.returns import write_fieldwork
from tests.support.world import HMI, INSPECTION, LEAD, MANAGER, World

if TYPE_CHECKING:
    from typer.testing import Result

BROKEN = "kent-2025"
LIAISON = signer("lee.evans", Role.FORCE_LIAISON, "south-wales")
MODERATOR = signer("ruth.davies", Role.MODERATOR)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr("desk.acts.context.open_read_only", lambda *_: world.stores)
    # Wide, so that no line is broken in the middle.
    monkeypatch.setenv("COLUMNS", "4000")
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path / "return"))
    world.deliver()
    return world


def status(*arguments: str) -> Result:
    return CliRunner().invoke(program, ["status", *arguments])


def break_ledger(world: World) -> None:
    world.open(BROKEN)
    world.ledger_objects.stored[f"ledger/{BROKEN}/00000000.json"].append(b"{}")


def test_a_whole_board_is_shown_with_status_0(world: World) -> None:
    world.open(BROKEN)
    board = status()
    assert board.exit_code == 0
    assert INSPECTION in board.output
    assert BROKEN in board.output
    assert "nreadable" not in board.output
    assert [one["unreadable"] for one in json.loads(status("--json").output)] == [None, None]


def test_what_hinders_prefect_is_said_where_a_stage_has_its_turn(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[Hindrance] = [*hindrances("fieldwork", None)]

    class Asked:
        def __init__(self, _settings: object) -> None:
            pass

        def hindrances(self) -> list[Hindrance]:
            if not found:
                message = "away"
                raise httpx.ConnectError(message)
            return found

    monkeypatch.setattr("storage.prefect.api.PrefectServer", Asked)
    monkeypatch.setattr("desk.cli.status.read_settings", lambda: None)
    assert "Prefect:" not in status().output, "a person must act"
    world.open(BROKEN)
    world.submit("fieldwork", write_fieldwork(tmp_path / "kent", BROKEN, force="kent"), BROKEN)
    told = status()
    assert told.exit_code == 0
    assert f"Prefect: {found[0].words}" in told.output
    found.clear()
    assert "Prefect: it does not answer, so that no stage is started" in status().output


def test_one_inspection_names_the_head_and_the_draft_that_a_person_decides_on(world: World) -> None:
    shown = status(INSPECTION).output
    assert f"Head of the ledger: {world.history().head}" in shown
    assert f"Draft to decide on: {world.draft()}" in shown


def test_a_broken_ledger_is_listed_and_the_others_are_shown(world: World) -> None:
    break_ledger(world)
    board = status()
    assert board.exit_code == 1
    assert "hmi: approve report; hmi or moderator: return report" in board.output
    lines = [line for line in board.output.splitlines() if BROKEN in line]
    assert f"{BROKEN} entry 1: expected 00000001.json, once, found a second version of entry 0" in lines[0]
    assert f"`ncpi audit verify {BROKEN}`" in lines[1]
    assert "docs/operations.md" in lines[1]


def test_machines_are_told_of_a_broken_ledger_in_its_place(world: World) -> None:
    break_ledger(world)
    board = status("--json")
    assert board.exit_code == 1
    broken, whole = json.loads(board.output)
    assert (broken["inspection"], broken["error"]) == (BROKEN, "ChainBrokenError")
    assert "a second version of entry 0" in broken["unreadable"]
    assert f"ncpi audit verify {BROKEN}" in broken["do"]
    assert (whole["inspection"], whole["unreadable"]) == (INSPECTION, None)
    assert "initial-report/report.pdf" in whole["artefacts"]


def test_a_forged_approval_is_listed_and_the_others_are_shown(world: World, tmp_path: Path) -> None:
    forge_approval(world, tmp_path)
    board = status()
    assert board.exit_code == 1
    assert f"{FORGED} entry 4: expected its embargo, an instant in UTC" in board.output
    assert "hmi: approve report; hmi or moderator: return report" in board.output


def test_a_missing_artefact_hides_no_other_inspection_from_machines(world: World) -> None:
    world.open(BROKEN)
    drafted = world.history().latest(Kind.REPORT_DRAFTED)
    del world.private_objects.stored[drafted.entry.document.key]
    board = status("--json")
    assert board.exit_code == 1
    whole, broken = json.loads(board.output)
    assert (whole["inspection"], whole["unreadable"]) == (BROKEN, None)
    assert (broken["inspection"], broken["error"]) == (INSPECTION, "ArtefactError")


def test_a_broken_ledger_that_is_asked_for_is_the_error_itself(world: World) -> None:
    break_ledger(world)
    assert status(BROKEN).exit_code == 1
    assert json.loads(status(BROKEN, "--json").output)["error"] == "ChainBrokenError"
    assert status(INSPECTION).exit_code == 0


def test_a_refused_credential_is_said_once_and_blames_no_inspection(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        message = "ncpi-ledger: the S3 server refuses this credential"
        raise SettingsError(message)

    monkeypatch.setattr(world.ledger_objects, "read", refuse)
    board = status()
    assert board.exit_code == 2
    assert INSPECTION not in board.output


def test_a_screen_of_80_columns_has_ids_and_roles_whole(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    opened = ("devon-and-cornwall-2015", "devon-and-cornwall-2015-2")
    for one in opened:
        world.open(one)
    shown = status().output
    assert "…" not in shown
    assert all(len(line) <= 80 for line in shown.splitlines())
    words = shown.split()
    assert all(words.count(one) == 1 for one in opened)
    assert {"inspector:", "hmi", "moderator:"} <= set(words)


def test_the_nearest_day_comes_first_and_is_told_in_days(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.open("avon-and-somerset-2015")
    world.approve()
    world.deliver()
    monkeypatch.setattr("desk.cli.status.utc_now", lambda: dt.datetime(2016, 1, 19, 12, tzinfo=dt.UTC))
    first, second = status().output.splitlines()[1:3]
    assert first.startswith(INSPECTION)
    assert "due in 12 days (2016-01-01 to 2016-01-31)" in first
    assert second.startswith("avon-and-somerset-2015")
    monkeypatch.setattr("desk.cli.status.utc_now", lambda: dt.datetime(2016, 2, 1, 12, tzinfo=dt.UTC))
    assert "overdue by 1 day (" in status().output
    sign_in_as(monkeypatch, "meera.shah", Role.MANAGEMENT)
    assert "action plan: " in (detail := status(INSPECTION).output)
    assert "    not received, overdue by " in detail
    receive(world.context, INSPECTION, RECEIVE_ACTION_PLAN, dt.date(2016, 1, 4), MANAGER)
    assert "    received on 4 January 2016, late" in status(INSPECTION).output


@pytest.mark.parametrize(("person", "seen"), [("pat.howells", set()), (HMI.actor.person, {INSPECTION})])
def test_mine_is_what_waits_for_a_role_of_mine(world: World, person: str, seen: set[str]) -> None:
    world.open(BROKEN)
    shown = json.loads(status("--mine", "--person", person, "--json").output)
    assert {one["inspection"] for one in shown} == seen
    assert (INSPECTION in status("--mine", "--person", person).output) is bool(seen)


def test_mine_needs_a_member(world: World) -> None:
    assert status("--mine").exit_code == 2
    assert status("--mine", "--person", "no.body").exit_code == 2


def test_who_decides_sees_what_stands_beside_the_draft_and_what_is_possible(world: World) -> None:
    assert f"{INSPECTION}: not moderated" in status().output
    until = world.now + dt.timedelta(days=2)
    open_accuracy(world.context, INSPECTION, world.draft(), until, LEAD)
    here = standing(world.history(), world.now)
    assert here.next == "hmi or moderator: return report"
    assert "the force may check the facts until" in here.beside[-1]
    comments = ["75 cases, not 76", "The unit has another name"]
    comment_on_accuracy(world.context, INSPECTION, world.draft(), comments, LIAISON)
    moderate(world.context, INSPECTION, world.draft(), MODERATOR)
    here = standing(world.history(), world.now)
    assert here.next == "inspector or hmi: answer comments; hmi or moderator: return report"
    assert here.beside == (
        f"moderated by {MODERATOR.actor.person}",
        (
            "2 comments of the force on the facts (entry 5): comments 1 and 2 not answered, nobody approves before; "
            f"`ncpi accuracy answer`; read them with `ncpi accuracy read {INSPECTION}`"
        ),
    )
    answer_comments(world.context, INSPECTION, {1: "The log says 76", 2: "It was renamed later"}, LEAD)
    here = standing(world.history(), world.now)
    assert here.next == "hmi: approve report; hmi or moderator: return report"
    assert "0 accepted, 2 not" in here.beside[-1]
    world.approve()
    assert standing(world.history(), world.now).beside == ()
