"""What the audit report calls still open: who owes it, since when, until when."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from audit.gather import inspection_report
from audit.record_check import SealStatus
from desk.acts.receipts import receive
from domain.calendar import london_date
from schemas.audit.open_points import OpenPoint
from schemas.audit.report import InspectionTrail
from schemas.errors import RefusedError
from schemas.lifecycle.acts import RECEIVE_ACTION_PLAN
from tests.support.pages.audit_lives import EXAMPLES, overdue, report_on, south_wales
from tests.support.world import INSPECTION, MANAGER, World


@pytest.fixture(scope="module")
def trail() -> InspectionTrail:
    return report_on(south_wales())


def report(world: World) -> InspectionTrail:
    return inspection_report(world.stores, INSPECTION, world.now, SealStatus(), None)


def named(trail: InspectionTrail, subject: str) -> list[OpenPoint]:
    return [one for one in trail.open_points if one.subject == subject]


def test_a_complete_inspection_still_has_open_what_its_review_left_open(trail: InspectionTrail) -> None:
    assert trail.standing is not None
    assert trail.standing.waits_for == "nobody"
    assert {one.name: one.state for one in named(trail, "recommendation")} == dict.fromkeys(
        ("REC-2015-01", "REC-2015-02", "REC-2015-06", "REC-2015-08"), "still a concern"
    )
    assert [one.name for one in named(trail, "finding of the initial report")] == ["I7", "I8"]
    assert [one.name for one in named(trail, "concern of the review")] == ["R5", "R6", "R7"]
    assert {one.owner for one in trail.open_points} == {"South Wales Police"}
    assert trail.standing.open_points == len(trail.open_points) == 9
    assert trail.standing.overdue_points == 4


def test_what_was_asked_for_at_once_is_due_on_the_day_of_publication(trail: InspectionTrail) -> None:
    at_once = [due for due in trail.dues if due.subject in {"REC-2015-01", "REC-2015-02", "REC-2015-03"}]
    assert [due.outcome for due in at_once] == ["still a concern", "still a concern", "achieved"]
    assert {due.stands.iso for due in at_once if due.stands} == {"2015-07-01 to 2015-07-31"}
    assert all(due.rule == "Recommended to be done immediately: due on the day of publication" for due in at_once)
    assert [due.subject for due in trail.dues[2:]] == sorted(due.subject for due in trail.dues[2:])


def test_before_a_review_is_published_everything_that_was_asked_for_is_open() -> None:
    before = report(south_wales(is_reviewed=False))
    assert len(named(before, "recommendation")) == 9
    assert [one.name for one in named(before, "finding of the initial report")] == ["I6", "I7", "I8"]
    assert {one.state for one in before.open_points if one.subject != "due"} == {"no published review yet"}
    assert named(before, "concern of the review") == []


def test_a_draft_of_a_review_closes_nothing_and_raises_nothing() -> None:
    world = south_wales(is_reviewed=False)
    world.now = dt.datetime(2016, 6, 30, 9, 0, tzinfo=dt.UTC)
    world.submit("review", EXAMPLES / "review")
    world.deliver()
    drafted = report(world)
    assert len(named(drafted, "recommendation")) == 9
    assert named(drafted, "concern of the review") == []


def test_what_rules_make_due_has_its_own_owner_until_it_came(tmp_path: Path) -> None:
    world = overdue(tmp_path)
    late = report(world)
    assert {one.name: one.owner for one in named(late, "due")} == {
        "revisit": "the inspectorate",
        "action plan": "South Wales Police",
    }
    assert [one.days_overdue for one in late.open_points] == sorted(
        (one.days_overdue for one in late.open_points), reverse=True
    )
    assert all(one.state == f"overdue by {one.days_overdue:,} days" for one in named(late, "due"))
    receive(world.context, INSPECTION, RECEIVE_ACTION_PLAN, london_date(world.now), MANAGER)
    assert [one.name for one in named(report(world), "due")] == ["revisit"]


def test_nothing_is_open_before_anything_was_published() -> None:
    world = World()
    world.open()
    assert report(world).open_points == ()


def test_why_something_came_late_is_kept_where_it_is_said(tmp_path: Path) -> None:
    world = overdue(tmp_path)
    day, why = london_date(world.now), "The force had no head of the unit."
    receive(world.context, INSPECTION, RECEIVE_ACTION_PLAN, day, MANAGER, reason=why)
    plan = next(due for due in report(world).dues if due.subject == "action plan")
    assert plan.reasons == (f"said when it came: {why}",)
    with pytest.raises(RefusedError):
        receive(world.context, INSPECTION, RECEIVE_ACTION_PLAN, day, MANAGER, reason="ring 07700 900123")
