"""What the desk and the stages make of corrections and withdrawals is found whole by both verifiers, at each step."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.export import export
from audit.verification import verify
from desk.acts.corrections import draft_correction
from desk.acts.withdrawal import withdraw
from schemas.lifecycle.moves import Kind, State
from schemas.people.roles import Role
from tests.support import quick
from tests.support.errata import erratum, write_errata
from tests.support.people import signer
from tests.support.returns import write_fieldwork
from tests.support.stand_alone import STAND_ALONE
from tests.support.verifying import holdings_of
from tests.support.world import HMI, INSPECTION, World

PRESS = signer("tom.baker", Role.PRESS_OFFICER)
FIRST = f"{INSPECTION}/initial-report/report.html"


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    # Pages that nothing here reads stand for themselves: the typesetter would take most of the time.
    quick.quicken(monkeypatch)
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path / "fieldwork"))
    world.deliver()
    world.approve()
    world.deliver()
    return world


def layers(world: World, folder: Path) -> tuple[list[str], list[str]]:
    """Return what each verifier finds, the second with the documents exported and without."""
    buckets = holdings_of(world.stores)
    found = [f"{one.layer} {one.message}" for one in verify(buckets).faults]
    others = []
    for with_documents in (True, False):
        path = folder / f"export {with_documents}"
        export(buckets, path, now=world.now, with_documents=with_documents)
        verified = STAND_ALONE.verify(path, STAND_ALONE.Anchors(None, (), ()))
        # The seal key of this world's register is none, and nothing is sealed in it.
        others += [f"{one.layer} {one.message}" for one in verified.faults if one.layer != "register"]
    return found, others


def test_corrections_and_a_withdrawal_are_whole_at_each_step(world: World, tmp_path: Path) -> None:
    whole: tuple[list[str], list[str]] = ([], [])
    for number, (was, now) in enumerate([("Finding I2 as", "Finding I2 just as"), ("I2 just", "I2 exactly")]):
        draft_correction(world.context, INSPECTION, write_errata(tmp_path, erratum(was, now)), PRESS)
        assert layers(world, tmp_path / f"drafted {number}") == whole
        world.approve()
        world.deliver()
        assert layers(world, tmp_path / f"corrected {number}") == whole
    assert world.history().count(Kind.CORRECTION_PUBLISHED) == 2
    withdraw(world.context, INSPECTION, HMI, "The figures of another force were printed")
    assert layers(world, tmp_path / "ordered") == whole
    world.deliver()
    assert world.history().state is State.WITHDRAWN
    assert layers(world, tmp_path / "withdrawn") == whole
    data = world.public_objects.stored[FIRST][-1]
    world.public_objects.create(FIRST, data, "text/html; charset=utf-8")
    product, stand_alone = layers(world, tmp_path / "back")
    assert product == [f"public {FIRST} was withdrawn, but the public can read it; set a delete marker on it"]
    assert stand_alone == [f"public {FIRST} was withdrawn, but the public can read it"] * 2
