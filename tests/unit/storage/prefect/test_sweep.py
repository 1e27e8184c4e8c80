from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import NoReturn

import httpx
import pytest

from schemas.errors import NotFoundError
from schemas.lifecycle.stages import FIELDWORK, INITIAL_REPORT
from schemas.lifecycle.time_limits import STAGE_STARTED_AGAIN_AFTER
from storage.prefect.api import PrefectServer, event_of
from storage.prefect.runs import UnendedRuns
from storage.prefect.sweep import sweep
from storage.settings import Settings
from tests.support.forging import forge_approval
from tests.support.recorder import Recorder
from tests.support.returns import write_fieldwork
from tests.support.verifying import verify_inspection
from tests.support.world import INSPECTION, World

GRACE = dt.timedelta(minutes=5)


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


def test_the_sweep_starts_nothing_that_waits_for_a_person(tmp_path: Path) -> None:
    world = World()
    world.open()
    assert sweep(world.stores.ledger, Recorder(), world.now + GRACE, grace=GRACE).started == ()


def test_an_event_holds_only_ids_and_digests_and_always_the_same_id(world: World) -> None:
    recorded = world.history().recorded[-1]
    event = event_of(recorded)
    assert event == event_of(recorded)
    assert event["event"] == "inspection.fieldwork-return.submitted"
    assert event["payload"] == {"inspection": INSPECTION, "seq": 1, "entry": recorded.digest}


def test_without_a_server_only_the_event_is_lost(world: World) -> None:
    settings = Settings(s3_endpoint="http://127.0.0.1:9", PREFECT_API_URL="http://127.0.0.1:9/api")
    server = PrefectServer(settings)
    assert server.announce(world.history().recorded[-1]) is False
    with pytest.raises(httpx.HTTPError):
        server.start("fieldwork", "kent-2025", cause="x")


def test_a_second_before_its_grace_is_over_nothing_is_started(world: World) -> None:
    changed = world.history().last.entry.at
    for early, started in ((1, 0), (0, 1)):
        now = changed + GRACE - dt.timedelta(seconds=early)
        assert len(sweep(world.stores.ledger, Recorder(), now, grace=GRACE).started) == started


def test_without_grace_everything_due_is_started_at_once(world: World) -> None:
    swept = sweep(world.stores.ledger, Recorder(), world.now, grace=dt.timedelta(0))
    assert swept.started == (f"{INSPECTION}: {FIELDWORK.name}",)


def test_every_inspection_is_looked_at_and_each_cause_is_its_own(world: World, tmp_path: Path) -> None:
    others = ("essex-2025", "kent-2025", "kent-2025-2")
    for place, inspection in enumerate(others):
        world.open(inspection)
        if place:
            force = {"force": "kent"}
            world.submit("fieldwork", write_fieldwork(tmp_path / inspection, inspection, **force), inspection)
    recorder = Recorder()
    swept = sweep(world.stores.ledger, recorder, world.now + GRACE, grace=GRACE)
    assert swept.inspections == 4
    assert swept.started == tuple(f"{one}: {FIELDWORK.name}" for one in (*others[1:], INSPECTION))
    assert len({cause for _, _, cause in recorder.started}) == 3


def test_the_cause_names_the_head_so_that_progress_is_another_cause(world: World) -> None:
    recorder = Recorder()
    now = world.now + dt.timedelta(days=1)
    sweep(world.stores.ledger, recorder, now, grace=GRACE)
    world.run(FIELDWORK.name)
    sweep(world.stores.ledger, recorder, now, grace=GRACE)
    (first, _, before), (second, _, after) = recorder.started
    assert (first, second) == (FIELDWORK.name, "initial-report")
    assert before != after
    assert after.startswith(world.history().head)


def test_a_complete_or_empty_ledger_starts_nothing(tmp_path: Path) -> None:
    swept = sweep(World().stores.ledger, Recorder(), dt.datetime(2026, 1, 1, tzinfo=dt.UTC), grace=GRACE)
    assert (swept.inspections, swept.started, swept.failed) == (0, (), ())


def test_a_ledger_of_no_force_is_reported_and_the_others_go_on(world: World) -> None:
    data = world.ledger_objects.stored[f"ledger/{INSPECTION}/00000000.json"]
    world.ledger_objects.stored["ledger/atlantis-2025/00000000.json"] = list(data)
    swept = sweep(world.stores.ledger, Recorder(), world.now + GRACE, grace=GRACE)
    assert ["atlantis-2025" in one for one in swept.failed] == [True]
    assert len(swept.started) == 1


def test_a_forged_approval_without_an_embargo_is_reported_and_the_others_go_on(world: World, tmp_path: Path) -> None:
    world.open("kent-2025")
    world.submit("fieldwork", write_fieldwork(tmp_path / "kent", "kent-2025", force="kent"), "kent-2025")
    forge_approval(world, tmp_path)
    swept = sweep(world.stores.ledger, Recorder(), world.now + GRACE, grace=GRACE)
    assert ["dorset-2025 entry 4" in one for one in swept.failed] == [True]
    assert swept.started == (f"kent-2025: {FIELDWORK.name}", f"{INSPECTION}: {FIELDWORK.name}")
    assert [(one.layer, one.entry) for one in verify_inspection(world.stores, "dorset-2025").faults] == [("rule", 4)]


def test_a_stage_without_a_deployment_is_reported_and_the_others_go_on(world: World, tmp_path: Path) -> None:
    class Lacking(Recorder):
        def unended(self, flow: str, now: dt.datetime) -> UnendedRuns:
            if flow == lost:
                message = f"{flow}: no deployment"
                raise NotFoundError(message)
            return super().unended(flow, now)

    lost = INITIAL_REPORT.name
    swept = sweep(world.stores.ledger, Lacking(), world.now + GRACE, grace=GRACE)
    assert swept.started == (f"{INSPECTION}: {FIELDWORK.name}",)
    assert swept.missing == (f"{lost}: no deployment",)
    lost = FIELDWORK.name
    swept = sweep(world.stores.ledger, Lacking(), world.now + GRACE, grace=GRACE)
    assert (swept.inspections, swept.started, swept.missing) == (1, (), (f"{lost}: no deployment",))


def test_one_look_or_start_that_prefect_refuses_does_not_end_a_sweep(world: World, tmp_path: Path) -> None:
    class Refusing(Recorder):
        def unended(self, flow: str, now: dt.datetime) -> UnendedRuns:
            return refuse() if flow == INITIAL_REPORT.name else super().unended(flow, now)

        def start(self, flow: str, inspection_id: str, *, cause: str, at: dt.datetime | None = None) -> str:
            return refuse() if inspection_id == "kent-2025" else super().start(flow, inspection_id, cause=cause, at=at)

    def refuse() -> NoReturn:
        request = httpx.Request("POST", "http://127.0.0.1:9")
        raise httpx.HTTPStatusError("", request=request, response=httpx.Response(500, request=request))

    world.open("kent-2025")
    world.submit("fieldwork", write_fieldwork(tmp_path / "kent", "kent-2025", force="kent"), "kent-2025")
    swept = sweep(world.stores.ledger, Refusing(), world.now + GRACE, grace=GRACE)
    assert swept.started == (f"{INSPECTION}: {FIELDWORK.name}",)
    assert [one.split(": ")[0] for one in swept.missing] == [INITIAL_REPORT.name, "kent-2025"]
    assert all("500" in one for one in swept.missing)
    assert not swept.failed


def test_what_prefect_says_is_under_way_counts_for_so_long_and_no_longer(world: World) -> None:
    """Else a run that somebody keeps there in a state of running would keep an inspection waiting for ever."""
    changed = world.history().last.entry.at
    limit = STAGE_STARTED_AGAIN_AFTER + 2 * GRACE
    for seconds, started in ((0, 0), (1, 1)):
        now = changed + limit + dt.timedelta(seconds=seconds)
        assert len(sweep(world.stores.ledger, Recorder(INSPECTION), now, grace=GRACE).started) == started


def test_a_run_that_an_embargo_has_just_let_go_is_not_overdue(world: World) -> None:
    world.run(FIELDWORK.name)
    world.run(INITIAL_REPORT.name)
    embargo = world.now + dt.timedelta(days=9)
    world.approve(embargo=embargo)
    limit = STAGE_STARTED_AGAIN_AFTER + 2 * GRACE
    for now, started in ((embargo, 0), (embargo + limit, 0), (embargo + limit + dt.timedelta(seconds=1), 1)):
        assert len(sweep(world.stores.ledger, Recorder(INSPECTION), now, grace=GRACE).started) == started
