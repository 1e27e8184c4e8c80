"""Management says that it read the trail: up to which entry, with which concerns; the report counts what came since."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

import pytest

from audit.gather import inspection_report
from audit.pages.render import render_audit
from audit.record_check import SealStatus
from desk.acts.holds import change_hold
from desk.acts.trail_review import review_trail
from domain.lifecycle.timeline import timeline
from schemas.audit.report import InspectionTrail
from schemas.errors import NotFoundError, RefusedError, RoleError
from schemas.lifecycle.acts import LIFT_HOLD, PLACE_HOLD
from schemas.lifecycle.entry import Fact
from schemas.lifecycle.moves import Kind
from schemas.people.roles import Role
from tests.support.pages.page_outline import outline_of
from tests.support.people import signer
from tests.support.verifying import found_by_both
from tests.support.world import HMI, INSPECTION, MANAGER, World

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
    assert "2 concerns of management at the last review." in said
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
