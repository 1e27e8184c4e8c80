"""When a runner looks again, and what it takes: at the very time of a run that Prefect holds, and never before."""

from __future__ import annotations

import asyncio
import datetime as dt
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prefect.client.schemas.objects import FlowRun
from prefect.events import Event
from prefect.states import Completed, Scheduled

import deployments.runner.runner
from deployments.runner.flow_specs import sealing_flow_specs, stage_flow_specs
from deployments.runner.runner import StageRunner
from schemas.lifecycle.moves import Kind
from storage.prefect.api import event_of_record
from storage.prefect.runs import WAITING
from storage.settings import MAX_URGENT_RUNS
from tests.support.people import everybody

if TYPE_CHECKING:
    from prefect import State

    from deployments.runner.flow_specs import FlowSpec

NOW = dt.datetime(2026, 12, 1, 0, 1, tzinfo=dt.UTC)


def entry_stands(_inspection: str, entry: str) -> bool:
    return entry.startswith("a")


class Watching(StageRunner):
    """A runner that notes what it would take."""

    def _queue(self, run: FlowRun) -> None:
        self.queued = [*getattr(self, "queued", []), run]


def looked(now: dt.datetime, due: list[dt.datetime], within: float) -> tuple[list[dt.datetime], float, int]:
    """Look once, and return the times of the runs that are taken, in how many seconds to look again, and for how many
    runs a thread is prepared."""
    prepared: list[None] = []

    async def found(*, deployment_ids: list[object], scheduled_before: dt.datetime) -> list[FlowRun]:
        assert deployment_ids == []
        runs = [
            FlowRun(flow_id=uuid4(), state=Scheduled(scheduled_time=one), next_scheduled_start_time=one) for one in due
        ]
        return [run for run in runs if run.next_scheduled_start_time <= scheduled_before]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deployments.runner.runner, "exact_now", lambda: now)
        patch.setattr(deployments.runner.runner, "prepare_thread", lambda: prepared.append(None))
        runner = Watching(
            "this", cast("Any", SimpleNamespace(get_scheduled_flow_runs_for_deployments=found)), {}, 1, entry_stands
        )
        again = asyncio.run(runner.queue_scheduled(within))
        runner._threads.shutdown()
        return [run.next_scheduled_start_time for run in getattr(runner, "queued", [])], again, len(prepared)


@given(st.lists(st.integers(-10_000, 10_000), max_size=6))
def test_a_runner_takes_what_is_due_and_wakes_for_the_next(milliseconds: list[int]) -> None:
    due = [NOW + dt.timedelta(milliseconds=one) for one in milliseconds]
    taken, again, prepared = looked(NOW, due, 5)
    assert prepared == len([one for one in due if NOW < one <= NOW + dt.timedelta(seconds=5)])
    assert taken == [one for one in due if one <= NOW]
    assert again == min([5, *((one - NOW).total_seconds() for one in due if one > NOW)])
    assert again > 0
    # Looking again then takes exactly those that were next.
    later = NOW + dt.timedelta(seconds=again)
    assert looked(later, due, 5)[0] == [one for one in due if one <= later]


@pytest.mark.parametrize("count", [MAX_URGENT_RUNS, MAX_URGENT_RUNS + 3])
def test_what_ends_in_one_second_begins_together_beside_all_other_work(count: int) -> None:
    """Nobody's publication waits for another's bookkeeping, nor asks again whether it still waits."""
    begun, go_on = threading.Semaphore(0), threading.Event()
    asked: list[object] = []

    def execute(_spec: FlowSpec, _run: FlowRun) -> bool:
        begun.release()
        return go_on.wait(60)

    async def propose(_client: object, state: State, **_run: object) -> State:
        return state

    async def read_flow_run(run: object) -> SimpleNamespace:
        asked.append(run)
        return SimpleNamespace(state=Scheduled())

    async def run() -> None:
        spec, deployment = (
            cast("FlowSpec", SimpleNamespace(name="publication", priority=2, wakes_on=(), interval=None)),
            uuid4(),
        )
        client = cast("Any", SimpleNamespace(read_flow_run=read_flow_run))
        runner = StageRunner("this", client, {deployment: spec}, 2, entry_stands)
        states = [Scheduled()] * 2 + [Scheduled(name=WAITING)] * count
        for state in states:
            runner._queue(FlowRun(flow_id=uuid4(), deployment_id=deployment, state=state))
        try:
            for _ in range(2 + MAX_URGENT_RUNS):
                assert await asyncio.to_thread(begun.acquire, timeout=30)
            assert len(runner.running) == 2 + MAX_URGENT_RUNS
            assert runner.waiting == count - MAX_URGENT_RUNS
            assert asked == []
        finally:
            go_on.set()
        await asyncio.gather(*runner._queued.values())
        assert runner.taken == len(states)
        assert len(asked) == count - MAX_URGENT_RUNS
        await runner.drain()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deployments.runner.runner, "execute", execute)
        patch.setattr(deployments.runner.runner, "propose_state", propose)
        asyncio.run(run())


def created_by(*events: dict[str, Any]) -> list[dict[str, Any]]:
    """Let a runner of every flow hear events; give what it asks Prefect to create."""
    created: list[dict[str, Any]] = []

    async def create(deployment: object, **asked: Any) -> FlowRun:
        created.append(asked)
        return FlowRun(flow_id=uuid4(), state=Scheduled())

    async def hear() -> None:
        client = cast("Any", SimpleNamespace(create_flow_run_from_deployment=create))
        specs = {uuid4(): spec for spec in (*stage_flow_specs(60), *sealing_flow_specs(60))}
        runner = Watching("this", client, specs, 1, lambda inspection, _entry: inspection is None)
        for event in events:
            runner.wake(Event.model_validate(event))
        await runner.drain()

    asyncio.run(hear())
    return created


def test_each_record_of_the_register_is_sealed_at_once() -> None:
    first, *_, last = everybody().recorded
    runs = [run for one in (first, last, last) for run in created_by(event_of_record(one))]
    assert [run["parameters"] for run in runs] == [{}] * 3
    assert {run["name"] for run in runs} == {"seal of everything new"}
    assert [run["idempotency_key"] for run in runs] == [f"register/seal/{one.digest}" for one in (first, last, last)]


def test_an_event_of_a_stage_that_is_about_the_register_starts_nothing() -> None:
    forged = event_of_record(everybody().recorded[0]) | {"event": "inspection.report.approved"}
    assert created_by(forged) == []


class Busy:
    """A Prefect server that keeps runs, and a runner whose one slot somebody holds."""

    def __init__(self) -> None:
        self.runs: dict[str, FlowRun] = {}
        self.specs = {uuid4(): spec for spec in stage_flow_specs(60)}
        self.runner = StageRunner("this", cast("Any", self), self.specs, 1, entry_stands)

    async def create_flow_run_from_deployment(
        self, deployment: UUID, *, idempotency_key: str, name: str, state: State, **_: object
    ) -> FlowRun:
        made = FlowRun(flow_id=uuid4(), deployment_id=deployment, name=name, state=state)
        return self.runs.setdefault(idempotency_key, made)

    async def read_flow_run(self, run: UUID) -> FlowRun:
        return next(one for one in self.runs.values() if one.id == run)

    def tell(self, inspection: str, entry: str) -> None:
        event = {"event": Kind.REPORT_APPROVED.event, "payload": {"entry": entry}, "id": uuid4()}
        resource = {"prefect.resource.id": f"inspection.{inspection}"}
        self.runner.wake(Event(occurred=NOW, resource=resource, **event))


def test_forged_events_by_the_thousand_make_one_pending_run_for_an_inspection_and_none_for_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Of kent there is an inspection, whose entries are known to everybody; of essex none."""
    here, executed = Busy(), []

    async def propose(_client: object, state: State, **_run: object) -> State:
        return state

    async def run() -> None:
        async with here.runner._slots.slot(9):
            for number in range(500):
                here.tell("kent-2025", f"a{number:063x}")
                here.tell("essex-2025", f"b{number:063x}")
                here.tell(f"essex-{2030 + number % 60}", f"b{number:063x}")
            here.tell("surrey-2025", f"a{0:063x}")
            await asyncio.gather(*here.runner._starting)
            assert sorted(one.name for one in here.runs.values()) == [
                "kent-2025: publication",
                "surrey-2025: publication",
            ]
        await asyncio.gather(*here.runner._queued.values())
        # Once it has begun, the next entry starts another.
        here.tell("kent-2025", f"a{500:063x}")
        here.tell("kent-2025", f"a{501:063x}")
        await asyncio.gather(*here.runner._starting)
        await here.runner.drain()

    def execute(_spec: FlowSpec, run: FlowRun) -> bool:
        executed.append(run.name)
        return True

    monkeypatch.setattr(deployments.runner.runner, "execute", execute)
    monkeypatch.setattr(deployments.runner.runner, "propose_state", propose)
    asyncio.run(run())
    assert executed[:2] == ["kent-2025: publication", "surrey-2025: publication"]
    assert set(executed[2:]) == {"kent-2025: publication"}
    assert here.runner.waiting == 0


def test_an_entry_that_is_announced_again_keeps_no_later_one_from_starting_its_run() -> None:
    """The first has a run that has ended, which is all that Prefect answers; it must not stand for the second."""
    here = Busy()

    async def run() -> None:
        async with here.runner._slots.slot(9):
            here.tell("kent-2025", f"a{0:063x}")
            await asyncio.gather(*here.runner._starting)
            (ended,) = here.runs.values()
            ended.state = Completed()
            task = here.runner._queued[ended.id]
            task.cancel()
            await asyncio.wait([task])
            here.tell("kent-2025", f"a{0:063x}")
            here.tell("kent-2025", f"a{1:063x}")
            await asyncio.gather(*here.runner._starting)
            assert len(here.runs) == 2
            here.runner._is_draining = True
        await here.runner.drain()

    asyncio.run(run())
