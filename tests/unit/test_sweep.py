from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import httpx
import pytest

from schemas.stages import FIELDWORK
from storage.prefect_server import PrefectServer, event_of
from storage.settings import Settings
from storage.sweep import sweep
from tests.support.returns import write_fieldwork
from tests.support.world import INSPECTION, World

if TYPE_CHECKING:
    from pathlib import Path

GRACE = dt.timedelta(minutes=5)


class Recorder:
    """Starts nothing and remembers what it was asked."""

    def __init__(self, *under_way: str) -> None:
        self.started: list[tuple[str, str, str]] = []
        self.waiting = frozenset(under_way)

    def start(self, flow: str, parameters: dict[str, str], *, cause: str) -> str:
        self.started.append((flow, parameters["inspection_id"], cause))
        return "run"

    def under_way(self, flow: str, now: dt.datetime) -> frozenset[str]:  # noqa: ARG002 - the port's arguments
        return self.waiting


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    return world


def test_what_no_event_has_started_is_started_after_its_grace(world: World) -> None:
    recorder = Recorder()
    assert sweep(world.stores.ledger, recorder, world.now, grace=GRACE).started == ()
    swept = sweep(world.stores.ledger, recorder, world.now + GRACE, grace=GRACE)
    assert swept.started == (f"{INSPECTION}: {FIELDWORK.name}",)
    assert recorder.started[0][:2] == (FIELDWORK.name, INSPECTION)


def test_what_waits_or_runs_already_is_not_started_again(world: World) -> None:
    assert sweep(world.stores.ledger, Recorder(INSPECTION), world.now + GRACE, grace=GRACE).started == ()


def test_the_cause_is_the_same_within_a_period_and_another_in_the_next(world: World) -> None:
    recorder = Recorder()
    start = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.UTC)
    for minutes in (0, 4, 5):
        sweep(world.stores.ledger, recorder, start + dt.timedelta(minutes=minutes), grace=GRACE)
    causes = [cause for _, _, cause in recorder.started]
    assert causes[0] == causes[1] != causes[2]


def test_a_broken_ledger_is_reported_and_the_others_go_on(world: World, tmp_path: Path) -> None:
    world.open("kent-2025")
    world.ledger_objects.stored["ledger/kent-2025/00000000.json"].append(b"{}")
    swept = sweep(world.stores.ledger, Recorder(), world.now + GRACE, grace=GRACE)
    assert len(swept.failed) == 1
    assert "kent-2025" in swept.failed[0]
    assert swept.started == (f"{INSPECTION}: {FIELDWORK.name}",)


def test_people_are_never_swept_along(tmp_path: Path) -> None:
    world = World()
    world.open()
    assert sweep(world.stores.ledger, Recorder(), world.now + GRACE, grace=GRACE).started == ()


def test_an_event_bears_ids_and_digests_alone_and_the_same_id_each_time(world: World) -> None:
    recorded = world.history().recorded[-1]
    event = event_of(recorded)
    assert event == event_of(recorded)
    assert event["event"] == "inspection.fieldwork-return.submitted"
    assert event["payload"] == {"inspection": INSPECTION, "seq": 1, "entry": recorded.digest}


def test_nobody_listening_loses_the_event_and_nothing_else(world: World) -> None:
    settings = Settings(s3_endpoint="http://127.0.0.1:9", PREFECT_API_URL="http://127.0.0.1:9/api")
    server = PrefectServer(settings)
    assert server.announce(world.history().recorded[-1]) is False
    with pytest.raises(httpx.HTTPError):
        server.start("fieldwork", {}, cause="x")
