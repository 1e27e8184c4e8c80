"""What a serving process does: registers its flows, listens for events, looks for what is due, runs, and drains.

SIGTERM and Ctrl-C let the runs that are under way end; a second signal does not wait for them.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import httpx
from prefect.client.orchestration import get_client

from deployments.runner.event_stream import EventStream
from deployments.runner.flow_specs import register
from deployments.runner.health import health_endpoint
from deployments.runner.runner import PREFECT_AWAY, StageRunner
from deployments.runner.runner_id import identity
from deployments.runner.stale_runs import end_abandoned
from storage.clock import utc_now
from storage.prefect.quick_retries import quick_retries

if TYPE_CHECKING:
    from uuid import UUID

    from prefect.client.orchestration import PrefectClient

    from deployments.runner.flow_specs import Served

_POLL_SECONDS: Final = 5
"""How often runs that were not started by an event are looked for: by hand, by schedule, by the sweep."""
_POLLS_TO_ABANDONED: Final = 6
_log = logging.getLogger("ncpi.runner")


def serve(flows: Sequence[Served], at_a_time: int, health_port: int) -> None:
    """Serve flows until told to stop, then let what runs end."""
    service = Service(flows, at_a_time)
    with health_endpoint(health_port, service.health):
        asyncio.run(service.run())


class Service:
    """The runner with what keeps it fed."""

    def __init__(self, flows: Sequence[Served], at_a_time: int) -> None:
        self._flows = flows
        self._at_a_time = at_a_time
        self._runner: StageRunner | None = None
        self._stream = EventStream(event for served in flows for event in served.wakes_on)
        self._is_draining = False

    def health(self) -> tuple[bool, Mapping[str, object]]:
        """Say whether stages are woken and run, and what is under way."""
        runner = self._runner
        if runner is None:
            return False, {"status": "starting"}
        status = "draining" if self._is_draining else "ready" if self._stream.is_connected else "no event stream"
        return status == "ready", {
            "status": status,
            "runner": runner.name,
            "running": len(runner.running),
            "waiting": runner.waiting,
            "taken": runner.taken,
        }

    async def run(self) -> None:
        """Serve until told to stop, then let what runs end."""
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, _once_or_at_once, stop)
        async with get_client(httpx_settings={"transport": quick_retries()}) as client:
            registering = asyncio.create_task(self._register())
            if await _ends_before(stop, registering):
                await self._serve(StageRunner(identity(), client, registering.result(), self._at_a_time), client, stop)
        _log.info("ended", extra={"taken": self._runner.taken if self._runner else 0})

    async def _register(self) -> Mapping[UUID, Served]:
        """Register the flows as soon as Prefect answers, for it may be the later of the two to start."""
        while True:
            try:
                return await register(self._flows)
            except httpx.HTTPError as error:
                if isinstance(error, httpx.HTTPStatusError) and not error.response.is_server_error:
                    raise  # a wrong address, or no right to it: what was refused will be refused again
                _note_that_prefect_is_away(error)
            await asyncio.sleep(_POLL_SECONDS)

    async def _serve(self, runner: StageRunner, client: PrefectClient, stop: asyncio.Event) -> None:
        self._runner = runner
        _log.info("serving", extra={"runner": runner.name, "flows": len(runner.flows)})
        feeding = [asyncio.create_task(self._listen(runner)), asyncio.create_task(self._look(runner, client))]
        await stop.wait()
        self._is_draining = True
        _log.info("draining", extra={"running": len(runner.running), "waiting": runner.waiting})
        await _leave(*feeding)
        await runner.drain()

    async def _listen(self, runner: StageRunner) -> None:
        async for event in self._stream.events():
            runner.wake(event)

    async def _look(self, runner: StageRunner, client: PrefectClient) -> None:
        looks = 0
        while True:
            try:
                if looks % _POLLS_TO_ABANDONED == 0:
                    ended = await end_abandoned(client, runner.flows, runner.name, runner.running, utc_now())
                    if ended:
                        _log.warning("abandoned runs ended", extra={"runs": ended})
                await runner.take_scheduled()
            except PREFECT_AWAY as error:
                _note_that_prefect_is_away(error)
            looks += 1
            await asyncio.sleep(_POLL_SECONDS)


def _note_that_prefect_is_away(error: Exception) -> None:
    _log.warning("Prefect does not answer", extra={"error": type(error).__name__})


async def _ends_before(stop: asyncio.Event, task: asyncio.Task[Any]) -> bool:
    """Wait for a task; leave it and tell so when told to stop before it ends."""
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    await _leave(stopping, task)
    return not task.cancelled()


async def _leave(*tasks: asyncio.Task[Any]) -> None:
    """Cancel what has not ended yet, and wait until all have."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _once_or_at_once(stop: asyncio.Event) -> None:
    if stop.is_set():
        os._exit(1)
    stop.set()
