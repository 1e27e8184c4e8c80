"""What Prefect holds for embargoes, against the ledger: whatever people do and whichever events are lost."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.acts.decision import take_back_approval
from desk.acts.holds import change_hold
from domain.lifecycle.approval import embargo_of
from domain.lifecycle.board import standing
from flows.stage_run import Waiting
from schemas.errors import NcpiError, NotFoundError
from schemas.lifecycle.acts import LIFT_HOLD, PLACE_HOLD
from schemas.lifecycle.moves import Kind, State
from schemas.lifecycle.stages import FIELDWORK, PUBLICATION
from storage.prefect.runs import UnendedRuns, WaitingRun
from storage.prefect.sweep import SWEPT_AT_ONCE, sweep
from tests.support.recorder import Recorder
from tests.support.returns import write_fieldwork
from tests.support.world import HMI, INSPECTION, MANAGER, World, copied

GRACE = dt.timedelta(minutes=5)
HOUR = dt.timedelta(hours=1)
REASON = "The embargo was mistyped"


@pytest.fixture(scope="module")
def drafted(tmp_path_factory: pytest.TempPathFactory) -> World:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path_factory.mktemp("fieldwork"), live=True))
    world.deliver()
    return world


@pytest.fixture
def approved(drafted: World) -> World:
    """Return a world in which a report waits for an embargo of an hour."""
    world = copied(drafted)
    world.approve(embargo=world.now.replace(minute=0, second=0) + 2 * HOUR)
    return world


def embargo(world: World) -> dt.datetime:
    return embargo_of(world.history().latest(Kind.REPORT_APPROVED))


def held(prefect: Recorder) -> list[tuple[str, dt.datetime]]:
    return [(flow, run.until) for flow, run in prefect.held]


def swept(world: World, prefect: Recorder) -> list[tuple[str, dt.datetime]]:
    sweep(world.stores.ledger, prefect, world.now + GRACE, grace=GRACE)
    return held(prefect)


def test_what_waits_for_an_embargo_is_held_until_then_once_and_starts_nothing_meanwhile(approved: World) -> None:
    prefect = Recorder()
    for _ in range(2):
        assert swept(approved, prefect) == [(PUBLICATION.name, embargo(approved))]
    assert prefect.started == []
    # Due, it is under way, and nothing is started beside it.
    sweep(approved.stores.ledger, prefect, embargo(approved), grace=GRACE)
    assert prefect.started == []


def test_a_second_before_its_end_it_is_held_and_not_started(approved: World) -> None:
    prefect = Recorder()
    sweep(approved.stores.ledger, prefect, embargo(approved) - dt.timedelta(seconds=1), grace=GRACE)
    assert (held(prefect), prefect.started) == ([(PUBLICATION.name, embargo(approved))], [])


def test_when_prefect_has_lost_it_the_sweep_starts_the_stage_after_the_embargo(approved: World) -> None:
    prefect = Recorder()
    sweep(approved.stores.ledger, prefect, embargo(approved), grace=GRACE)
    assert [(flow, inspection) for flow, inspection, _ in prefect.started] == [(PUBLICATION.name, INSPECTION)]


def test_the_event_of_an_approval_has_its_grace_before_the_sweep_holds_a_run(approved: World) -> None:
    prefect = Recorder()
    sweep(approved.stores.ledger, prefect, approved.now, grace=GRACE)
    assert held(prefect) == []


def take_back(world: World) -> None:
    take_back_approval(world.context, INSPECTION, HMI, REASON)


def place_hold(world: World) -> None:
    change_hold(world.context, PLACE_HOLD, INSPECTION, MANAGER, REASON)


@pytest.mark.parametrize("stop", [take_back, place_hold])
def test_what_is_stopped_is_held_no_more(approved: World, stop: Callable[[World], None]) -> None:
    prefect = Recorder()
    swept(approved, prefect)
    stop(approved)
    done = sweep(approved.stores.ledger, prefect, approved.now, grace=GRACE, only=INSPECTION)
    assert (held(prefect), len(done.ended)) == ([], 1)


def test_a_hold_that_is_lifted_needs_no_event_and_no_grace(approved: World) -> None:
    prefect = Recorder()
    until = embargo(approved)
    place_hold(approved)
    change_hold(approved.context, LIFT_HOLD, INSPECTION, MANAGER, REASON)
    sweep(approved.stores.ledger, prefect, approved.now, grace=GRACE, only=INSPECTION)
    assert held(prefect) == [(PUBLICATION.name, until)]

    place_hold(approved)
    sweep(approved.stores.ledger, prefect, approved.now, grace=GRACE, only=INSPECTION)
    approved.now = until
    change_hold(approved.context, LIFT_HOLD, INSPECTION, MANAGER, REASON)
    sweep(approved.stores.ledger, prefect, approved.now, grace=GRACE, only=INSPECTION)
    assert (held(prefect), [flow for flow, *_ in prefect.started]) == ([], [PUBLICATION.name])


def test_of_a_changed_embargo_only_the_new_time_is_held(approved: World) -> None:
    prefect = Recorder()
    swept(approved, prefect)
    take_back(approved)
    approved.approve(embargo=embargo(approved) + HOUR)
    assert swept(approved, prefect) == [(PUBLICATION.name, embargo(approved))]


def test_of_two_runs_that_wait_for_one_embargo_one_is_ended(approved: World) -> None:
    prefect = Recorder()
    prefect.held = [
        (PUBLICATION.name, WaitingRun("one", INSPECTION, embargo(approved))),
        (PUBLICATION.name, WaitingRun("two", INSPECTION, embargo(approved))),
        (FIELDWORK.name, WaitingRun("three", INSPECTION, embargo(approved))),
        (PUBLICATION.name, WaitingRun("four", INSPECTION, embargo(approved) + HOUR)),
    ]
    swept(approved, prefect)
    assert [run.id for _, run in prefect.held] == ["one"]


def test_what_cannot_be_read_and_what_is_not_looked_at_is_left_as_it_is(approved: World) -> None:
    prefect = Recorder()
    approved.open("kent-2025")
    approved.ledger_objects.stored["ledger/kent-2025/00000000.json"].append(b"{}")
    other = (PUBLICATION.name, WaitingRun("other", "kent-2025", approved.now + HOUR))
    prefect.held.append(other)
    place_hold(approved)
    assert swept(approved, prefect) == [(other[0], other[1].until)]
    assert sweep(approved.stores.ledger, prefect, approved.now, grace=GRACE, only="kent-2025").failed
    assert prefect.held == [other]


def test_without_a_deployment_nothing_is_held_and_it_is_said(approved: World) -> None:
    class Lacking(Recorder):
        def unended(self, flow: str, now: dt.datetime) -> UnendedRuns:
            if flow == PUBLICATION.name:
                message = "publication: no deployment"
                raise NotFoundError(message)
            return super().unended(flow, now)

    prefect = Lacking()
    assert swept(approved, prefect) == []
    assert sweep(approved.stores.ledger, prefect, approved.now, grace=GRACE).missing == ("publication: no deployment",)


class Programme:
    """An inspection, the runs of Prefect, and a runner that is up or not; time passes run by run."""

    def __init__(self, drafted: World) -> None:
        self.world = copied(drafted)
        self.prefect = Recorder()
        self.is_up = True
        self.has_lost = False
        self.was_down = False

    def act(self, what: str, minutes: int, *, is_heard: bool) -> None:
        """Let somebody act, which the rules may refuse; the runner hears of it unless the event is lost."""
        before = len(self.world.history().recorded)
        acts: dict[str, Callable[[], object]] = {
            "approve": lambda: self.world.approve(embargo=self.world.now + dt.timedelta(minutes=minutes, seconds=9)),
            "take back": lambda: take_back(self.world),
            "hold": lambda: place_hold(self.world),
            "lift": lambda: change_hold(self.world.context, LIFT_HOLD, INSPECTION, MANAGER, REASON),
        }
        try:
            acts[what]()
        except NcpiError:
            return
        for recorded in self.world.history().recorded[before:]:
            self.has_lost |= not (is_heard and self.is_up)
            if is_heard and self.is_up:
                self.hear(recorded.entry.kind)

    def hear(self, kind: Kind) -> None:
        if kind in PUBLICATION.wakes_on:
            self.run()
        if kind in SWEPT_AT_ONCE:
            sweep(self.world.stores.ledger, self.prefect, self.world.now, grace=GRACE, only=INSPECTION)
            self.run_started()

    def run(self) -> None:
        outcome = self.world.run(PUBLICATION.name)
        if isinstance(outcome.made, Waiting) and outcome.made.until not in {run.until for _, run in self.prefect.held}:
            self.prefect.held.append((PUBLICATION.name, WaitingRun("", INSPECTION, outcome.made.until)))

    def run_started(self) -> None:
        while self.prefect.started:
            self.prefect.started.pop()
            self.run()

    def sweep(self) -> None:
        if self.is_up:
            sweep(self.world.stores.ledger, self.prefect, self.world.now, grace=dt.timedelta(0))
            self.run_started()
            self.has_lost = False

    def pass_time(self, minutes: int) -> None:
        """Let time pass; a runner that is up takes each run at its time."""
        end = self.world.now + dt.timedelta(minutes=minutes)
        while self.is_up and (due := sorted(run.until for _, run in self.prefect.held if run.until <= end)):
            self.world.now = max(self.world.now, due[0])
            self.prefect.held = [(flow, run) for flow, run in self.prefect.held if run.until != due[0]]
            self.run()
        self.world.now = max(self.world.now, end)

    def switch(self) -> None:
        self.is_up = not self.is_up
        self.was_down |= not self.is_up
        if self.is_up:
            self.pass_time(0)
            self.sweep()


ACTS = st.tuples(st.sampled_from(["approve", "take back", "hold", "lift"]), st.integers(3, 40), st.booleans())
OTHERS = st.tuples(st.sampled_from(["time", "sweep", "switch"]), st.integers(1, 30), st.just(value=True))


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(ACTS, ACTS, OTHERS), max_size=14))
def test_whatever_people_do_and_whichever_events_are_lost(drafted: World, course: list[tuple[str, int, bool]]) -> None:
    here = Programme(drafted)
    for what, minutes, is_heard in course:
        if what == "time":
            here.pass_time(minutes)
        elif what in {"sweep", "switch"}:
            getattr(here, what)()
        else:
            here.act(what, minutes, is_heard=is_heard)
        if not here.has_lost:
            row = standing(here.world.history(), here.world.now)
            wanted = [(row.stage, row.waits_for.embargo)] if row.waits_for.embargo else []
            assert held(here.prefect) == wanted or not here.is_up
    if not here.is_up:
        here.switch()
    here.sweep()
    history = here.world.history()
    published = history.latest(Kind.PUBLISHED)
    if published is not None:
        before = history.before(published)
        until, cause = embargo_of(before.latest(Kind.REPORT_APPROVED)), before.last_on_path
        assert before.state is State.REPORT_APPROVED
        assert published.entry.at >= until
        if all(is_heard for *_, is_heard in course) and not here.was_down:
            assert published.entry.at - max(until, cause.entry.at) <= dt.timedelta(seconds=5)
    else:
        assert not standing(history, here.world.now).is_ready
