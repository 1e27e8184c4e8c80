"""The stage runner: it starts a flow run for each event and executes runs in threads of its own.

A runner takes a run by setting its state to `Pending`, which Prefect grants once, so two runners never execute one run;
even if they did, the ledger would refuse the second. The runs of a crashed runner stay `Pending` or `Running` until
another marks them Crashed (`stale_runs.py`); the sweep starts their stages again.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import logging
import re
import time
from collections.abc import Awaitable, Callable, Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID, uuid4
from weakref import WeakValueDictionary

import httpx
from prefect.exceptions import Abort, PrefectException
from prefect.states import Crashed, Pending, Scheduled
from prefect.utilities.callables import get_parameter_defaults
from prefect.utilities.engine import propose_state

from deployments.runner.flow_specs import FlowSpec
from deployments.runner.flow_threads import execute, flow_threads, prepare_thread
from deployments.runner.runner_id import taken_by
from deployments.runner.slots import PrioritySlots
from domain.lifecycle.approval import ON_TIME
from schemas.errors import NotFoundError
from schemas.identifiers import SHA256_PATTERN, is_inspection_id
from schemas.programme.forces import force_of
from storage.clock import exact_now, utc_now
from storage.prefect.api import REGISTER_CHANGED, STARTED_BY_EVENT, run_tags
from storage.prefect.runs import WAITING
from storage.settings import MAX_URGENT_RUNS

if TYPE_CHECKING:
    from prefect import State
    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import FlowRun
    from prefect.events import Event

PREFECT_AWAY: Final = (httpx.HTTPError, PrefectException, OSError)
"""What is raised when Prefect cannot be reached or refuses."""
Stands = Callable[[str | None, str], bool]
"""Tells whether an inspection, or the register, has an entry with a digest."""
_READERS: Final = 2
_MOMENT_SECONDS: Final = 0.5
"""How long a new run waits for a slot before it is created as Scheduled, which costs two more requests."""
_log = logging.getLogger("ncpi.runner")


class StageRunner:
    """Runs flows by priority, in a fixed number of slots."""

    def __init__(
        self, name: str, client: PrefectClient, flows: Mapping[UUID, FlowSpec], slots: int, stands: Stands
    ) -> None:
        """Run the given flows; nothing starts yet.

        Args:
            name: identity of this runner, by which others recognise the runs that it leaves behind.
            flows: by the id of their deployment.
            slots: how many runs are executed at a time.
            stands: tells whether an entry that an event names is in the ledger, since anybody may send events.
        """
        self.name = name
        self._stands = stands
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="ledger")
        """Apart from all other threads, so that many events keep nothing waiting but events."""
        self._queueing: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        """By the name of a run: held while one is queued because of an event, so that many events queue one."""
        self.use(flows)
        self.running: set[UUID] = set()
        """Runs that a thread executes now."""
        self.taken = 0
        """How many runs were taken since this runner started."""
        self._began = utc_now()
        self._client = client
        self._slots = PrioritySlots(slots, MAX_URGENT_RUNS)
        self._threads = flow_threads(slots + MAX_URGENT_RUNS)
        self._queued: dict[UUID, asyncio.Task[None]] = {}
        self._starting: set[asyncio.Task[None]] = set()
        self._began_by_clock: dict[str, float] = {}
        """When each flow with an interval last began here for everything; monotonic seconds."""
        self._is_draining = False

    def use(self, flows: Mapping[UUID, FlowSpec]) -> None:
        """Run these flows from now on, by the id of their deployment; one that is made again has another id."""
        self.flows = flows
        self._by_event = {event: (deployment, spec) for deployment, spec in flows.items() for event in spec.wakes_on}

    @property
    def waiting(self) -> int:
        """How many queued runs wait for a slot; in Prefect they are Scheduled and can be cancelled."""
        return len(self._queued.keys() - self.running)

    def wake(self, event: Event) -> None:
        """Start a run of the flow that listens to an event, without waiting for it; one cause starts one run."""
        is_of_register, entry = event.event == REGISTER_CHANGED, str(event.payload.get("entry"))
        inspection_id = None if is_of_register else event.resource.id.removeprefix("inspection.")
        is_ours = event.event in self._by_event and re.fullmatch(SHA256_PATTERN.strip("^$"), entry)
        if not is_ours or (inspection_id is not None and not _names_an_inspection(inspection_id)):
            # Without the name of the resource, which anybody may have written.
            _log.warning("event about no inspection", extra={"event": str(event.id)})
            return
        deployment, spec = self._by_event[event.event]
        task = asyncio.create_task(self._start(deployment, spec, inspection_id, entry))
        self._starting.add(task)
        task.add_done_callback(self._starting.discard)

    async def start_by_clock(self, paused: Collection[str] = ()) -> None:
        """Start each flow with an interval that has not begun here for two of them, or not yet.

        Prefect's schedule does it otherwise, unless somebody has altered that: what it says is not asked.

        Args:
            paused: names of the flows that people have paused, which are left alone.

        Raises:
            httpx.HTTPError: the Prefect server cannot be reached.
        """
        now = time.monotonic()
        for deployment, spec in self.flows.items():
            began = self._began_by_clock.get(spec.name)
            if spec.interval is None or spec.name in paused:
                continue
            if began is None or now - began > 2 * spec.interval.total_seconds():
                run = await self._client.create_flow_run_from_deployment(
                    deployment,
                    # All of them, for the deployment's own may have been altered in Prefect.
                    parameters=get_parameter_defaults(spec.flow.fn),
                    state=Scheduled(),
                    name=spec.run_name({}),
                    idempotency_key=f"{spec.name}/started/{self.name}/{uuid4()}",
                )
                self._began_by_clock[spec.name] = now
                self._queue(run)

    def forget_the_clock(self) -> None:
        """Let each flow with an interval begin at the next occasion."""
        self._began_by_clock.clear()

    async def queue_scheduled(self, within: float) -> float:
        """Queue the runs that are due: of a person in Prefect's pages, its scheduler, the sweep, or after an embargo.

        Args:
            within: how many seconds ahead to look.

        Returns:
            In how many seconds the next run is due; `within` if none is due before.

        Raises:
            httpx.HTTPError: the Prefect server cannot be reached.
        """
        found = await self._client.get_scheduled_flow_runs_for_deployments(
            deployment_ids=list(self.flows), scheduled_before=exact_now() + dt.timedelta(seconds=within)
        )
        now = exact_now()
        for run in found:
            held = _held_for(run, now)
            if held <= 0:
                self._queue(run)
            else:
                within = min(within, held)
                # Now, so that at the instant itself there is less to do, and many can begin together.
                self._threads.submit(prepare_thread)
        return within

    async def drain(self) -> None:
        """Take no more runs and wait for those that are being executed; the others stay Scheduled in Prefect."""
        self._is_draining = True
        await asyncio.gather(*self._starting, return_exceptions=True)
        await asyncio.gather(*self._queued.values(), return_exceptions=True)
        self._threads.shutdown()
        self._readers.shutdown()

    async def _start(self, deployment: UUID, spec: FlowSpec, inspection_id: str | None, entry: str) -> None:
        """Start a run because of an entry, if there is one, unless a run waits that will read it when it begins."""
        if not await asyncio.get_running_loop().run_in_executor(self._readers, self._stands, inspection_id, entry):
            _log.warning("event of no entry", extra={"inspection": inspection_id, "flow": spec.name})
            return
        parameters = {"inspection_id": inspection_id} if inspection_id else {}
        tags, name = run_tags(inspection_id) if inspection_id else (), str(spec.run_name(parameters))

        async def create(state: State[Any]) -> FlowRun:
            return await self._client.create_flow_run_from_deployment(
                deployment,
                parameters=parameters,
                state=state,
                name=name,
                idempotency_key=f"{inspection_id or 'register'}/{spec.name}/{entry}",
                tags=[*spec.tags, *tags, STARTED_BY_EVENT],
            )

        if self._waits(name):
            return
        try:
            # The stage that emitted the event is about to release its slot.
            if await self._slots.acquire_within(_MOMENT_SECONDS, spec.priority):
                try:
                    if not self._is_draining:
                        await self._create_and_execute(create, spec)
                        return
                finally:
                    self._slots.release()
            async with self._queueing.setdefault(name, asyncio.Lock()):
                # An entry that was announced before has a run that has ended, which is queued no more.
                if not self._waits(name):
                    self._queue(await create(Scheduled()))
        except PREFECT_AWAY as error:
            about = {"inspection": inspection_id, "flow": spec.name, "error": type(error).__name__}
            _log.warning("run not created; the sweep will retry", extra=about)

    async def _create_and_execute(self, create: Callable[[State[Any]], Awaitable[FlowRun]], spec: FlowSpec) -> None:
        # Created as taken, which spares a request. Where the run exists already, its state has another message.
        taken = self._pending()
        run = await create(taken)
        if run.state is not None and run.state.message == taken.message:
            await self._execute(run, spec)

    def _queue(self, run: FlowRun) -> None:
        spec = self.flows.get(run.deployment_id) if run.deployment_id else None
        is_scheduled = run.state is not None and run.state.is_scheduled()
        if spec is None or not is_scheduled or run.id in self._queued or self._is_draining:
            return
        task = asyncio.create_task(self._take(run, spec), name=run.name)
        self._queued[run.id] = task
        task.add_done_callback(lambda _task: self._queued.pop(run.id, None))

    def _waits(self, name: str) -> bool:
        """Return whether a run of this name is queued and has not begun: it reads the ledger when it does."""
        return any(task.get_name() == name and run not in self.running for run, task in self._queued.items())

    async def _take(self, run: FlowRun, spec: FlowSpec) -> None:
        waited_for_embargo = run.state is not None and run.state.name == WAITING
        must_wait = self._slots.are_taken(is_urgent=waited_for_embargo)
        async with self._slots.slot(spec.priority, is_urgent=waited_for_embargo):
            if self._is_draining:
                return
            try:
                # Prefect would grant Pending even for a run that another runner has completed meanwhile.
                if must_wait and not await self._is_still_scheduled(run):
                    return
                run.state = await propose_state(self._client, self._pending(), flow_run_id=run.id)
            except (Abort, *PREFECT_AWAY) as error:
                # Another runner has it, it was cancelled, or Prefect is unreachable and the next poll finds it again.
                _log.info("not taken", extra={"run": str(run.id), "flow": spec.name, "why": type(error).__name__})
                return
            if run.state.is_pending():
                if waited_for_embargo:
                    self._log_if_late(run)
                await self._execute(run, spec)

    async def _execute(self, run: FlowRun, spec: FlowSpec) -> None:
        self.running.add(run.id)
        self.taken += 1
        if spec.interval is not None and spec.run_name(run.parameters) == spec.run_name({}):
            self._began_by_clock[spec.name] = time.monotonic()
        try:
            if not await asyncio.get_running_loop().run_in_executor(self._threads, execute, spec, run):
                await self._mark_crashed(run)
        finally:
            self.running.discard(run.id)

    def _log_if_late(self, run: FlowRun) -> None:
        due, now = run.next_scheduled_start_time, utc_now()
        if due is not None and now - due > ON_TIME:
            why = "no runner was up" if due < self._began else "Prefect or this runner was away or busy"
            about = {"run": str(run.id), "run_name": run.name, "seconds": int((now - due).total_seconds()), "why": why}
            _log.warning("embargo ended before this", extra=about)

    async def _mark_crashed(self, run: FlowRun) -> None:
        state: State[Any] = Crashed(message="It could not be run; the log of the runner says why")
        # If Prefect is unreachable, `stale_runs.py` does this at one of the next polls.
        with suppress(Abort, *PREFECT_AWAY):
            await propose_state(self._client, state, flow_run_id=run.id)

    async def _is_still_scheduled(self, run: FlowRun) -> bool:
        state = (await self._client.read_flow_run(run.id)).state
        return state is not None and state.is_scheduled()

    def _pending(self) -> State[Any]:
        return Pending(message=taken_by(self.name, uuid4().hex))


def _held_for(run: FlowRun, now: dt.datetime) -> float:
    """Return for how many seconds Prefect still holds a run; 0 or less for one that is due."""
    return (run.next_scheduled_start_time - now).total_seconds() if run.next_scheduled_start_time else 0.0


def _names_an_inspection(text: str) -> bool:
    try:
        return is_inspection_id(text) and bool(force_of(text))
    except NotFoundError:
        return False
