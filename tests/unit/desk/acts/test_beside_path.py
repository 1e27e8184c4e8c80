"""What people do beside the path, each with what it records and what it refuses."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desk.acts.accuracy import comment_on_accuracy, open_accuracy
from desk.acts.accuracy_answers import answer_comments
from desk.acts.due_dates import change_due_date
from desk.acts.holds import change_hold, change_hold_of_all
from desk.acts.receipts import MAX_BYTES, receive
from desk.acts.referrals import refer_back
from domain.lifecycle.board import reason_of_incident, standing
from domain.lifecycle.timeline import timeline
from schemas.documents.accuracy_comments import AccuracyComments
from schemas.documents.referral import Referral
from schemas.errors import IllegalMoveError, NotFoundError, RefusedError, StaleError
from schemas.lifecycle.acts import LIFT_HOLD, PLACE_HOLD, RECEIVE_ACTION_PLAN, RECEIVE_RESPONSE, Act
from schemas.lifecycle.moves import Kind, State
from schemas.people.roles import Role
from tests.support.people import signer
from tests.support.returns import write_fieldwork, write_review
from tests.support.world import HMI, INSPECTION, LEAD, MANAGER, World

LIAISON = signer("lee.evans", Role.FORCE_LIAISON, "south-wales")
ELSEWHERE = signer("kim.hart", Role.FORCE_LIAISON, "kent")
CANARY = "zqcanary"


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    world.deliver()
    return world


@pytest.fixture
def planned(world: World) -> World:
    world.approve()
    world.deliver()
    assert world.history().state is State.AWAITING_REVIEW
    return world


def refused(world: World, act: Callable[[], Any], expected: str, error: type[RefusedError] = RefusedError) -> None:
    """Hold that an act is refused for a reason, and that its refusal is an entry."""
    with pytest.raises(error, match=expected):
        act()
    last = world.history().recorded[-1].entry
    assert last.kind in {Kind.ACT_REFUSED, Kind.REPORT_REFUSED}
    assert expected in str(last.facts["reason"])


def test_an_act_that_is_not_possible_here_is_refused_in_words_about_it(world: World) -> None:
    def change(act: Act, reason: str) -> Callable[[], Any]:
        return lambda: change_hold(world.context, act, INSPECTION, MANAGER, reason)

    def set_day() -> Any:
        return change_due_date(world.context, INSPECTION, "revisit", dt.date(2027, 1, 4), MANAGER, "Too early")

    nothing_due = "nothing is due yet: dates are set when the report is published"
    refused(world, set_day, nothing_due, IllegalMoveError)
    refused(world, change(LIFT_HOLD, "Over"), "there is nothing to lift", IllegalMoveError)
    change(PLACE_HOLD, "COVID-19: no visits")()
    refused(world, set_day, nothing_due, IllegalMoveError)
    refused(world, change(PLACE_HOLD, "Again"), "is on hold already, since 23 November 2026", IllegalMoveError)


def test_a_hold_stops_stages_and_people_until_it_is_lifted(world: World, tmp_path: Path) -> None:
    recorded = change_hold(world.context, PLACE_HOLD, INSPECTION, MANAGER, "COVID-19: no visits")
    assert change_hold(world.context, PLACE_HOLD, INSPECTION, MANAGER, "COVID-19: no visits") == recorded
    here = standing(world.history(), world.now)
    assert (here.state, here.stage, here.is_ready) == (State.ON_HOLD, None, False)
    assert here.incident == "on hold since 23 November 2026"
    assert reason_of_incident(world.history()) == "COVID-19: no visits"
    refused(
        world, world.approve, "expected 'report awaiting approval' to approve report, found 'on hold'", IllegalMoveError
    )
    refused(
        world,
        lambda: world.submit("fieldwork", write_fieldwork(tmp_path / "again", methods=["More case file reviews"])),
        "found 'on hold'",
        IllegalMoveError,
    )
    change_hold(world.context, LIFT_HOLD, INSPECTION, HMI, "visits are possible again")
    assert world.history().state is State.REPORT_DRAFTED
    assert world.approve().entry.kind is Kind.REPORT_APPROVED


def test_a_stage_that_was_held_goes_on_when_the_hold_is_lifted(world: World) -> None:
    world.approve()
    change_hold(world.context, PLACE_HOLD, INSPECTION, HMI, "a fact is in doubt")
    world.deliver()
    assert world.history().latest(Kind.PUBLISHED) is None
    change_hold(world.context, LIFT_HOLD, INSPECTION, HMI, "it was right")
    world.run("publication")
    assert world.history().state is State.PUBLISHED


def test_the_whole_programme_is_held_and_lifted_by_one_person_with_one_entry_each(world: World) -> None:
    for other in ("kent-2015", "essex-2015"):
        world.open(other)
    held = list(change_hold_of_all(world.context, PLACE_HOLD, MANAGER, "COVID-19: no visits"))
    assert [(one.inspection, one.fault) for one in held] == [
        (one, None) for one in ("essex-2015", "kent-2015", INSPECTION)
    ]
    assert all(one.recorded and one.recorded.entry.facts["programme"] is True for one in held)
    assert list(change_hold_of_all(world.context, PLACE_HOLD, MANAGER, "COVID-19: no visits")) == []
    change_hold(world.context, LIFT_HOLD, "kent-2015", MANAGER, "Kent may go on")
    lifted = [
        one.inspection for one in change_hold_of_all(world.context, LIFT_HOLD, MANAGER, "visits are possible again")
    ]
    assert lifted == ["essex-2015", INSPECTION]


def test_a_due_date_is_changed_with_the_old_one_kept(planned: World) -> None:
    def change(new: str, subject: str = "revisit", who: Any = MANAGER) -> object:
        day = dt.date.fromisoformat(new)
        return change_due_date(planned.context, INSPECTION, subject, day, who, "the force moves house")

    before = standing(planned.history(), planned.now).revisit_due
    recorded = change("2027-03-31")
    assert change("2027-03-31") == recorded
    facts = recorded.entry.facts  # type: ignore[attr-defined]
    assert (facts["old"], facts["new"], facts["reason"]) == (before, "2027-03-31", "the force moves house")
    assert standing(planned.history(), planned.now).revisit_due == "2027-03-31"
    assert change("2027-04-29").entry.facts["old"] == "2027-03-31"  # type: ignore[attr-defined]
    refused(
        planned,
        lambda: change("2027-04-29", who=signer("pam.jones", Role.PROGRAMME_MANAGER)),
        "is due on 2027-04-29 already",
    )
    refused(planned, lambda: change("2027-04-29", "the moon"), "expected something that is due")
    refused(planned, lambda: change("2027-04-29", "the moon"), "action plan, REC-2015-01, REC-2015-02")
    refused(planned, lambda: change("2027-04-29", "REC-2015-02"), "was asked for immediately")
    refused(planned, lambda: change("2027-05-31", who=HMI), "expected programme-manager to change due date, found hmi")
    assert change("2027-05-31", "action plan").entry.facts["subject"] == "action plan"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("day", "found"),
    [
        (dt.date(2020, 2, 3), "found 3 February 2020"),
        (dt.date(2026, 11, 22), "found 22 November 2026"),
        (dt.date(2028, 11, 24), "found 24 November 2028"),
        (dt.date(2099, 1, 1), "found 1 January 2099"),
    ],
)
def test_a_due_date_is_not_moved_into_the_past_or_out_of_sight(planned: World, day: dt.date, found: str) -> None:
    def change(new: dt.date) -> object:
        return change_due_date(planned.context, INSPECTION, "revisit", new, MANAGER, "the force moves house")

    refused(planned, lambda: change(day), "expected a day from today, 23 November 2026, to 23 November 2028")
    refused(planned, lambda: change(day), found)
    assert change(dt.date(2026, 11, 23))
    assert change(dt.date(2028, 11, 23))


@pytest.mark.parametrize("act", [RECEIVE_ACTION_PLAN, RECEIVE_RESPONSE], ids=lambda act: act.name)
def test_nothing_that_answers_a_report_came_before_it_was_published(planned: World, act: Any) -> None:
    early = lambda: receive(planned.context, INSPECTION, act, dt.date(2015, 6, 30), LIAISON)  # noqa: E731
    refused(planned, early, "found 30 June 2015, before the report was published")
    assert receive(planned.context, INSPECTION, act, dt.date(2015, 7, 1), LIAISON)


@pytest.mark.parametrize(
    ("act", "kind"),
    [(RECEIVE_ACTION_PLAN, Kind.ACTION_PLAN_RECEIVED), (RECEIVE_RESPONSE, Kind.POLICING_BODY_RESPONDED)],
)
def test_what_the_force_sends_is_kept_unopened(planned: World, act: Any, kind: Kind) -> None:
    day = dt.date(2026, 11, 23)
    recorded = receive(planned.context, INSPECTION, act, day, LIAISON, file=CANARY.encode())
    assert receive(planned.context, INSPECTION, act, day, LIAISON, file=CANARY.encode()) == recorded
    assert recorded.entry.kind is kind
    assert recorded.entry.document is not None
    assert planned.stores.artefacts.read(INSPECTION, recorded.entry.document.sha256) == CANARY.encode()
    assert receive(planned.context, INSPECTION, act, day, MANAGER).entry.document is None
    refused(
        planned,
        lambda: receive(planned.context, INSPECTION, act, day, ELSEWHERE),
        "expected somebody who speaks for south-wales",
    )
    refused(
        planned,
        lambda: receive(planned.context, INSPECTION, act, dt.date(2026, 11, 24), LIAISON),
        "which is still to come",
    )
    too_large = b"x" * (MAX_BYTES + 1)
    refused(
        planned,
        lambda: receive(planned.context, INSPECTION, act, day, LIAISON, file=too_large),
        "at most 20,000,000 bytes",
    )


def test_before_publication_nothing_is_received(world: World) -> None:
    act = lambda: receive(world.context, INSPECTION, RECEIVE_ACTION_PLAN, dt.date(2026, 11, 23), LIAISON)  # noqa: E731
    refused(world, act, "nothing is due yet", IllegalMoveError)


def test_a_referral_says_how_many_and_proves_which_without_naming_them(world: World) -> None:
    recorded = refer_back(world.context, INSPECTION, ["CA-0007", "CA-0003"], LEAD)
    assert refer_back(world.context, INSPECTION, ["CA-0003", "CA-0007"], LEAD) == recorded
    assert b"CA-" not in recorded.entry.to_bytes()
    assert recorded.entry.facts["cases"] == 2
    assert recorded.entry.document is not None
    referral = world.stores.artefacts.read_document(Referral, INSPECTION, recorded.entry.document.sha256)
    assert referral.cases == ("CA-0003", "CA-0007")
    other = refer_back(world.context, INSPECTION, ["CA-0007", "CA-0003"], HMI)
    assert other.entry.facts["reference"] != recorded.entry.facts["reference"], "the digest can be guessed"
    assert world.events[-1]["event"] == "inspection.case.referred-back"
    assert world.history().state is State.REPORT_DRAFTED


@pytest.mark.parametrize("cases", [[], ["CA-1"], ["CA-0001", "CA-0001"], [CANARY], ["CA-0001\n"]], ids=str)
def test_what_is_no_case_is_refused_and_not_repeated(world: World, cases: list[str]) -> None:
    refused(world, lambda: refer_back(world.context, INSPECTION, cases, LEAD), "fix them")
    assert CANARY.encode() not in world.history().recorded[-1].entry.to_bytes()


def test_a_case_is_referred_back_while_everything_else_is_on_hold(world: World) -> None:
    change_hold(world.context, PLACE_HOLD, INSPECTION, HMI, "a fact is in doubt")
    assert refer_back(world.context, INSPECTION, ["CA-0001"], LEAD)


def test_the_force_checks_the_facts_of_a_draft(world: World) -> None:
    digest, until = world.draft(), world.now + dt.timedelta(days=10)
    opened = open_accuracy(world.context, INSPECTION, digest, until, LEAD)
    assert open_accuracy(world.context, INSPECTION, digest, until, LEAD) == opened
    refused(world, world.approve, "the force may check the facts of this draft until", IllegalMoveError)
    answer = lambda who: comment_on_accuracy(world.context, INSPECTION, digest, [f"{CANARY}: 75 cases, not 76"], who)  # noqa: E731
    refused(world, lambda: answer(ELSEWHERE), "expected somebody who speaks for south-wales")
    recorded = answer(LIAISON)
    assert answer(LIAISON) == recorded
    assert CANARY.encode() not in recorded.entry.to_bytes()
    assert recorded.entry.document is not None
    kept = world.stores.artefacts.read_document(AccuracyComments, INSPECTION, recorded.entry.document.sha256)
    assert kept.comments == (f"{CANARY}: 75 cases, not 76",)
    refused(world, world.approve, "expected an answer to each comment of the force", IllegalMoveError)
    answer_comments(world.context, INSPECTION, {1: None}, LEAD)
    assert world.approve().entry.kind is Kind.REPORT_APPROVED


def test_the_check_ends_with_its_time(world: World) -> None:
    digest, until = world.draft(), world.now + dt.timedelta(days=1)
    open_accuracy(world.context, INSPECTION, digest, until, LEAD)
    world.now = until
    late = lambda: comment_on_accuracy(world.context, INSPECTION, digest, [], LIAISON)  # noqa: E731
    refused(world, late, "expected a draft whose facts the force may check now", IllegalMoveError)
    assert world.approve()


@pytest.mark.parametrize("days", [0, -1, 29])
def test_a_check_lasts_at_most_four_weeks(world: World, days: int) -> None:
    until = world.now + dt.timedelta(days=days, seconds=2)
    if days == 0:
        until = world.now
    refused(
        world, lambda: open_accuracy(world.context, INSPECTION, world.draft(), until, LEAD), "within the next 28 days"
    )


def test_the_check_of_another_draft_is_stale(world: World) -> None:
    until = world.now + dt.timedelta(days=1)
    refused(
        world,
        lambda: open_accuracy(world.context, INSPECTION, "0" * 64, until, LEAD),
        "read the newest draft",
        StaleError,
    )


def test_no_act_begins_an_inspection_that_was_not_opened(world: World) -> None:
    with pytest.raises(NotFoundError, match="`ncpi open` opens one"):
        change_hold(world.context, PLACE_HOLD, "kent-2025", MANAGER, "no visits")


@pytest.mark.parametrize("reason", ["", "x" * 601, "call 029 2065 5555"], ids=["none", "long", "personal"])
def test_a_bad_reason_records_nothing(world: World, reason: str) -> None:
    before = world.history().head
    with pytest.raises(RefusedError):
        change_hold(world.context, PLACE_HOLD, INSPECTION, MANAGER, reason)
    assert world.history().head == before


def test_every_act_stands_in_the_trail(planned: World, tmp_path: Path) -> None:
    planned.submit("review", write_review(tmp_path / "review"))
    planned.deliver()
    words = json.dumps([line.words for line in timeline(planned.history())])
    assert "review drafted, round 1" in words
