from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from deployments.program import program
from schemas.errors import RefusedError
from schemas.moves import State
from tests.support.returns import write_fieldwork
from tests.support.world import INSPECTION, World

if TYPE_CHECKING:
    from pathlib import Path

    from typer.testing import Result

EMBARGO = dt.datetime(2026, 12, 1, 0, 1, tzinfo=dt.UTC)
WHO = ("--person", "dru.sharpling", "--role", "hmi")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr("desk.office.open_office", lambda: world.office)
    # Wide, so that no line is broken in the middle.
    monkeypatch.setenv("COLUMNS", "4000")
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    world.deliver()
    return world


def command(world: World, name: str, *arguments: str) -> Result:
    return CliRunner().invoke(program, [name, INSPECTION, "--draft", world.draft(), *arguments, *WHO])


def test_the_same_approval_with_the_same_embargo_again_changes_nothing(world: World) -> None:
    first = world.approve(embargo=EMBARGO)
    assert world.approve(embargo=EMBARGO) == first
    again = command(world, "approve", "--embargo", "2026-12-01T00:01")
    assert again.exit_code == 0
    assert "embargo 2026-12-01 00:01 UTC" in again.output


@pytest.mark.parametrize("embargo", [EMBARGO + dt.timedelta(days=1), EMBARGO - dt.timedelta(days=1), None], ids=str)
def test_another_embargo_for_an_approved_draft_is_refused_and_both_are_named(
    world: World, embargo: dt.datetime | None
) -> None:
    world.approve(embargo=EMBARGO)
    before = len(world.history().recorded)
    with pytest.raises(RefusedError, match="found it approved already with the embargo 2026-12-01 00:01:00 UTC"):
        world.approve(embargo=embargo)
    assert len(world.history().recorded) == before


def test_an_embargo_after_an_approval_for_at_once_is_refused(world: World) -> None:
    world.approve()
    with pytest.raises(RefusedError, match="wanted the embargo 2026-12-01 00:01:00 UTC, found it approved already"):
        world.approve(embargo=EMBARGO)
    refused = command(world, "approve", "--embargo", "2026-12-01T00:01")
    assert refused.exit_code == 3
    assert "2026-12-01 00:01:00 UTC" in refused.output
    assert world.history().state is State.REPORT_APPROVED
