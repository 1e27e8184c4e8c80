"""The stage runner: one long process that is woken by events and runs each run in a thread of its own.

A run is taken by its state `Pending`, which Prefect grants once, so two runners never run one run twice; and if they
did, the ledger would hold. What a crash leaves: runs that say `Pending` or `Running` for ever, which the next runner
marks Crashed (`abandoned.py`); the sweep starts their stages again.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4

import httpx
from prefect.exceptions import Abort, PrefectException
from prefect.states import Crashed, Pending, Scheduled
from prefect.types import DateTime
from prefect.utilities.engine import propose_state

from deployments.runner.flow_threads import run_here, stage_threads
from deployments.runner.runner_id import taken_by
from deployments.runner.slots import PrioritySlots
from schemas.errors import NotFoundError
from schemas.identifiers import SHA256_PATTERN, is_inspection_id
from schemas.programme.forces import force_of
from storage.prefect.api import STARTED_BY_EVENT, run_name, run_tags

if TYPE_CHECKING:
    from prefect import State
    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import FlowRun
    from prefect.events import Event

    from deployments.runner.flow_specs import Served

PREFECT_AWAY: Final = (httpx.HTTPError, PrefectException, OSError)
"""What is raised when Prefect cannot be reached or does not do as asked."""
_RESOURCE: Final = "inspection."
_MOMENT_SECONDS: Final = 0.5
"""How long what was woken waits for a place before Prefect is told that it waits, which costs two more requests."""
_log = logging.getLogger("ncpi.runner")


class StageRunner:
    """Runs the flows of its table, so many at a time; what is begun is finished before more is begun."""

    def __init__(self, name: str, client: PrefectClient, flows: Mapping[UUID, Served], at_a_time: int) -> None:
        """Take the flows by the id of their deployment.

        Args:
            name: identity of this runner, by which what it leaves behind is known.
        """
        self.name = name
        self.flows = flows
        self.running: set[UUID] = set()
        """Runs that a thread is busy with."""
        self.taken = 0
        """How many runs were taken since the start."""
        self._client = client
        self._woken_by = {
            event: (deployment, served) for deployment, served in flows.items() for event in served.wakes_on
        }
        self._places = PrioritySlots(at_a_time)
        self._threads = stage_threads(at_a_time)
        self._offered: dict[UUID, asyncio.Task[None]] = {}
        self._waking: set[asyncio.Task[None]] = set()
        self._is_draining = False

    @property
    def waiting(self) -> int:
        """How many runs are known here and wait for a place; in Prefect they are Scheduled and can be cancelled."""
        return len(self._offered.keys() - self.running)

    def wake(self, event: Event) -> None:
        """Start the flow that an event wakes, without waiting for it; the same cause again is the same run."""
        inspection_id = event.resource.id.removeprefix(_RESOURCE)
        if event.event not in self._woken_by or not _is_of_a_force(inspection_id):
            # Not the name itself: anybody may have written it.
            _log.warning("event about nothing that is inspected", extra={"event": str(event.id)})
            return
        deployment, served = self._woken_by[event.event]
        task = asyncio.create_task(self._wake(deployment, served, inspection_id, _cause(event)))
        self._waking.add(task)
        task.add_done_callback(self._waking.discard)

    async def take_scheduled(self) -> None:
        """Take the runs that somebody started in Prefect's pages, the scheduler or the sweep, and that are due.

        Raises:
            httpx.HTTPError: the Prefect server cannot be reached.
        """
        due = await self._client.get_scheduled_flow_runs_for_deployments(
            deployment_ids=list(self.flows), scheduled_before=DateTime.now("UTC")
        )
        for run in due:
            self._offer(run)

    async def drain(self) -> None:
        """Take nothing more and wait for the runs that are under way; those that wait stay Scheduled in Prefect."""
        self._is_draining = True
        await asyncio.gather(*self._waking, return_exceptions=True)
        await asyncio.gather(*self._offered.values(), return_exceptions=True)
        self._threads.shutdown()

    async def _wake(self, deployment: UUID, served: Served, inspection_id: str, cause: str) -> None:
        async def create(state: State[Any]) -> FlowRun:
            return await self._client.create_flow_run_from_deployment(
                deployment,
                parameters={"inspection_id": inspection_id},
                state=state,
                name=run_name(inspection_id, served.name),
                idempotency_key=f"{inspection_id}/{served.name}/{cause}",
                tags=[*served.tags, *run_tags(inspection_id), STARTED_BY_EVENT],
            )

        try:
            # The stage before it, which emitted the event, is about to give its place back.
            if await self._places.take_within(_MOMENT_SECONDS, served.urgency):
                try:
                    if not self._is_draining:
                        await self._create_and_execute(create, served)
                        return
                finally:
                    self._places.give_back()
            self._offer(await create(Scheduled()))
        except PREFECT_AWAY as error:
            about = {"inspection": inspection_id, "flow": served.name, "error": type(error).__name__}
            _log.warning("woken in vain; the sweep will find it", extra=about)

    async def _create_and_execute(self, create: Callable[[State[Any]], Awaitable[FlowRun]], served: Served) -> None:
        # Created as taken, which spares a request. Only who created it finds these words in the answer.
        mine = self._taken()
        run = await create(mine)
        if run.state is not None and run.state.message == mine.message:
            await self._execute(run, served)

    def _offer(self, run: FlowRun) -> None:
        served = self.flows.get(run.deployment_id) if run.deployment_id else None
        is_waiting = run.state is not None and run.state.is_scheduled()
        if served is None or not is_waiting or run.id in self._offered or self._is_draining:
            return
        task = asyncio.create_task(self._take(run, served))
        self._offered[run.id] = task
        task.add_done_callback(lambda _task: self._offered.pop(run.id, None))

    async def _take(self, run: FlowRun, served: Served) -> None:
        must_wait = self._places.are_taken
        async with self._places.place(served.urgency):
            if self._is_draining:
                return
            try:
                # Prefect would grant Pending to a run that another runner has ended meanwhile.
                if must_wait and not await self._is_still_waiting(run):
                    return
                run.state = await propose_state(self._client, self._taken(), flow_run_id=run.id)
            except (Abort, *PREFECT_AWAY) as error:
                # Another runner has it, it was cancelled, or Prefect is away and the next look finds it again.
                _log.info("not taken", extra={"run": str(run.id), "flow": served.name, "why": type(error).__name__})
                return
            if run.state.is_pending():
                await self._execute(run, served)

    async def _execute(self, run: FlowRun, served: Served) -> None:
        self.running.add(run.id)
        self.taken += 1
        try:
            if not await asyncio.get_running_loop().run_in_executor(self._threads, run_here, served, run):
                await self._mark_crashed(run)
        finally:
            self.running.discard(run.id)

    async def _mark_crashed(self, run: FlowRun) -> None:
        state: State[Any] = Crashed(message="It could not be run; the log of the serving process says what went wrong")
        # Prefect may be what was away; then `abandoned.py` does this at one of the next looks.
        with suppress(Abort, *PREFECT_AWAY):
            await propose_state(self._client, state, flow_run_id=run.id)

    async def _is_still_waiting(self, run: FlowRun) -> bool:
        state = (await self._client.read_flow_run(run.id)).state
        return state is not None and state.is_scheduled()

    def _taken(self) -> State[Any]:
        return Pending(message=taken_by(self.name, uuid4().hex))


def _is_of_a_force(text: str) -> bool:
    try:
        return is_inspection_id(text) and bool(force_of(text))
    except NotFoundError:
        return False


def _cause(event: Event) -> str:
    """Return the entry that an event announces: announced twice, it is one cause."""
    entry = str(event.payload.get("entry"))
    return entry if re.fullmatch(SHA256_PATTERN.strip("^$"), entry) else str(event.id)
