"""Whole lives in memory from which audit reports are made: South Wales as it was, and one in which much went wrong."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from audit.gather import inspection_report, programme_report
from audit.record_check import SealStatus, check_record
from desk.acts.accuracy import comment_on_accuracy, open_accuracy
from desk.acts.accuracy_answers import answer_comments
from desk.acts.decision import moderate
from desk.acts.due_dates import change_due_date
from desk.acts.holds import change_hold, change_hold_of_all
from desk.acts.receipts import receive
from desk.acts.referrals import refer_back
from domain.sealing.note import verifier_key_of
from schemas.audit.report import InspectionTrail, ProgrammeTrail
from schemas.errors import RefusedError
from schemas.lifecycle.acts import LIFT_HOLD, PLACE_HOLD, RECEIVE_ACTION_PLAN, RECEIVE_RESPONSE
from schemas.people.roles import Role
from storage.record.seals import SealStore
from storage.sealing.sealer import Sealer
from tests.support.people import book_of_everybody, signer
from tests.support.returns import write_fieldwork
from tests.support.verifying import holdings_of
from tests.support.world import HMI, INSPECTION, LEAD, MANAGER, World

if TYPE_CHECKING:
    from tests.support.people import Book

EXAMPLES: Final = Path(__file__).parents[3] / "examples" / "south_wales"
MODERATOR: Final = signer("ruth.davies", Role.MODERATOR)
LIAISON: Final = signer("gwyn.rees", Role.FORCE_LIAISON, "south-wales")
REVIEWER: Final = signer("wendy.williams", Role.HMI)
SEAL_KEY: Final = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ORIGIN: Final = "ncpi.invalid/ledger"


def south_wales(*, is_reviewed: bool = True) -> World:
    """Take South Wales through its five stages as the demonstration does, with acts beside the path; sealed once."""
    lived = _lived(is_reviewed=is_reviewed)
    world = World()
    world.now = lived.now
    for name in ("ledger_objects", "private_objects", "public_objects"):
        getattr(world, name).hold_as(getattr(lived, name))
    return world


@cache
def _lived(*, is_reviewed: bool) -> World:
    """Live that life once a test session."""
    world = _world()
    world.now = dt.datetime(2015, 2, 2, 9, 0, tzinfo=dt.UTC)
    world.open()
    world.now = dt.datetime(2015, 7, 1, 9, 0, tzinfo=dt.UTC)
    world.submit("fieldwork", EXAMPLES / "fieldwork")
    world.deliver()
    refer_back(world.context, INSPECTION, ["CA-0003", "CA-0007"], LEAD)
    digest = world.draft()
    open_accuracy(world.context, INSPECTION, digest, world.now + dt.timedelta(days=5), LEAD)
    comment_on_accuracy(world.context, INSPECTION, digest, ["The third finding names the wrong unit."], LIAISON)
    answer_comments(world.context, INSPECTION, {1: None}, LEAD)
    refused(lambda: world.approve(who=LEAD))
    moderate(world.context, INSPECTION, digest, MODERATOR)
    world.now = dt.datetime(2015, 7, 9, 9, 0, tzinfo=dt.UTC)
    world.approve()
    world.deliver()
    world.now = dt.datetime(2015, 11, 2, 9, 0, tzinfo=dt.UTC)
    receive(world.context, INSPECTION, RECEIVE_ACTION_PLAN, dt.date(2015, 8, 28), LIAISON, file=b"a plan")
    change_hold(
        world.context, PLACE_HOLD, INSPECTION, MANAGER, "The force moves to a new command; no visit is possible."
    )
    world.now = dt.datetime(2015, 12, 18, 9, 0, tzinfo=dt.UTC)
    change_hold(world.context, LIFT_HOLD, INSPECTION, HMI, "The move is done.")
    world.now = dt.datetime(2016, 1, 11, 9, 0, tzinfo=dt.UTC)
    moved = dt.date(2016, 1, 29)
    change_due_date(world.context, INSPECTION, "revisit", moved, MANAGER, "The team is needed elsewhere in January.")
    receive(world.context, INSPECTION, RECEIVE_RESPONSE, dt.date(2015, 10, 2), MANAGER)
    seal(world)
    if is_reviewed:
        world.now = dt.datetime(2016, 6, 30, 9, 0, tzinfo=dt.UTC)
        world.submit("review", EXAMPLES / "review")
        world.deliver()
        world.approve(who=REVIEWER)
        world.deliver()
    return world


def troubled() -> World:
    """Add inspections that wait, are held, overdue or cannot be read."""
    world = south_wales()
    for inspection in ("kent-2015", "essex-2015"):
        world.open(inspection)
    list(change_hold_of_all(world.context, PLACE_HOLD, MANAGER, "COVID-19: no visits"))
    return world


def overdue(folder: Path, *, days: int = 400) -> World:
    """Take an inspection as far as its plan, and let time pass."""
    world = _world()
    world.open()
    world.submit("fieldwork", write_fieldwork(folder))
    world.deliver()
    world.approve()
    world.deliver()
    world.now += dt.timedelta(days=days)
    return world


def _world() -> World:
    """Make a world whose register names the key that seals."""
    world = World()
    world.ledger_objects.stored.clear()
    _everybody().put(world.ledger_objects)
    return world


@cache
def _everybody() -> Book:
    return book_of_everybody(seal_key=str(verifier_key_of(ORIGIN, SEAL_KEY)))


def refused(act) -> None:
    """Do what is not allowed."""
    try:
        act()
    except RefusedError:
        return
    message = "nothing was refused"
    raise AssertionError(message)


def seal(world: World) -> None:
    """Seal everything there is."""
    Sealer(world.ledger_objects, ORIGIN, SEAL_KEY, world.clock).seal()


def sealed(world: World) -> SealStatus:
    """Read what is sealed."""
    keys = (verifier_key_of(ORIGIN, SEAL_KEY),)
    return SealStatus(SealStore(world.ledger_objects).read(keys), keys)


def report_on(world: World, inspection: str = INSPECTION) -> InspectionTrail:
    """Make the audit report of one inspection as the command does."""
    check = check_record(holdings_of(world.stores), inspection)
    return inspection_report(world.stores, inspection, world.now, sealed(world), check)


def report_on_all(world: World) -> ProgrammeTrail:
    """Make the audit report of all as the command does."""
    return programme_report(world.stores, world.now, sealed(world), check_record(holdings_of(world.stores), None))
