from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from desk.spreadsheet import defused
from domain.board import standing
from domain.timeline import timeline, words_of
from schemas.entry import Entry
from schemas.errors import RejectedError
from schemas.moves import MOVES, Kind
from tests.support.returns import write_fieldwork, write_review
from tests.support.world import World
from tests.unit.test_history import shortest_path, stored

if TYPE_CHECKING:
    from pathlib import Path


def test_the_board_says_who_must_act_next_through_a_whole_life(tmp_path: Path) -> None:
    world = World()
    seen = []

    def look() -> None:
        here = standing(world.history(), world.now)
        seen.append((here.next, here.revisit))

    world.open()
    look()
    world.submit("fieldwork", write_fieldwork(tmp_path / "fieldwork"))
    look()
    world.deliver()
    look()
    world.approve()
    world.deliver()
    look()
    world.submit("review", write_review(tmp_path / "review"))
    world.deliver()
    look()
    world.approve()
    world.deliver()
    look()
    assert seen == [
        ("inspector: submit fieldwork", None),
        ("the system: fieldwork", None),
        ("hmi or moderator: approve report or return report", None),
        ("inspector: submit review", "overdue"),
        ("hmi or moderator: approve review or return review", "late"),
        ("nothing; complete", "late"),
    ]


def test_a_rejected_return_names_who_must_mend_it(tmp_path: Path) -> None:
    world = World()
    world.open()
    folder = write_fieldwork(tmp_path)
    (folder / "cases.csv").unlink()
    with pytest.raises(RejectedError):
        world.submit("fieldwork", folder)
    here = standing(world.history(), world.now)
    assert here.next == "rhian.morgan: mend and submit fieldwork"
    assert here.incident is not None


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_entry_has_words(kind: Kind) -> None:
    state = next(state for state, moves in MOVES.items() if kind in moves)
    data = stored((*shortest_path(state), kind))[-1]
    assert len(words_of(Entry.from_bytes(data))) > 8


def test_the_timeline_has_a_line_an_entry(tmp_path: Path) -> None:
    world = World()
    world.open()
    (line,) = timeline(world.history())
    assert (line.person, line.words) == ("pat.howells", "inspection of South Wales Police opened")


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@x", "\t=1", " =1", "\uff1d1", "\u200b=1"])
def test_cells_that_a_spreadsheet_would_run_are_defused(cell: str) -> None:
    assert defused(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "plain", "1 = 1", "a@b"])
def test_other_cells_stay(cell: str) -> None:
    assert defused(cell) == cell
