from __future__ import annotations

from pathlib import Path

import pytest

from desk.lookups import artefacts_of, read_artefact
from domain.lifecycle.history import History
from schemas.documents.validation import Validation
from schemas.errors import RejectedError
from schemas.lifecycle.moves import Kind
from tests.support.people import SERVICE
from tests.support.returns import write_fieldwork
from tests.support.world import World

CALENDAR = "follow-up/due-dates.ics"


def test_a_forged_plan_without_its_calendar_hides_nothing_else(tmp_path: Path) -> None:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    world.deliver()
    world.approve()
    world.deliver()
    whole = world.history()
    planned = whole.latest(Kind.FOLLOW_UP_RECORDED)
    assert planned is not None
    before = History(whole.inspection_id, whole.recorded[: planned.entry.seq])
    entry = before.next_entry(
        Kind.FOLLOW_UP_RECORDED,
        id="forged",
        at=planned.entry.at,
        signer=SERVICE,
        document=planned.entry.document,
    )
    shown = artefacts_of(world.stores, before.followed_by(entry.to_bytes()))
    assert shown.keys() == artefacts_of(world.stores, whole).keys() - {CALENDAR}
    assert CALENDAR in artefacts_of(world.stores, whole)


def test_what_a_return_was_checked_against_is_shown_whether_it_was_taken_or_rejected(tmp_path: Path) -> None:
    name = "fieldwork-return/validation.json"

    def shown() -> Validation:
        return Validation.from_bytes(read_artefact(world.stores, world.history(), name))

    world = World()
    world.open()
    folder = write_fieldwork(tmp_path)
    table = (folder / "cases.csv").read_bytes()
    (folder / "cases.csv").write_bytes(table.replace(b"missing child", b"missing person"))
    with pytest.raises(RejectedError):
        world.submit("fieldwork", folder)
    assert [(one.rule, one.lines) for one in shown().rules if not one.is_met] == [("case_type-known", (3, 6, 9, 12))]
    (folder / "cases.csv").write_bytes(b"nothing of a table")
    with pytest.raises(RejectedError):
        world.submit("fieldwork", folder)
    assert name not in artefacts_of(world.stores, world.history())
    (folder / "cases.csv").write_bytes(table)
    world.submit("fieldwork", folder)
    world.deliver()
    assert shown().is_met
    submitted = world.history().latest(Kind.FIELDWORK_SUBMITTED)
    assert submitted is not None
    assert shown().pack == submitted.entry.facts["pack"]
