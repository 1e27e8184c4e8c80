"""An approval, of a report, a correction or a review, is taken back until its publication can have begun."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from deployments.program import program
from desk.acts.corrections import draft_correction
from desk.acts.decision import take_back_approval
from desk.acts.holds import change_hold
from domain.lifecycle.board import standing
from domain.lifecycle.history import History
from domain.lifecycle.timeline import timeline
from schemas.errors import IllegalMoveError, RefusedError
from schemas.lifecycle.acts import LIFT_HOLD, PLACE_HOLD, TAKE_BACK_APPROVAL, Act
from schemas.lifecycle.moves import Kind, State
from schemas.people.roles import Role
from tests.support import quick
from tests.support.errata import write_errata
from tests.support.pages.audit_lives import report_on
from tests.support.people import signer
from tests.support.returns import write_fieldwork, write_review
from tests.support.servers.stack_people import sign_in_without_asking
from tests.support.verifying import found_by_both
from tests.support.world import HMI, INSPECTION, MANAGER, World

PRESS = signer("tom.baker", Role.PRESS_OFFICER)
SECOND = signer("wendy.williams", Role.HMI)
REASON = "The embargo was mistyped"
HOUR = dt.timedelta(hours=1)


@pytest.fixture(scope="module")
def patched() -> Iterator[None]:
    # Pages that nothing here reads stand for themselves: the typesetter would take most of the time.
    with pytest.MonkeyPatch.context() as patch:
        quick.quicken(patch)
        yield


@pytest.fixture(params=["initial-report", "correction", "review"])
def approved(request: pytest.FixtureRequest, patched: None, tmp_path: Path) -> World:
    """Return a world in which a draft is approved, with an embargo of an hour."""
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path / "fieldwork"))
    world.deliver()
    if request.param != "initial-report":
        world.approve()
        world.deliver()
    if request.param == "correction":
        draft_correction(world.context, INSPECTION, write_errata(tmp_path), PRESS)
    if request.param == "review":
        world.submit("review", write_review(tmp_path / "review"))
        world.deliver()
    world.approve(embargo=world.now + HOUR)
    world.deliver()
    return world


def take_back(world: World, reason: str = REASON) -> object:
    return take_back_approval(world.context, INSPECTION, HMI, reason)


def hold(world: World, act: Act) -> None:
    change_hold(world.context, act, INSPECTION, MANAGER, "Nobody may visit the force")


def public_files(world: World) -> set[str]:
    return {key for key, versions in world.public_objects.stored.items() if versions}


def run_every_stage(world: World) -> None:
    for stage in ("publication", "review-publication"):
        world.run(stage)
    world.deliver()


def test_what_was_taken_back_is_not_published_and_may_be_approved_anew(approved: World, tmp_path: Path) -> None:
    state, before = approved.history().state, public_files(approved)
    approval = approved.history().last
    assert approval is not None
    taken = take_back(approved)
    assert taken == take_back(approved), "again changes nothing"
    last = approved.history().recorded[-1]
    assert (last.entry.kind, last.entry.because) == (Kind.APPROVAL_TAKEN_BACK, approval.digest)
    assert timeline(approved.history())[-1].words == f"approval taken back: {REASON}"
    row = standing(approved.history(), approved.now)
    assert row.state.value == state.value.replace("approved", "awaiting approval")
    assert (row.stage, row.is_ready) == (None, False)
    assert "approve" in row.next
    approved.now += 2 * HOUR
    run_every_stage(approved)
    assert public_files(approved) == before
    again = approved.approve()
    assert again.entry.id != approval.entry.id
    approved.deliver()
    assert approved.history().state in {State.AWAITING_REVIEW, State.COMPLETE}
    assert public_files(approved) > before
    assert found_by_both(approved, tmp_path / "record") == []


def test_a_draft_is_approved_and_taken_back_again_and_again_and_returned_at_last(
    approved: World, tmp_path: Path
) -> None:
    for who in (SECOND, HMI, HMI):
        take_back(approved)
        approved.approve(who=who, embargo=approved.now + HOUR)
    take_back(approved)
    approved.return_draft("Say more of the methods", who=SECOND)
    run_every_stage(approved)
    assert found_by_both(approved, tmp_path / "record") == []


@pytest.mark.parametrize("before_embargo", [dt.timedelta(minutes=2), dt.timedelta(0), -HOUR], ids=str)
def test_when_publication_may_have_begun_it_is_too_late(approved: World, before_embargo: dt.timedelta) -> None:
    state = approved.history().state
    embargo = dt.datetime.fromisoformat(str(approved.history().recorded[-1].entry.facts["embargo"]))
    approved.now = embargo - before_embargo
    with pytest.raises(
        IllegalMoveError,
        match="too late to take back approval",
    ):
        take_back(approved)
    assert approved.history().recorded[-1].entry.facts["act"] == TAKE_BACK_APPROVAL.name
    assert approved.history().state is state
    approved.now = max(approved.now, embargo)
    run_every_stage(approved)
    assert approved.history().state in {State.AWAITING_REVIEW, State.COMPLETE}


def test_what_is_published_at_once_is_not_taken_back(patched: None, tmp_path: Path) -> None:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    world.deliver()
    with pytest.raises(IllegalMoveError, match="expected an approval that is not yet published"):
        take_back(world)
    world.approve()
    with pytest.raises(IllegalMoveError, match="too late to take back approval"):
        take_back(world)


def test_a_publication_that_read_the_ledger_before_publishes_nothing(
    approved: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stage that reads the approval, sleeps until it was taken back and the embargo has passed, and wakes."""
    before, read = public_files(approved), approved.steps.read_history
    stale: list[History] = [approved.history()]
    stage = standing(stale[0], approved.now).stage
    assert stage is not None
    take_back(approved)
    approved.now += 2 * HOUR
    monkeypatch.setattr(approved.steps, "read_history", lambda one: stale.pop() if stale else read(one))
    assert approved.run(stage).result.value == "nothing to do"
    assert stale == []
    assert public_files(approved) == before


# What is corrected is not put on hold.
@pytest.mark.parametrize("approved", ["initial-report", "review"], indirect=True)
@pytest.mark.parametrize("minutes", [0, 30, 59, 61, 600], ids=lambda one: f"after {one} min")
def test_on_hold_it_is_taken_back_and_the_inspection_stays_on_hold(
    approved: World, tmp_path: Path, minutes: int
) -> None:
    state, before = approved.history().state, public_files(approved)
    hold(approved, PLACE_HOLD)
    approved.now += dt.timedelta(minutes=minutes)
    assert "take back approval" in standing(approved.history(), approved.now).next
    assert take_back(approved) == take_back(approved)
    row = standing(approved.history(), approved.now)
    assert (row.state, row.next) == (State.ON_HOLD, "programme-manager or hmi: lift hold")
    assert row.incident is not None
    run_every_stage(approved)
    hold(approved, LIFT_HOLD)
    approved.now += 2 * HOUR
    run_every_stage(approved)
    assert approved.history().state.value == state.value.replace("approved", "awaiting approval")
    assert public_files(approved) == before
    assert found_by_both(approved, tmp_path / "held") == []
    approved.approve()
    approved.deliver()
    assert public_files(approved) > before
    assert found_by_both(approved, tmp_path / "record") == []


def test_put_on_hold_when_publication_may_have_begun_it_is_too_late(patched: None, tmp_path: Path) -> None:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    world.deliver()
    world.approve(embargo=world.now + HOUR)
    hold(world, PLACE_HOLD)
    hold(world, LIFT_HOLD)
    world.now += HOUR - dt.timedelta(minutes=1)
    hold(world, PLACE_HOLD)
    assert "take back" not in standing(world.history(), world.now).next
    with pytest.raises(IllegalMoveError, match=r"too late to take back approval, .*; its hold began"):
        take_back(world)
    hold(world, LIFT_HOLD)
    world.now += HOUR
    run_every_stage(world)
    assert world.history().state is State.AWAITING_REVIEW


def test_on_hold_nothing_but_a_standing_approval_is_taken_back(patched: None, tmp_path: Path) -> None:
    world = World()
    world.open()
    for place in range(4):
        hold(world, PLACE_HOLD)
        assert "take back" not in standing(world.history(), world.now).next
        with pytest.raises(RefusedError):
            take_back(world)
        hold(world, LIFT_HOLD)
        if place == 0:
            world.submit("fieldwork", write_fieldwork(tmp_path))
        elif place == 1:
            world.deliver()
        elif place == 2:
            world.approve()
            world.deliver()


@pytest.mark.parametrize("role", [Role.PROGRAMME_MANAGER, Role.INSPECTOR, Role.MODERATOR, Role.PRESS_OFFICER], ids=str)
def test_only_an_inspector_of_her_majesty_takes_back(approved: World, role: Role) -> None:
    with pytest.raises(RefusedError, match="expected hmi to take back approval"):
        take_back_approval(approved.context, INSPECTION, signer("sam.smith", role), REASON)


@pytest.mark.parametrize("reason", ["", " ", "x" * 601, "ring 07700 900123"])
def test_a_reason_is_needed(approved: World, reason: str) -> None:
    head = approved.history().head
    with pytest.raises(RefusedError):
        take_back(approved, reason)
    assert approved.history().head == head


def test_the_command_and_the_audit_report_say_who_and_why(approved: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.acts.context.open_desk", lambda: approved.context)
    sign_in_without_asking(monkeypatch)
    who = ["--reason", REASON, "--person", "dru.sharpling", "--role", "hmi"]
    answer = CliRunner().invoke(program, ["take-back", INSPECTION, *who], env={"COLUMNS": "4000"})
    assert answer.exit_code == 0, answer.output
    assert "approval taken back; the draft awaits approval again" in answer.output
    trail = report_on(approved)
    assert (trail.decisions[-1].decision, trail.decisions[-1].reason) == ("took the approval back", REASON)
    corrections = [one.state for one in trail.side_events if one.what == "correction"]
    assert corrections in ([], ["approval taken back"])


@pytest.mark.parametrize(
    ("changed", "found"),
    [
        ({"because": "0" * 64}, ("as the cause", "an entry that is not the newest approval")),
        (
            {"facts": {"draft": "0" * 64, "reason": REASON}},
            ("expected the draft whose", "the approval of another draft"),
        ),
    ],
    ids=["cause", "draft"],
)
def test_what_the_desk_would_not_write_is_found_by_both_verifiers(
    approved: World, tmp_path: Path, changed: dict[str, object], found: tuple[str, str]
) -> None:
    history = approved.history()
    approval = history.recorded[-1]
    given = {"facts": {"draft": approval.entry.facts["draft"], "reason": REASON}, "because": approval.digest, **changed}
    entry = history.next_entry(
        Kind.APPROVAL_TAKEN_BACK, at=approved.clock(), signer=HMI, document=approval.entry.document, **given
    )
    approved.stores.ledger.append(history, entry)
    said = found_by_both(approved, tmp_path / "record")
    for place, words in zip(("product: rule", "alone: rule"), found, strict=True):
        assert any(one.startswith(place) and words in one for one in said), said
