"""What we rest on of Prefect's server and engine: runs taken once, created once, ended at once, steps tried again."""

from __future__ import annotations

import asyncio
import threading
import time
from uuid import uuid4

import httpx
import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import StateType
from prefect.exceptions import Abort
from prefect.states import Pending, Scheduled
from prefect.utilities.engine import propose_state, propose_state_sync

import tasks.step
from deployments.runner.flow_specs import FlowSpec
from deployments.runner.flow_threads import execute, flow_threads
from schemas.errors import NcpiError
from tasks.step import step

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

TAKEN_ONCE = (
    "we rest on Prefect granting Pending once (StageRunner in deployments/runner/runner.py); else two runners execute "
    "one run"
)
CREATED_ONCE = (
    "we rest on a second creation with the same idempotency key answering with the first run and its state "
    "(_create_and_execute in deployments/runner/runner.py); else each event that comes twice is executed twice"
)
NOTHING_BESIDE = (
    "we rest on a run having no thread beside it and ending when its flow does (deployments/runner/flow_threads.py); "
    "else each stage takes a second longer"
)
threads_in_flow: list[set[str]] = []
ends_of_flow: list[float] = []


@flow(persist_result=False)
def watching() -> None:
    """Note which threads there are."""
    threads_in_flow.append({thread.name for thread in threading.enumerate()})
    ends_of_flow.append(time.monotonic())


def test_a_scheduled_run_is_taken_once(servers: None) -> None:
    with get_client(sync_client=True) as client:
        run = client.create_flow_run(watching, state=Scheduled())
        assert propose_state_sync(client, Pending(message="one"), flow_run_id=run.id).is_pending()
        with pytest.raises(Abort):  # else two runners execute one run
            propose_state_sync(client, Pending(message="two"), flow_run_id=run.id)
        state = client.read_flow_run(run.id).state
    assert state is not None
    assert state.message == "one", TAKEN_ONCE


def test_one_cause_creates_one_run(servers: None) -> None:
    async def create() -> list[tuple[object, str | None]]:
        async with get_client() as client:
            flow_id = await client.create_flow(watching)
            deployment = await client.create_deployment(flow_id, name="one cause")
            runs = [
                await client.create_flow_run_from_deployment(
                    deployment, state=Pending(message=message), idempotency_key="kent-2015/publication/cause"
                )
                for message in ("one", "two")
            ]
            with pytest.raises(Abort):
                await propose_state(client, Pending(message="three"), flow_run_id=runs[0].id)
            return [(run.id, run.state and run.state.message) for run in runs]

    first, second = asyncio.run(create())
    assert first == second, CREATED_ONCE
    assert first[1] == "one", CREATED_ONCE


def test_a_run_of_a_deployment_has_no_thread_beside_it_and_ends_with_its_flow(servers: None) -> None:
    async def create() -> object:
        async with get_client() as client:
            deployment = await client.create_deployment(await client.create_flow(watching), name="watched")
            return await client.create_flow_run_from_deployment(deployment, state=Pending())

    spec = FlowSpec(watching, "watches", ())
    with flow_threads(1) as pool:
        # The first run of a thread opens its client, and Prefect's own senders of logs and events.
        for _ in range(2):
            run = asyncio.run(create())
            before = {thread.name for thread in threading.enumerate()}
            assert pool.submit(execute, spec, run).result()
            ended = time.monotonic()
    beside = threads_in_flow[-1] - before
    assert beside == set(), NOTHING_BESIDE
    assert ended - ends_of_flow[-1] < 0.9, NOTHING_BESIDE


@pytest.mark.parametrize(
    ("error", "calls"), [(httpx.ConnectError("away"), 4), (NcpiError("a rule refuses"), 1)], ids=["away", "refused"]
)
def test_a_step_is_tried_again_where_that_can_help(
    servers: None, error: Exception, calls: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tasks.step, "PAUSES", (0, 0, 0))
    made: list[str] = []

    @step(f"fail {uuid4()}")
    def fail() -> None:
        made.append("call")
        raise error

    @flow(persist_result=False)
    def failing() -> None:
        fail()

    assert failing(return_state=True).type is StateType.FAILED
    assert len(made) == calls, (
        "we rest on Prefect asking retry_condition_fn before it tries a task again (tasks/step.py)"
    )
