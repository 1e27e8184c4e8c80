"""Management says that it read the trail: up to which entry, with which concerns; the report counts what came since."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from audit.gather import inspection_report
from audit.pages.render import render_audit
from audit.record_check import SealStatus
from deployments.program import program
from desk.acts.context import DeskContext
from desk.acts.holds import change_hold
from desk.acts.trail_review import review_all_trails, review_trail
from domain.lifecycle.history import History, Recorded
from domain.lifecycle.timeline import timeline
from schemas.audit.report import InspectionTrail
from schemas.errors import NotFoundError, RefusedError, RoleError
from schemas.lifecycle.acts import LIFT_HOLD, PLACE_HOLD
from schemas.lifecycle.entry import Entry, Fact
from schemas.lifecycle.moves import Kind
from schemas.people.roles import Role
from storage import keys
from tests.support.pages.page_outline import outline_of
from tests.support.people import signer
from tests.support.verifying import found_by_both
from tests.support.world import HMI, INSPECTION, MANAGER, World

OTHER: Final = signer("zoe.khan", Role.MANAGEMENT)
MANAGEMENT: Final = signer("meera.shah", Role.MANAGEMENT)
CONCERNS: Final = ("The hold has no end.", "Nobody said why.")


@pytest.fixture
def world() -> World:
    world = World()
    world.open()
    change_hold(world.context, PLACE_HOLD, INSPECTION, MANAGER, "No visits: public health")
    return world


def report(world: World, since: dt.date | str | None = None) -> InspectionTrail:
    return inspection_report(world.stores, INSPECTION, world.now, SealStatus(), None, since)


def page(trail: InspectionTrail) -> str:
    return " ".join(outline_of(render_audit(trail, "html").data).words.split())


def test_a_review_is_a_signed_entry_and_the_report_says_what_came_since(world: World, tmp_path: Path) -> None:
    assert "Last reviewednever" in page(report(world))
    head = world.history().head
    recorded = review_trail(world.context, INSPECTION, head, MANAGEMENT, CONCERNS, "Read with the chair.")
    entry = recorded.entry
    assert (entry.kind, entry.actor.person, entry.because) == (Kind.TRAIL_REVIEWED, "meera.shah", head)
    assert entry.facts == {"up_to": 1, "concerns": CONCERNS, "note": "Read with the chair."}
    assert timeline(world.history())[-1].words == (
        "trail reviewed by management up to entry 1: The hold has no end.; Nobody said why."
    )
    made = report(world)
    assert made.review is not None
    assert (made.review.since, made.changes, made.changed_since) == (0, (), "since the last review by management")
    world.now += dt.timedelta(days=3)
    change_hold(world.context, LIFT_HOLD, INSPECTION, HMI, "Visits are possible again")
    made = report(world)
    assert [line.kind for line in made.changes] == ["hold.lifted"]
    assert made.standing is not None
    assert made.standing.reviewed == "on 23 November 2026 by meera.shah, 1 entry since"
    said = page(made)
    assert "Last reviewedon 23 November 2026 by meera.shah, 1 entry since" in said
    assert "2 concerns of management." in said
    assert "Note: Read with the chair." in said
    assert found_by_both(world, tmp_path / "record") == []


def test_what_was_read_may_be_older_than_the_newest_entry_and_the_same_again_changes_nothing(world: World) -> None:
    read = world.history().recorded[0].digest
    first = review_trail(world.context, INSPECTION, read[:12], MANAGEMENT)
    assert review_trail(world.context, INSPECTION, read, MANAGEMENT) == first
    made = report(world)
    assert made.review is not None
    assert (made.review.up_to, made.review.concerns, made.review.since) == (0, (), 1)
    assert [line.kind for line in made.changes] == ["hold.placed"]


def test_a_report_is_compared_with_a_day_or_with_the_head_of_an_earlier_one(world: World) -> None:
    head, day = report(world).head, world.now.date()
    world.now += dt.timedelta(days=3)
    change_hold(world.context, LIFT_HOLD, INSPECTION, HMI, "Visits are possible again")
    for since in (head, day):
        assert [line.kind for line in report(world, since).changes] == ["hold.lifted"]
    assert report(world, world.now.date()).changes == ()
    with pytest.raises(NotFoundError, match="digest of an entry"):
        report(world, "0" * 64)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.MANAGEMENT, Role.SERVICE}))
def test_nobody_else_reviews_the_trail(world: World, role: Role) -> None:
    with pytest.raises(RoleError):
        review_trail(world.context, INSPECTION, world.history().head, signer("sam.smith", role))
    assert world.history().recorded[-1].entry.kind is Kind.ACT_REFUSED


@pytest.fixture
def programme(world: World) -> World:
    """Return three inspections."""
    for inspection in ("kent-2025", "essex-2025"):
        world.open(inspection)
    return world


def reviewed(world: World, **named: Any) -> list[tuple[str, Fact]]:
    results = list(review_all_trails(world.context, MANAGEMENT, **named))
    assert [one.fault for one in results if one.fault] == []
    return [(one.inspection, one.recorded.entry.facts["up_to"]) for one in results if one.recorded]


def test_the_whole_programme_is_reviewed_once(programme: World) -> None:
    """Again only where something came since, whoever reviewed meanwhile; with an entry in each inspection."""
    head = programme.history().head
    review_trail(programme.context, INSPECTION, head, MANAGEMENT, CONCERNS)
    assert reviewed(programme, note="Read with the chair.") == [("essex-2025", 0), ("kent-2025", 0)]
    newest = programme.history("kent-2025").recorded[-1].entry
    assert newest.facts == {"up_to": 0, "note": "Read with the chair."}
    assert reviewed(programme) == []
    review_trail(programme.context, "kent-2025", programme.history("kent-2025").head[:12], OTHER)
    assert reviewed(programme) == []
    change_hold(programme.context, PLACE_HOLD, "kent-2025", MANAGER, "No visits: public health")
    assert reviewed(programme) == [("kent-2025", 3)]


def test_the_programme_is_reviewed_as_it_stood_when_the_report_was_made(programme: World) -> None:
    programme.now += dt.timedelta(days=1)
    made = programme.now
    programme.now += dt.timedelta(days=1)
    change_hold(programme.context, LIFT_HOLD, INSPECTION, HMI, "Visits are possible again")
    programme.open("surrey-2025")
    assert reviewed(programme, read_at=made) == [("essex-2025", 0), ("kent-2025", 0), (INSPECTION, 1)]
    assert reviewed(programme, read_at=made) == []
    assert reviewed(programme) == [(INSPECTION, 2), ("surrey-2025", 0)]


def test_a_reading_mark_never_goes_back(programme: World) -> None:
    earlier, made = programme.history(), programme.now
    programme.now += dt.timedelta(days=1)
    change_hold(programme.context, LIFT_HOLD, INSPECTION, HMI, "Visits are possible again")
    review_trail(programme.context, INSPECTION, programme.history().head, MANAGEMENT, CONCERNS)
    assert reviewed(programme, read_at=made) == [("essex-2025", 0), ("kent-2025", 0)]
    with pytest.raises(RefusedError, match="entry 2 or a later one, found entry 1"):
        review_trail(programme.context, INSPECTION, earlier.head, MANAGEMENT)
    assert review_trail(programme.context, INSPECTION, earlier.head, OTHER).entry.facts["up_to"] == 1


def test_a_concern_stands_until_a_review_of_its_inspection_alone_replaces_it(
    programme: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    review_trail(programme.context, INSPECTION, programme.history().head, MANAGEMENT, CONCERNS)
    change_hold(programme.context, LIFT_HOLD, INSPECTION, HMI, "Visits are possible again")
    assert (INSPECTION, 3) in reviewed(programme)
    assert timeline(programme.history())[-1].words == "trail reviewed by management up to entry 3: concerns as before"
    assert "2 concerns of management." in page(report(programme))
    assert CONCERNS[0] in page(report(programme))
    assert found_by_both(programme, tmp_path / "record") == []
    monkeypatch.setattr("desk.acts.context.open_desk", lambda: programme.context)
    monkeypatch.setattr("desk.cli.who.Who.sign_in", lambda _who, _act: OTHER)
    command = ["audit", "reviewed", INSPECTION, "--up-to", programme.history().head, "--concern", CONCERNS[1]]
    told = CliRunner().invoke(program, [*command, "--person", "zoe.khan", "--role", "management"])
    assert "1 concern in place of 2 earlier ones" in " ".join(told.output.split())
    assert "1 concern of management." in page(report(programme))
    review_trail(programme.context, INSPECTION, programme.history().head, OTHER)
    assert "of management." not in page(report(programme))


def test_a_review_of_the_programme_that_breaks_off_goes_on_where_it_stopped(programme: World) -> None:
    results = review_all_trails(programme.context, MANAGEMENT)
    assert next(results).inspection == "essex-2025"
    results.close()
    assert reviewed(programme) == [("kent-2025", 0), (INSPECTION, 1)]


def test_one_broken_ledger_does_not_keep_the_others_from_being_reviewed(programme: World) -> None:
    programme.ledger_objects.overwrite(keys.ledger_entry("kent-2025", 0), b"{}", "application/json")
    results = list(review_all_trails(programme.context, MANAGEMENT))
    assert [one.inspection for one in results if one.fault] == ["kent-2025"]
    assert [one.inspection for one in results if one.recorded] == ["essex-2025", INSPECTION]


def test_a_wrong_role_is_refused_once_and_not_in_every_inspection(programme: World) -> None:
    with pytest.raises(RoleError):
        list(review_all_trails(programme.context, MANAGER))
    refusals = [
        one for one in ("essex-2025", "kent-2025", INSPECTION) if programme.history(one).latest(Kind.ACT_REFUSED)
    ]
    assert refusals == ["essex-2025"]


def test_the_command_says_how_far_it_came_when_it_breaks_off(programme: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desk.acts.context.open_desk", lambda: programme.context)
    monkeypatch.setattr("desk.cli.who.Who.sign_in", lambda _who, _act: MANAGEMENT)
    record, done = DeskContext.record, list[Recorded]()

    def interrupted(context: DeskContext, history: History, entry: Entry) -> Recorded:
        if done:
            raise KeyboardInterrupt
        done.append(record(context, history, entry))
        return done[0]

    command = ["audit", "reviewed", "--all", "--person", "meera.shah", "--role", "management"]
    with monkeypatch.context() as patch:
        patch.setattr(DeskContext, "record", interrupted)
        broken = CliRunner().invoke(program, command)
    assert broken.exit_code == 130
    said = "1 inspection reviewed before it broke off; the same command goes on with the rest"
    assert said in " ".join(broken.output.split())
    again = CliRunner().invoke(program, command)
    assert (again.exit_code, "2 inspections reviewed" in again.output) == (0, True), again.output
    assert [entry["digest"] for entry in json.loads(CliRunner().invoke(program, [*command, "--json"]).stdout)] == []


@pytest.mark.parametrize(
    "options",
    [
        ("--all", "kent-2025"),
        ("--all", "--up-to", "0" * 64),
        ("--all", "--concern", "It was late"),
        ("kent-2025",),
        (),
        ("kent-2025", "--up-to", "0" * 64, "--read-at", "2026-12-01T09:30"),
    ],
    ids=" ".join,
)
def test_the_command_takes_one_inspection_or_all(options: tuple[str, ...]) -> None:
    command = ["audit", "reviewed", *options, "--person", "meera.shah", "--role", "management"]
    assert CliRunner().invoke(program, command).exit_code == 2


@pytest.mark.parametrize(
    ("digest", "concerns"),
    [
        ("0" * 64, ()),
        ("", ()),
        (None, ("",)),
        (None, ("ring 07700 900123",)),
        (None, ("x" * 601,)),
        (None, ("a",) * 21),
    ],
    ids=["another head", "no head", "empty", "personal data", "too long", "too many"],
)
def test_what_names_no_entry_or_says_nothing_is_refused(
    world: World, digest: str | None, concerns: tuple[str, ...]
) -> None:
    head = world.history().head
    with pytest.raises(RefusedError):
        review_trail(world.context, INSPECTION, head if digest is None else digest, MANAGEMENT, concerns)
    assert world.history().latest(Kind.TRAIL_REVIEWED) is None


@pytest.mark.parametrize(("place", "up_to"), [(0, 1), (1, 0), (1, "1"), (1, None), (None, 0)], ids=str)
def test_a_review_of_what_is_not_there_is_found_by_both_verifiers(
    world: World, tmp_path: Path, place: int | None, up_to: Fact | None
) -> None:
    history = world.history()
    because = "0" * 64 if place is None else history.recorded[place].digest
    facts: dict[str, Fact] = {"concerns": ()} | ({} if up_to is None else {"up_to": up_to})
    entry = history.next_entry(Kind.TRAIL_REVIEWED, at=world.clock(), signer=MANAGEMENT, facts=facts, because=because)
    world.stores.ledger.append(history, entry)
    said = found_by_both(world, tmp_path / "record")
    assert any(one.startswith("product: rule 2 expected the entry up to which") for one in said), said
    assert any(one.startswith("alone: rule reviews the trail up to an entry that is not there") for one in said), said
