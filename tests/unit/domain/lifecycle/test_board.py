from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from domain.lifecycle.board import WaitsFor, reason_of_incident, standing
from domain.lifecycle.history import History
from domain.lifecycle.timeline import timeline, words_of
from reports.layout.spreadsheet import defused
from schemas.errors import LedgerError, RejectedError
from schemas.lifecycle.entry import Entry
from schemas.lifecycle.moves import Kind, Position, State
from tests.support.histories import AT, SOMEBODY, shortest_path, stored
from tests.support.people import SERVICE
from tests.support.returns import write_fieldwork, write_review
from tests.support.world import World


def test_the_board_says_who_must_act_next_through_a_whole_life(tmp_path: Path) -> None:
    world = World()
    seen = []

    def look() -> None:
        here = standing(world.history(), world.now)
        seen.append((here.next, here.waits_for.words, here.revisit))

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
        ("inspector: submit fieldwork", "inspector", None),
        ("the system: fieldwork", "the system", None),
        ("hmi: approve report; hmi or moderator: return report", "hmi or moderator", None),
        ("inspector: submit review", "inspector", "overdue"),
        ("hmi: approve review; hmi or moderator: return review", "hmi or moderator", "late"),
        ("nothing; complete", "nobody", "late"),
    ]


def test_a_rejected_return_names_who_must_fix_it(tmp_path: Path) -> None:
    world = World()
    world.open()
    folder = write_fieldwork(tmp_path)
    (folder / "cases.csv").unlink()
    with pytest.raises(RejectedError):
        world.submit("fieldwork", folder)
    here = standing(world.history(), world.now)
    assert here.next == "rhian.morgan: fix and submit fieldwork"
    assert here.waits_for == WaitsFor(person="rhian.morgan")
    assert here.incident is not None


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_entry_has_words(kind: Kind) -> None:
    state = next(state for state in State if kind in Position(state).legal)
    history = History.from_bytes("kent-2025", stored(shortest_path(state)))
    entry = history.next_entry(kind, id="entry/next", at=AT, signer=SOMEBODY, facts={"n": 1})
    assert len(words_of(Entry.from_bytes(entry.to_bytes()))) > 8


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


def test_an_embargo_is_waited_for_in_words_until_its_very_second(tmp_path: Path) -> None:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    world.deliver()
    embargo = dt.datetime(2026, 12, 1, 0, 1, tzinfo=dt.UTC)
    world.approve(embargo=embargo)
    waiting = standing(world.history(), embargo - dt.timedelta(seconds=1))
    assert (waiting.next, waiting.stage, waiting.is_ready) == (
        "publication waits for the embargo, 1 December 2026, 00:01 in London (2026-12-01 00:01 UTC)",
        "publication",
        False,
    )
    due = standing(world.history(), embargo)
    assert (due.next, due.is_ready) == ("the system: publication", True)


def test_a_returned_draft_names_its_sender_and_the_reason(tmp_path: Path) -> None:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    world.deliver()
    world.return_draft("Finding I2 needs its numbers checked")
    here = standing(world.history(), world.now)
    assert here.next == "rhian.morgan: fix and submit fieldwork"
    assert here.waits_for == WaitsFor(person="rhian.morgan")
    assert here.incident == "returned by dru.sharpling"
    assert "Finding I2" not in here.model_dump_json()
    assert reason_of_incident(world.history()) == "Finding I2 needs its numbers checked"


# Later states bear facts that the board reads; the whole life above goes through them.
@pytest.mark.parametrize("state", [one for one in State if Kind.REPORT_APPROVED not in shortest_path(one)])
def test_every_state_says_who_is_next_and_needs_either_a_person_or_the_system(state: State) -> None:
    path = shortest_path(state)
    here = standing(History.from_bytes("kent-2025", stored(path)), AT)
    assert here.state is state
    assert here.force == "Kent Police"
    assert here.entries == len(path)
    assert (here.stage is not None) is here.next.startswith("the system: ") is here.is_ready


@pytest.mark.parametrize(
    ("now", "revisit"),
    [
        ("2016-01-31T23:59:59", "due"),
        ("2016-02-01T00:00:00", "overdue"),
    ],
)
def test_a_revisit_is_overdue_only_after_the_last_day_it_can_be(tmp_path: Path, now: str, revisit: str) -> None:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    world.deliver()
    world.approve()
    world.deliver()
    here = standing(world.history(), dt.datetime.fromisoformat(f"{now}+00:00"))
    assert (here.revisit_due, here.revisit) == ("2016-01-01 to 2016-01-31", revisit)


@pytest.mark.parametrize("facts", [{}, {"revisit_due_earliest": "2026-01-01", "revisit_due_latest": "soon"}], ids=str)
def test_a_plan_without_its_days_is_a_broken_record(facts: dict[str, str]) -> None:
    history = History.from_bytes("kent-2025", stored(shortest_path(State.PUBLISHED)))
    entry = history.next_entry(
        Kind.FOLLOW_UP_RECORDED,
        id="forged",
        at=AT,
        signer=SERVICE,
        facts=facts,
    )
    with pytest.raises(LedgerError, match=r"kent-2025 entry 6: expected a day as revisit_due"):
        standing(history.followed_by(entry.to_bytes()), AT)


@pytest.mark.parametrize(
    ("now", "revisit"),
    [
        ("2026-08-31T22:59:59", "due"),
        ("2026-08-31T23:00:00", "overdue"),  # 1 September, midnight, in London
        ("2026-09-01T00:00:00", "overdue"),
    ],
)
def test_in_summer_a_revisit_is_overdue_from_midnight_in_london(now: str, revisit: str) -> None:
    history = History.from_bytes("kent-2025", stored(shortest_path(State.PUBLISHED)))
    entry = history.next_entry(
        Kind.FOLLOW_UP_RECORDED,
        id="planned",
        at=AT,
        signer=SERVICE,
        facts={"revisit_due_earliest": "2026-08-31", "revisit_due_latest": "2026-08-31"},
    )
    here = standing(history.followed_by(entry.to_bytes()), dt.datetime.fromisoformat(f"{now}+00:00"))
    assert (here.revisit_due, here.revisit) == ("2026-08-31", revisit)
