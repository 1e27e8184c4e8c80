from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from deployments.program import program
from schemas.errors import SettingsError
from schemas.lifecycle.moves import Kind
from tests.support.forging import FORGED, forge_approval
from tests.support.returns import write_fieldwork
from tests.support.world import INSPECTION, World

if TYPE_CHECKING:
    from typer.testing import Result

BROKEN = "kent-2025"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr("desk.acts.context.open_read_only", lambda: world.stores)
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


def test_one_inspection_names_the_head_and_the_draft_that_a_person_decides_on(world: World) -> None:
    shown = status(INSPECTION).output
    assert f"Head of the ledger: {world.history().head}" in shown
    assert f"Draft to decide on: {world.draft()}" in shown


def test_a_broken_ledger_is_listed_and_the_others_are_shown(world: World) -> None:
    break_ledger(world)
    board = status()
    assert board.exit_code == 1
    assert "hmi or moderator: approve report or return report" in board.output
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
    assert "hmi or moderator: approve report or return report" in board.output


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
