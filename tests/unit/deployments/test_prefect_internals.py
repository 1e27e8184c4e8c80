"""What we rest on of Prefect's inner parts, which a newer Prefect may change without a word in its notes.

Each message says what is lost then. docs/decisions/0003-prefect.md and 0014-stage-runner.md say why we rest on it.
"""

from __future__ import annotations

import asyncio
import inspect
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

import prefect.flow_engine
import pytest
import sqlalchemy
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun
from prefect.context import SyncClientContext
from prefect.events.clients import PrefectEventSubscriber
from prefect.events.filters import EventFilter, EventNameFilter
from prefect.flow_engine import FlowRunEngine, run_flow
from prefect.server.database.configurations import AioSqliteConfiguration
from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from deployments.os_process import HOST
from deployments.stack.connection import PREFECT_LOGIN
from deployments.stack.ports import free_ports
from deployments.stack.prefect_server import prefect_server
from storage.prefect.quick_retries import ANSWER_SECONDS, quick_async_retries, quick_retries

ONE_CONNECTION = (
    "we rest on Prefect opening one connection to a SQLite database with ':memory:' in its name (DATABASE in "
    "deployments/stack/prefect_server.py); with more its server hangs for a minute whenever two writes meet"
)
NO_OBSERVER = (
    "we rest on the engine watching for suspension only where the run that it is given has a deployment (execute in "
    "deployments/runner/flow_threads.py); else each run opens a thread, an event loop and an event stream"
)
NO_HEARTBEAT = (
    "we rest on a setting that turns off the engine's heartbeat thread (prepare_thread in "
    "deployments/runner/flow_threads.py); joining it costs a second at the end of each run"
)
RUN_FLOW = (
    "we rest on run_flow(flow, flow_run=..., return_type='state') of prefect.flow_engine (execute in "
    "deployments/runner/flow_threads.py); without it no stage runs"
)
OUR_TRANSPORT = (
    "we rest on Prefect's clients sending through the transport that they are given (quick_retries); else a busy "
    "server costs two seconds and more at each request"
)


@flow(persist_result=False)
def nothing() -> None:
    """Do nothing."""


async def connections_at_once(url: str) -> int:
    """Open connections to a database until the next must wait."""
    engine = await AioSqliteConfiguration(url).engine()
    opened = []
    try:
        while len(opened) < 3:
            try:
                async with asyncio.timeout(0.5):
                    opened.append(await engine.connect())
            except TimeoutError:
                break
            await opened[-1].execute(sqlalchemy.text("select 1"))
        return len(opened)
    finally:
        for connection in opened:
            await connection.close()
        await engine.dispose()


def test_the_server_of_the_local_stack_opens_one_connection_to_an_ordinary_file(tmp_path: Path) -> None:
    server = prefect_server(tmp_path, free_ports(), {PREFECT_LOGIN: "a:b"})
    url = server.environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"]
    assert asyncio.run(connections_at_once(url)) == 1, ONE_CONNECTION
    file = Path(url.removeprefix("sqlite+aiosqlite:///"))
    assert file.is_file(), "we rest on that database being a file, which survives a restart of the server"
    assert asyncio.run(connections_at_once(f"{url}.other".replace(":memory:", ""))) > 1, (
        "Prefect opens one connection to any SQLite database now: the name of ours is needed no more"
    )


@pytest.mark.parametrize(("deployment", "observers"), [(None, 0), (uuid4(), 1)])
def test_a_run_without_a_deployment_is_not_watched_for_suspension(
    deployment: Any, observers: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[object] = []

    @contextmanager
    def observe(*about: object, **_more: object) -> Iterator[None]:
        opened.append(about)
        yield

    monkeypatch.setattr(prefect.flow_engine, "observe_flow_run_suspension", observe)
    engine = FlowRunEngine(flow=nothing, flow_run=FlowRun(flow_id=uuid4(), deployment_id=deployment))
    with engine.setup_flow_run_suspension_request():
        assert len(opened) == observers, NO_OBSERVER


def test_heartbeats_can_be_turned_off() -> None:
    engine = FlowRunEngine(flow=nothing, flow_run=FlowRun(flow_id=uuid4()))
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        assert engine.heartbeat_seconds is None, NO_HEARTBEAT
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: 60}):
        assert engine.heartbeat_seconds == 60, NO_HEARTBEAT


def test_the_engine_runs_a_run_that_it_is_given_and_returns_its_state() -> None:
    parameters = inspect.signature(run_flow).parameters
    assert list(parameters)[:2] == ["flow", "flow_run"], RUN_FLOW
    assert "return_type" in parameters, RUN_FLOW


def test_the_event_stream_takes_a_filter_and_need_not_reconnect_itself() -> None:
    with temporary_settings({PREFECT_API_URL: f"http://{HOST}:9/api"}):
        stream = PrefectEventSubscriber(
            filter=EventFilter(event=EventNameFilter(name=["inspection.opened"])), reconnection_attempts=0
        )
    assert stream._reconnection_attempts == 0, (
        "we rest on PrefectEventSubscriber giving up when it is cut off (deployments/runner/event_stream.py), so that "
        "health reports it and the stream is opened again each second"
    )


@contextmanager
def busy_server(*statuses: int) -> Iterator[str]:
    """Run a server that answers with each status in turn."""

    def serve(server: socket.socket) -> None:
        for status in statuses:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                head = f"HTTP/1.1 {status} x\r\nContent-Type: application/json\r\n"
                connection.sendall(f"{head}Content-Length: 4\r\nConnection: close\r\n\r\nnull".encode())

    with ThreadPoolExecutor(1) as thread, socket.create_server((HOST, 0)) as server:
        server.settimeout(5)
        serving = thread.submit(serve, server)
        yield f"http://{HOST}:{server.getsockname()[1]}/api"
        serving.result(5)


def test_a_client_of_a_run_asks_a_busy_server_again_at_once() -> None:
    with busy_server(503, 500, 200) as url, temporary_settings({PREFECT_API_URL: url}):
        client = SyncClientContext({"transport": quick_retries(), "timeout": ANSWER_SECONDS}).client
        assert client._client.timeout.read == ANSWER_SECONDS
        begun = time.monotonic()
        assert client._client.get("/ready").status_code == 200
        assert time.monotonic() - begun < 1, OUR_TRANSPORT


def test_a_client_of_the_runner_asks_a_busy_server_again_at_once() -> None:
    async def seconds() -> float:
        client = get_client(httpx_settings={"transport": quick_async_retries(), "timeout": ANSWER_SECONDS})
        begun = time.monotonic()
        assert (await client._client.get("/ready")).status_code == 200
        return time.monotonic() - begun

    with busy_server(503, 500, 200) as url, temporary_settings({PREFECT_API_URL: url}):
        assert asyncio.run(seconds()) < 1, OUR_TRANSPORT
