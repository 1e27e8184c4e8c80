"""A runner: it registers its flows, listens for events, polls for scheduled runs, and drains at its end.

SIGTERM and Ctrl-C let the runs that are being executed end; a second signal does not wait for them.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

import httpx
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId

from deployments.runner.event_stream import EventStream
from deployments.runner.flow_specs import FlowSpec, register_deployments
from deployments.runner.health import HINDERED, health_endpoint
from deployments.runner.runner import PREFECT_AWAY, StageRunner, Stands
from deployments.runner.runner_id import identity
from deployments.runner.stale_runs import end_stale_runs
from storage.clock import utc_now
from storage.disk_space import disk_space
from storage.prefect.hindrances import Hindrance, hindrances
from storage.prefect.quick_retries import ANSWER_SECONDS, quick_async_retries
from storage.settings import data_folder

if TYPE_CHECKING:
    from prefect.client.orchestration import PrefectClient

POLL_SECONDS: Final = 5
"""How often, at least, runs are looked for that no event started: of people, the scheduler, the sweep, embargoes."""
POLLS_TO_STALE_RUNS: Final = 6
"""How many polls there are, at most, from one search for stale runs to the next."""
_log = logging.getLogger("ncpi.runner")


def serve(
    flows: Sequence[FlowSpec],
    slots: int,
    health_port: int,
    check: Callable[[], None],
    stands: Stands,
    *,
    poll_seconds: float = POLL_SECONDS,
) -> None:
    """Serve flows until told to stop, or until a check at the start or at a poll fails; then drain.

    Raises:
        NcpiError: the check failed.
    """
    check()
    process = RunnerProcess(flows, slots, check, stands, poll_seconds=poll_seconds)
    with health_endpoint(health_port, process.health):
        asyncio.run(process.run())


class RunnerProcess:
    """A stage runner, with the event stream and the polls that give it work."""

    def __init__(
        self,
        flows: Sequence[FlowSpec],
        slots: int,
        check: Callable[[], None],
        stands: Stands,
        *,
        poll_seconds: float = POLL_SECONDS,
    ) -> None:
        self._check = check
        self._stands = stands
        self._flows = flows
        self._slots = slots
        self._poll_seconds = poll_seconds
        self._runner: StageRunner | None = None
        self._stream = EventStream(event for spec in flows for event in spec.wakes_on)
        self._is_draining = False
        self._hindrances: tuple[Hindrance, ...] = ()
        """What was wrong with the deployments at the last look, also if it was mended since."""

    def health(self) -> tuple[bool, Mapping[str, object]]:
        """Return whether events start runs, and a JSON object with the state and counts."""
        runner = self._runner
        if runner is None:
            return False, {"status": "starting"}
        status = "draining" if self._is_draining else "ready" if self._stream.is_connected else "no event stream"
        space = disk_space(data_folder())
        disk = space.level if space else "elsewhere"
        if status == "ready" and disk == "full":
            status = "disk full"
        if status == "ready" and self._hindrances:
            status = HINDERED
        return status == "ready", {
            "status": status,
            "disk": disk,
            "hindrances": [one.words for one in self._hindrances],
            "name": runner.name,
            "running": len(runner.running),
            "waiting": runner.waiting,
            "taken": runner.taken,
        }

    async def run(self) -> None:
        """Serve until told to stop, or until the check fails; then drain.

        Raises:
            NcpiError: the check failed.
        """
        stop = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, _stop_or_exit, stop)
        async with get_client(httpx_settings={"transport": quick_async_retries(), "timeout": ANSWER_SECONDS}) as client:
            registering = asyncio.create_task(self._register())
            if await _ends_before(stop, registering):
                runner = StageRunner(identity(), client, registering.result(), self._slots, self._stands)
                await self._serve(runner, client, stop)
        _log.info("ended", extra={"taken": self._runner.taken if self._runner else 0})

    async def _register(self) -> Mapping[UUID, FlowSpec]:
        """Register the flows as soon as Prefect answers, which may start later than this process."""
        while True:
            try:
                return await register_deployments(self._flows)
            except httpx.HTTPError as error:
                if isinstance(error, httpx.HTTPStatusError) and not error.response.is_server_error:
                    raise  # a wrong address or no permission: asking again would not help
                _log_that_prefect_is_away(error)
            await asyncio.sleep(self._poll_seconds)

    async def _serve(self, runner: StageRunner, client: PrefectClient, stop: asyncio.Event) -> None:
        self._runner = runner
        _log.info("serving", extra={"runner": runner.name, "flows": len(runner.flows)})
        listening, polling = asyncio.create_task(self._listen(runner)), asyncio.create_task(self._poll(runner, client))
        is_fit = not await _ends_before(stop, polling)
        self._is_draining = True
        _log.info("draining", extra={"running": len(runner.running), "waiting": runner.waiting})
        await _cancel(listening)
        await runner.drain()
        if not is_fit:
            polling.result()

    async def _listen(self, runner: StageRunner) -> None:
        async for event in self._stream.events():
            runner.wake(event)

    async def _mend_deployments(self, runner: StageRunner, client: PrefectClient) -> None:
        """Make again what somebody has deleted in Prefect: deployments, schedules, and the runs that went with them."""
        ids = DeploymentFilterId(any_=list(runner.flows))
        found = {one.id: one for one in await client.read_deployments(deployment_filter=DeploymentFilter(id=ids))}
        described = {
            spec.name: found[one].model_dump(mode="json") if one in found else None
            for one, spec in runner.flows.items()
        }
        before = self._hindrances
        self._hindrances = tuple(one for flow, made in described.items() for one in hindrances(flow, made))
        if self._hindrances != before:
            _log.warning("hindered in Prefect", extra={"by": [one.words for one in self._hindrances]})
        missing = {one.flow for one in self._hindrances if one.is_missing}
        if missing:
            made = await register_deployments([spec for spec in self._flows if spec.name in missing])
            runner.use({one: spec for one, spec in runner.flows.items() if spec.name not in missing} | made)
            # The runs that waited in a deployment were deleted with it, those for embargoes too.
            runner.forget_the_clock()

    async def _keep_house(self, runner: StageRunner, client: PrefectClient, *, looks_for_stale_runs: bool) -> None:
        await self._mend_deployments(runner, client)
        await runner.start_by_clock({one.flow for one in self._hindrances if one.is_paused})
        if looks_for_stale_runs:
            ended = await end_stale_runs(client, runner.flows, runner.name, runner.running, utc_now())
            if ended:
                _log.warning("stale runs ended", extra={"runs": ended})

    async def _poll(self, runner: StageRunner, client: PrefectClient) -> None:
        polls = 0
        while True:
            pause = self._poll_seconds
            await asyncio.to_thread(self._check)
            try:
                await self._keep_house(runner, client, looks_for_stale_runs=polls % POLLS_TO_STALE_RUNS == 0)
            except PREFECT_AWAY as error:
                _log_that_prefect_is_away(error)
            try:
                # Also if one of the looks before has failed.
                pause = await runner.queue_scheduled(self._poll_seconds)
            except PREFECT_AWAY as error:
                _log_that_prefect_is_away(error)
            polls += 1
            await asyncio.sleep(pause)


def _log_that_prefect_is_away(error: Exception) -> None:
    _log.warning("Prefect does not answer", extra={"error": type(error).__name__})


async def _ends_before(stop: asyncio.Event, task: asyncio.Task[Any]) -> bool:
    """Wait for a task and return whether it ended; cancel it when told to stop before."""
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({task, stopping}, return_when=asyncio.FIRST_COMPLETED)
    await _cancel(stopping, task)
    return not task.cancelled()


async def _cancel(*tasks: asyncio.Task[Any]) -> None:
    """Cancel tasks that have not ended, and wait for all."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _stop_or_exit(stop: asyncio.Event) -> None:
    if stop.is_set():
        os._exit(1)
    stop.set()
