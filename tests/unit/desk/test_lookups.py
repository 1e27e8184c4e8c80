from __future__ import annotations

from pathlib import Path

from desk.lookups import artefacts_of
from domain.lifecycle.history import History
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
