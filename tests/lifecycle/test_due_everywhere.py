"""What is due, wherever it is shown: the same days, the day before beside them with the reason, after every act."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar
from typer.testing import CliRunner

from audit.gather import inspection_report
from audit.pages.render import render_audit
from audit.record_check import SealStatus
from audit.report.programme import programme_of
from deployments.program import program
from desk.acts.due_dates import change_due_date
from desk.acts.holds import change_hold
from desk.acts.receipts import receive
from desk.acts.withdrawal import withdraw
from desk.lookups import read_artefact
from domain.calendar import range_after, working_day_on_or_before
from domain.lifecycle.board import standing
from reports.layout.blocks import Page
from reports.layout.page import render_page
from reports.press_notice import notice_of_review
from reports.review import page_of_review
from schemas.audit.report import Due
from schemas.dates import DateRange, one_day
from schemas.documents.follow_up import FollowUpPlan
from schemas.documents.publication import Draft
from schemas.documents.review import Review
from schemas.errors import RefusedError
from schemas.lifecycle.acts import LIFT_HOLD, PLACE_HOLD, RECEIVE_ACTION_PLAN, RECEIVE_RESPONSE
from schemas.lifecycle.moves import Kind, State
from schemas.people.roles import Role
from storage.record.documents import read_drafted, read_plan, read_recorded
from tests.support import quick
from tests.support.pages.page_outline import outline_of
from tests.support.reading import sign_in_as
from tests.support.returns import write_fieldwork, write_review
from tests.support.world import HMI, INSPECTION, MANAGER, World, copied

LIVES = 12
ACTS = 14
SUBJECTS = ("revisit", "revisit", "action plan", "REC-2015-01")


@pytest.fixture(scope="module")
def patched() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        quick.quicken(patch)
        yield


@pytest.fixture(scope="module")
def lived(patched: None, tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World()
    world.now = dt.datetime(2015, 7, 20, 9, 0, tzinfo=dt.UTC)
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path_factory.mktemp("fieldwork")))
    world.deliver()
    world.approve()
    world.deliver()
    return world


@pytest.fixture
def world(lived: World, monkeypatch: pytest.MonkeyPatch) -> World:
    world = copied(lived)
    monkeypatch.setattr("desk.acts.context.open_read_only", lambda *_: world.stores)
    monkeypatch.setattr("desk.cli.status.utc_now", lambda: world.now)
    sign_in_as(monkeypatch, "meera.shah", Role.MANAGEMENT)
    monkeypatch.setenv("COLUMNS", "400")
    return world


class Expected:
    """What a person who kept a list beside the record would have written down."""

    def __init__(self, world: World) -> None:
        plan = read_recorded(world.stores.artefacts, world.history(), Kind.FOLLOW_UP_RECORDED, FollowUpPlan)
        self.planned = {due.subject: due.due for due in plan.due_dates}
        self.due: dict[str, DateRange] = dict(self.planned)
        self.reasons: dict[str, list[str]] = {subject: [] for subject in self.planned}

    def change(self, subject: str, day: dt.date, reason: str) -> None:
        self.due[subject] = one_day(day)
        self.reasons[subject].append(reason)


def change(world: World, expected: Expected, subject: str, day: dt.date, reason: str) -> None:
    change_due_date(world.context, INSPECTION, subject, day, MANAGER, reason)
    expected.change(subject, day, reason)


def shown(page: Page) -> str:
    """Return the words of a page."""
    words = " ".join(outline_of(render_page(page, "report.html").data).words.split())
    # A cell begins with a capital letter.
    return words.replace("Between", "between").replace("Moved", "moved")


def compare_all(world: World, expected: Expected) -> None:
    history = world.history()
    plan = read_plan(world.stores.artefacts, history)
    assert {due.subject: due.due for due in plan.due_dates} == expected.due
    printed = FollowUpPlan.from_bytes(read_artefact(world.stores, history, "follow-up/plan.json"))
    assert printed == plan
    for due in plan.due_dates:
        assert due.planned == expected.planned[due.subject]
        assert [one.reason for one in due.changes] == expected.reasons[due.subject]
        assert due.act_by == working_day_on_or_before(due.due.earliest, "WLS")
    assert plan.window_end < expected.due["revisit"].earliest

    assert standing(history, world.now).revisit_due == expected.due["revisit"].iso
    _compare_status(expected)
    _compare_calendar(world, plan, expected)
    dues = {due.subject: due for due in inspection_report(world.stores, INSPECTION, world.now, SealStatus(), None).dues}
    at_once = dues.pop("REC-2015-02")
    assert (at_once.stands, at_once.changes) == (range_after(plan.published), ())
    assert set(dues) == set(expected.due)
    for subject, due in dues.items():
        assert (due.planned, due.stands) == (expected.planned[subject], expected.due[subject])
        assert due.act_by == working_day_on_or_before(expected.due[subject].earliest, "WLS")
        assert [one.reason for one in due.changes] == expected.reasons[subject]
    assert standing(history, world.now).revisit == dues["revisit"].verdict
    if history.latest(Kind.REVIEW_DRAFTED):
        _compare_review(world, expected, dues["revisit"])


def _compare_status(expected: Expected) -> None:
    status = CliRunner().invoke(program, ["status", INSPECTION])
    assert status.exit_code == 0, status.output
    assert "  REC-2015-02: between 1 and 31 July 2015 (recommendation-immediately)" in status.output
    for subject, due in expected.due.items():
        (line,) = [one for one in status.output.splitlines() if one.startswith(f"  {subject}: ")]
        assert line.startswith(f"  {subject}: {due.words} (")
        for reason in expected.reasons[subject]:
            assert reason in status.output
        if expected.reasons[subject]:
            assert f"moved from {expected.planned[subject].words} to " in status.output
    (data,) = json.loads(CliRunner().invoke(program, ["status", INSPECTION, "--json"]).output)
    assert data["revisit_due"] == expected.due["revisit"].iso


def _compare_calendar(world: World, plan: FollowUpPlan, expected: Expected) -> None:
    data = read_artefact(world.stores, world.history(), "follow-up/due-dates.ics")
    if any(expected.reasons.values()):
        *events, window = Calendar.from_ical(data).walk("VEVENT")
        for due, event in zip(plan.due_dates, events, strict=True):
            reasons = expected.reasons[due.subject]
            assert str(event["summary"]).endswith(f"last day for {due.subject}")
            assert event.decoded("dtstart") == expected.due[due.subject].earliest
            assert event.get("sequence", 0) == len(reasons)
            assert all(reason in str(event["description"]) for reason in reasons)
            assert not reasons or event.decoded("dtstamp") == due.changes[-1].at
        assert window.decoded("dtend") <= expected.due["revisit"].earliest
        assert window.get("sequence", 0) == len(expected.reasons["revisit"])


def _compare_review(world: World, expected: Expected, due: Due) -> None:
    draft = read_recorded(world.stores.artefacts, world.history(), Kind.REVIEW_DRAFTED, Draft)
    review = read_drafted(world.stores.artefacts, draft, Review)
    assert (review.revisit_due, review.revisit) == (expected.due["revisit"], due.timeliness)
    assert review.revisit.verdict == due.verdict
    progress = {one.recommendation.id: one.due for one in review.recommendation_progress}
    assert progress == {"REC-2015-01": expected.due["REC-2015-01"], "REC-2015-02": None}
    page, notice = shown(page_of_review(review)), shown(notice_of_review(review))
    for subject in ("revisit", "REC-2015-01"):
        assert expected.due[subject].words in page
        assert all(reason in page for reason in expected.reasons[subject])
        if expected.reasons[subject]:
            assert f"moved from {expected.planned[subject].words} to " in page
    assert expected.due["revisit"].words in notice


def acts_of(world: World, expected: Expected, folder: Path, dice: random.Random) -> dict[str, Callable[[], Any]]:
    def move() -> None:
        day = world.now.date() + dt.timedelta(days=dice.randrange(1, 250))
        change(world, expected, dice.choice(SUBJECTS), day, f"reason number {dice.randrange(10**6)}")

    def submit() -> None:
        if world.now.date() > dt.date(2016, 3, 1):
            world.submit("review", write_review(folder / f"{dice.random()}", live=True))

    def pass_time() -> None:
        world.now += dt.timedelta(days=dice.randrange(1, 90))

    return {
        "move": move,
        "move again": move,
        "time": pass_time,
        "plan": lambda: receive(world.context, INSPECTION, RECEIVE_ACTION_PLAN, world.now.date(), MANAGER),
        "response": lambda: receive(world.context, INSPECTION, RECEIVE_RESPONSE, world.now.date(), MANAGER),
        "hold": lambda: change_hold(world.context, PLACE_HOLD, INSPECTION, HMI, "no visits"),
        "lift": lambda: change_hold(world.context, LIFT_HOLD, INSPECTION, HMI, "visits again"),
        "submit": submit,
        "run": world.deliver,
        "return": lambda: world.return_draft("Say it better"),
        "approve": world.approve,
    }


@pytest.mark.parametrize("seed", range(LIVES))
def test_every_view_shows_the_same_days_after_every_act(world: World, tmp_path: Path, seed: int) -> None:
    dice = random.Random(seed)
    expected = Expected(world)
    acts = acts_of(world, expected, tmp_path, dice)
    compare_all(world, expected)
    for _ in range(ACTS):
        try:
            acts[dice.choice(list(acts))]()
        except RefusedError:
            continue
        compare_all(world, expected)
    world.deliver()
    compare_all(world, expected)


def test_a_changed_day_is_everywhere_and_the_public_review_is_judged_by_it(world: World, tmp_path: Path) -> None:
    expected = Expected(world)
    world.now = dt.datetime(2016, 1, 11, 9, 0, tzinfo=dt.UTC)
    change(world, expected, "revisit", dt.date(2016, 3, 31), "the force moves house")
    compare_all(world, expected)
    world.now = dt.datetime(2016, 5, 2, 9, 0, tzinfo=dt.UTC)
    world.submit("review", write_review(tmp_path, live=True))
    world.deliver()
    compare_all(world, expected)
    assert standing(world.history(), world.now).revisit == "in time"
    draft = read_recorded(world.stores.artefacts, world.history(), Kind.REVIEW_DRAFTED, Draft)
    page = shown(page_of_review(read_drafted(world.stores.artefacts, draft, Review)))
    moved = "moved from between 1 and 31 January 2016 to 31 March 2016: the force moves house"
    assert moved in page
    assert "Its last day was 31 March 2016, moved from between 1 and 31 January 2016." in page


def test_a_day_that_was_moved_after_it_had_passed_makes_nothing_be_in_time(world: World, tmp_path: Path) -> None:
    expected = Expected(world)
    first = expected.planned["action plan"]
    world.now = dt.datetime(2016, 2, 2, 9, 0, tzinfo=dt.UTC)
    for subject in ("revisit", "action plan"):
        change(world, expected, subject, dt.date(2016, 3, 31), "the force moves house")
    change(world, expected, "revisit", dt.date(2016, 4, 30), "and again")
    compare_all(world, expected)
    receive(world.context, INSPECTION, RECEIVE_ACTION_PLAN, dt.date(2016, 2, 1), MANAGER)
    status = CliRunner().invoke(program, ["status", INSPECTION]).output
    late = f"late against the first date, {first.words}, which had passed when it was moved"
    assert f"received on 1 February 2016, {late}" in status
    world.now = dt.datetime(2016, 5, 2, 9, 0, tzinfo=dt.UTC)
    world.submit("review", write_review(tmp_path, live=True))
    world.deliver()
    compare_all(world, expected)
    assert standing(world.history(), world.now).revisit == "late"
    draft = read_recorded(world.stores.artefacts, world.history(), Kind.REVIEW_DRAFTED, Draft)
    review = read_drafted(world.stores.artefacts, draft, Review)
    late = "against the first date, between 1 and 31 January 2016, which had passed when it was moved"
    assert late in shown(page_of_review(review))
    assert late in shown(notice_of_review(review))
    trail = inspection_report(world.stores, INSPECTION, world.now, SealStatus(), None)
    dues = {due.subject: due for due in trail.dues}
    assert dues["revisit"].timeliness == dues["revisit"].against_plan
    assert (dues["revisit"].verdict, dues["action plan"].verdict) == ("late", "late")
    assert trail.standing is not None
    assert [one.partition(" ")[0] for one in trail.standing.late] == ["revisit", "action"]


def test_nothing_is_due_of_what_was_withdrawn_before_its_revisit(world: World) -> None:
    world.now = dt.datetime(2016, 1, 11, 9, 0, tzinfo=dt.UTC)
    withdraw(world.context, INSPECTION, HMI, "It was wrong")
    for now in (world.now, dt.datetime(2016, 5, 2, 9, 0, tzinfo=dt.UTC)):
        world.now = now
        row = standing(world.history(), world.now)
        assert (row.revisit, row.revisit_due, row.days_left) == (None, None, None)
        board = CliRunner().invoke(program, ["status", INSPECTION]).output
        assert "nothing is due any more; withdrawn" in board
        assert "revisit due in" not in board
        assert "revisit: " not in board
        trail = inspection_report(world.stores, INSPECTION, world.now, SealStatus(), None)
        assert {due.verdict for due in trail.dues} == {"called off"}
        assert trail.standing is not None
        assert (trail.standing.late, trail.standing.revisit_due, trail.open_points) == ((), None, ())
        programme = render_audit(programme_of([trail], world.now), "html").data
        words = " ".join(outline_of(programme).words.split())
        assert "Revisits1 not due any more; withdrawn" in words
        assert "No revisit is planned yet." in words
        world.deliver()
    assert world.history().state is State.WITHDRAWN


def test_a_change_that_came_between_a_review_and_its_draft_is_in_the_draft(world: World, tmp_path: Path) -> None:
    expected = Expected(world)
    world.now = dt.datetime(2016, 5, 2, 9, 0, tzinfo=dt.UTC)
    world.submit("review", write_review(tmp_path, live=True))
    change(world, expected, "revisit", dt.date(2016, 6, 30), "the force moves house")
    world.deliver()
    assert world.history().state is State.REVIEW_DRAFTED
    compare_all(world, expected)


@pytest.mark.parametrize("subject", ["revisit", "REC-2015-01"])
def test_what_a_review_has_judged_keeps_its_day(world: World, tmp_path: Path, subject: str) -> None:
    expected = Expected(world)
    world.now = dt.datetime(2016, 5, 2, 9, 0, tzinfo=dt.UTC)
    world.submit("review", write_review(tmp_path, live=True))
    world.deliver()
    for days in (9, 12):
        with pytest.raises(RefusedError, match="found a review drafted"):
            change(world, expected, subject, dt.date(2016, 6, 30), "the force moves house")
        change(world, expected, "action plan", world.now.date() + dt.timedelta(days=days), f"agreed {world.now}")
        compare_all(world, expected)
        change_hold(world.context, PLACE_HOLD, INSPECTION, HMI, "no visits")


def test_without_a_change_plan_and_calendar_are_the_bytes_that_the_ledger_names(world: World) -> None:
    planned = world.history().latest(Kind.FOLLOW_UP_RECORDED)
    assert planned is not None
    assert planned.entry.document is not None
    printed = read_artefact(world.stores, world.history(), "follow-up/plan.json")
    assert printed == world.stores.artefacts.read(INSPECTION, planned.entry.document.sha256)
