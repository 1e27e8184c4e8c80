"""The product's own desk, stages and sweep, each step of each chosen by a seed, against models of S3, Prefect and time.

Workers (runs of stages, sweeps, people) are greenlets that give way at each call of a port. The seed decides who goes
on, what fails, what dies, which events are lost, doubled, delayed or forged. After the faults have stopped, one sweep
must be enough for everything that a person does not have to do.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import random
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, TypeVar

from greenlet import getcurrent, greenlet

from audit.verification import verify
from desk.acts.context import DeskContext
from domain.lifecycle.accuracy import check_under_way
from domain.lifecycle.approval import latest_draft
from domain.lifecycle.board import standing
from domain.lifecycle.history import History
from domain.people.register import StoredRecord
from domain.sealing.note import verifier_key_of
from domain.signing import sign, sign_entry
from flows.stage_run import Waiting, run_stage
from schemas.errors import AlreadyWrittenError, LedgerError
from schemas.identifiers import digest_of
from schemas.lifecycle.entry import Fact, UnsignedEntry
from schemas.lifecycle.moves import Kind, State
from schemas.lifecycle.stages import STAGES
from schemas.people.register import Revoked
from schemas.people.roles import Role
from storage import keys
from storage.prefect.api import REGISTER_CHANGED, event_of, event_of_record
from storage.prefect.runs import WAITING, UnendedRuns, WaitingRun
from storage.prefect.sweep import SWEPT_AT_ONCE, sweep
from storage.record.accuracy_copies import AccuracyCopies
from storage.record.artefacts import Artefacts
from storage.record.ledger import Ledger
from storage.record.public import Public
from storage.record.register import RegisterStore
from storage.record.stores import Stores
from storage.s3.read_cache import ReadCache
from storage.sealing.sealer import Sealer
from storage.settings import ORIGIN
from tasks.guard import TRANSIENT
from tests.simulation.faults import NEVER, ByChance, Died, Fault, Planned, Rates, passing_error
from tests.simulation.people import LIAISONS, OTHER_HMI, People, Returns
from tests.simulation.ports import SimulatedObjects, SimulatedPrefect, SimulatedSteps
from tests.simulation.promises import BrokenPromiseError, Promises
from tests.support.memory import MemoryObjects
from tests.support.people import FIRST_ADMIN, PEOPLE, SERVICE, Book, key_for
from tests.support.verifying import holdings_of
from tests.support.world import HMI, MAKES, examine_once

if TYPE_CHECKING:
    from tests.simulation.faults import Faults

T = TypeVar("T")


@functools.cache
def _register() -> tuple[bytes, ...]:
    """Take in those alone who act here, for each sealing reads all of it."""
    book = Book()
    book.found(seal_key=str(verifier_key_of(ORIGIN, key_for("seals"))))
    for person in ("pat.howells", "ruth.davies", "dru.sharpling", "wendy.williams", "robin.ellis"):
        book.welcome(person, *PEOPLE[person])
    for force, liaison in LIAISONS.items():
        book.welcome(liaison, Role.FORCE_LIAISON, force=force)
    return tuple(book.stored)


def _always() -> bool:
    return True


_SHARE_OF_SWEEPS_WITH_A_SEAL: Final = 0.05
_SHARE_OF_TRICKS: Final = 0.02
_SHARE_OF_LEAVING: Final = 0.2
_SHARE_OF_QUICK_THIEVES: Final = 0.5
_MAX_FORGED: Final = 2
FORGEABLE: Final = {State.REPORT_DRAFTED: Kind.REPORT_APPROVED, State.REVIEW_DRAFTED: Kind.REVIEW_APPROVED}
GRACE: Final = dt.timedelta(minutes=15)
_MAX_STEPS: Final = 20_000
_MAX_DELAY: Final = dt.timedelta(minutes=30)
_FAR_AHEAD: Final = dt.datetime(2099, 1, 1, tzinfo=dt.UTC)


def _described(run: WaitingRun, state: str) -> dict[str, Any]:
    """Describe a scheduled run as Prefect's API does."""
    return {
        "id": run.id,
        "parameters": {"inspection_id": run.inspection},
        "state": {"type": "SCHEDULED", "name": state, "timestamp": run.until.isoformat()},
        "next_scheduled_start_time": run.until.isoformat(),
    }


class Simulation:
    """One world, from nothing to every inspection's published review."""

    def __init__(self, seed: int, returns: Mapping[str, Returns], *, planned: Planned | None = None) -> None:
        """Make a world.

        Args:
            planned: what goes wrong; by chance when left out.
        """
        self.seed = seed
        self.final = ""
        self.random = random.Random(seed)
        self.now = dt.datetime(2026, 3, 1, 9, 0, tzinfo=dt.UTC)
        self.counts: Counter[str] = Counter()
        self.met: dict[tuple[str, str], list[int]] = defaultdict(list)
        """The numbers of all calls that may go wrong, by what was being done and the port that was called."""
        self._rates = NEVER if planned else Rates()
        self._faults: Faults = planned or ByChance(self.random, self._rates.fault)
        self._has_faults = True
        self._doing: dict[greenlet, str] = {}
        self.calls = 0
        self._conductor = getcurrent()
        self._workers: list[greenlet] = []
        self._people: list[greenlet] = []
        self._waits_until: dict[greenlet, Callable[[], bool]] = {}
        self._stage_of: dict[greenlet, tuple[str, str]] = {}
        self._bus: list[tuple[dt.datetime, dict[str, Any]]] = []
        self._held: list[tuple[str, WaitingRun]] = []
        self._forged: list[tuple[str, WaitingRun]] = []
        """Runs that somebody has scheduled in Prefect for a time that none of this will see."""
        self._next_sweep = self.now + GRACE
        self.hmi = HMI
        """The HM Inspector who decides; in some worlds she leaves, and a thief has her key."""
        self.acting = 0
        """How many people are in the midst of an act."""
        self._has_left = False
        private = SimulatedObjects("private", self, lambda _key, _data: None)
        self.promises = Promises(lambda key: MemoryObjects.read(private, key), lambda: self.now)
        ledger = SimulatedObjects("ledger", self, self.promises.entry_created)
        public = SimulatedObjects("public", self, self.promises.public_created)
        self.buckets = {"ledger": ledger, "private": private, "public": public}
        # Every third world reads everything from the server each time, as processes that have just been started do.
        cache = ReadCache() if seed % 3 else None
        for seq, data in enumerate(_register()):
            MemoryObjects.create(ledger, keys.register_record(seq), data, "application/json")
        register = RegisterStore(ledger, ReadCache())
        self.stores = Stores(
            Ledger(ledger, cache), Artefacts(private), AccuracyCopies(private), Public(public, cache), register
        )
        self._prefect = SimulatedPrefect(self)
        self.context = DeskContext(self.stores, self._prefect, examine_once, lambda: self.now)
        self.steps = SimulatedSteps(self.stores, self._prefect, examine_once, lambda: self.now, SERVICE)
        self._inspections = tuple(returns)
        for inspection in returns:
            for _ in range(2):
                self._people.append(greenlet(People(self, inspection, returns[inspection]).live, self._conductor))

    @property
    def histories(self) -> Mapping[str, History]:
        """What every ledger holds, as anybody could read it."""
        return self.promises.histories

    def run(self, faulty_calls: int) -> str:
        """Live through it all, with faults in so many calls of ports; give the digest of everything that was stored.

        Raises:
            BrokenPromiseError: something happened that must not, or did not happen that must.
        """
        self._step_while(lambda: self.calls < faulty_calls and self._goes_on)
        self._has_faults = False
        self._require_that_one_sweep_is_enough()
        self._step_while(lambda: self._goes_on)
        self._check_the_end()
        return self.digest()

    @property
    def _goes_on(self) -> bool:
        return bool(self._people or self._workers or self._bus)

    def _step_while(self, goes_on: Callable[[], bool]) -> None:
        for _ in range(_MAX_STEPS):
            if not goes_on():
                return
            self._step()
        self._break("did not come to an end")

    def digest(self) -> str:
        """Return one digest of all buckets, every version of every key."""
        whole = hashlib.sha256()
        for name, bucket in self.buckets.items():
            # The names of copies for forces are chosen at random, and their bytes are those of drafts.
            for key in sorted(one for one in bucket.stored if not one.startswith(keys.ACCURACY_PREFIX)):
                for data in bucket.stored[key]:
                    whole.update(f"{name}/{key} {hashlib.sha256(data).hexdigest()}\n".encode())
        return whole.hexdigest()

    def call(self, port: str, effect: Callable[[], T], *, when_tried_again: T | None = None) -> T:
        """Let a worker call a port: others may go first, and it may go wrong in every way it can."""
        if getcurrent() is self._conductor:
            return effect()  # the simulation itself looks at the end
        self._conductor.switch()
        self.counts[port] += 1
        fault = self._fault_of(port) if self._has_faults else Fault.NONE
        if fault is Fault.NONE:
            return effect()
        self.counts[f"fault: {fault}"] += 1
        return self._spoil(fault, port, effect, when_tried_again)

    def _fault_of(self, port: str) -> Fault:
        self.met[self._doing[getcurrent()], port].append(self.calls)
        self.calls += 1
        return self._faults.at(self.calls - 1)

    def _spoil(self, fault: Fault, port: str, effect: Callable[[], T], when_tried_again: T | None) -> T:
        if fault is Fault.DIE_BEFORE:
            raise Died
        if fault in {Fault.ERROR_BEFORE, Fault.OUTAGE}:
            raise passing_error(fault, port)
        result = effect()
        if fault is Fault.DIE_AFTER:
            raise Died
        if fault is Fault.ERROR_AFTER:
            raise passing_error(fault, port)
        return result if when_tried_again is None else when_tried_again

    def do(self, what: str) -> None:
        """Say what the running worker does now."""
        self._doing[getcurrent()] = what

    def wait(self, until: Callable[[], bool]) -> None:
        """Let a person wait until there is something to do."""
        self._waits_until[getcurrent()] = until
        self._conductor.switch()
        del self._waits_until[getcurrent()]

    def count(self, what: str) -> None:
        """Count something that a run is expected to meet."""
        self.counts[what] += 1

    def send(self, event: dict[str, Any]) -> bool:
        """Put an event on the bus, or lose it, or put it there twice; tell whether its sender thinks it is there."""
        if self._has_faults and self.random.random() < self._rates.lost:
            self.counts["event lost"] += 1
            return self.random.random() < 0.5
        copies = 2 if self._has_faults and self.random.random() < self._rates.doubled else 1
        for _ in range(copies):
            delay = self.random.random() * _MAX_DELAY if self._has_faults else dt.timedelta()
            self._bus.append((self.now + delay, event))
        return True

    def start_stage(self, flow: str, inspection: str) -> None:
        """Begin a run of a stage."""
        stage = next(one for one in STAGES if one.name == flow)

        def run() -> None:
            self.do(f"stage {flow}")
            try:
                outcome = run_stage(stage, inspection, MAKES[flow], self.steps)
            except TRANSIENT:
                self.count("stage met an error")
            except LedgerError:
                # It may have been set aside since the stage read it.
                if not any(one.digest in self.promises.forged for one in self.histories[inspection].recorded):
                    raise
                self.count("forgery was refused")
            else:
                self.count(f"stage: {outcome.result}")
                if isinstance(outcome.made, Waiting):
                    self.hold_stage(flow, inspection, outcome.made.until)

        worker = self._begin(run)
        self._stage_of[worker] = (flow, inspection)

    def hold_stage(self, flow: str, inspection: str, until: dt.datetime) -> None:
        """Hold a run until an embargo ends, as Prefect does; one run is enough."""
        if not any((of, one.inspection, one.until) == (flow, inspection, until) for of, one in self._held):
            self.counts["run held"] += 1
            self._held.append((flow, WaitingRun(f"run {self.counts['run held']}", inspection, until)))

    def end_waiting(self, run: WaitingRun) -> None:
        """End a run that waits, if it still does."""
        self.counts["held run ended"] += 1
        self._held = [(flow, one) for flow, one in self._held if one != run]

    def unended(self, flow: str, now: dt.datetime) -> UnendedRuns:
        """Name the inspections for which a stage is running, and the runs of it that wait."""
        under_way = {of for worker, (name, of) in self._stage_of.items() if name == flow and not worker.dead}
        held = [_described(run, WAITING) for of, run in self._held if of == flow]
        forged = [_described(run, "Scheduled") for of, run in self._forged if of == flow]
        told = UnendedRuns.told_by([*held, *forged], now)
        return UnendedRuns(told.under_way | under_way, told.waiting)

    def _may_leave(self) -> bool:
        """Let the HM Inspector leave: another takes over, and once all that she signed is sealed, she is revoked."""
        if self._has_left or (self.hmi is HMI and self.random.random() > _SHARE_OF_LEAVING):
            return False
        self.hmi = OTHER_HMI
        person = HMI.actor.person
        if self.acting or self.promises.unsealed_by(person):
            return False
        self._has_left = True
        self.counts["left"] += 1
        register = self.stores.register.read()
        record = register.next_record(Revoked(reason="left the service"), by=FIRST_ADMIN, subject=person, at=self.now)
        signed = record.model_copy(update={"signatures": (sign(key_for(FIRST_ADMIN), record.statement),)})
        key = keys.register_record(signed.seq)
        MemoryObjects.create(self.buckets["ledger"], key, signed.to_bytes(), "application/json")
        self.promises.left = key
        self.send(event_of_record(StoredRecord(signed, digest_of(signed.to_bytes()))))
        if self.random.random() < _SHARE_OF_QUICK_THIEVES:
            self._may_forge()  # before anything is sealed
        return True

    def _may_forge(self) -> bool:
        """Let the thief approve a draft with the key of who has left, dated before she did."""
        waiting = [history for history in self.histories.values() if history.state in FORGEABLE]
        if not waiting or self.counts["approval forged"] >= _MAX_FORGED:
            return False
        history = self.random.choice(waiting)
        draft = latest_draft(history)
        at = self.stores.register.read().records[-1].at - dt.timedelta(seconds=self.random.randrange(1, 60))
        facts: dict[str, Fact] = {
            "decision": "approved",
            "draft": draft.entry.document.sha256 if draft.entry.document else "",
            "embargo": at.isoformat(),
        }
        made = history.next_entry(
            FORGEABLE[history.state],
            at=self.now,
            signer=HMI,
            document=draft.entry.document,
            facts=facts,
            because=draft.digest,
        )
        content = {name: value for name, value in dict(made).items() if name != "signature"}
        forged = sign_entry(UnsignedEntry(**{**content, "at": at}), HMI)
        self.counts["approval forged"] += 1
        self.promises.forged.add(digest_of(forged.to_bytes()))
        key = keys.ledger_entry(forged.inspection, forged.seq)
        self.buckets["ledger"].create(key, forged.to_bytes(), "application/json")
        event = event_of(self.histories[forged.inspection].recorded[-1])
        self.send(event)
        return True

    def _begin(self, act: Callable[[], None]) -> greenlet:
        def live() -> None:
            try:
                act()
            except Died:
                self.count("run died")

        worker = greenlet(live, self._conductor)
        self._workers.append(worker)
        return worker

    def _sweep(self) -> None:
        self._next_sweep = self.now + GRACE
        self._begin_sweep()
        if self.random.random() < _SHARE_OF_SWEEPS_WITH_A_SEAL:
            for _ in range(self.random.choice((1, 1, 2))):
                self._begin(self._seal)

    def _begin_sweep(self, only: str | None = None) -> None:
        def run() -> None:
            self.do("sweep")
            try:
                swept = sweep(self.stores.ledger, self._prefect, self.now, grace=GRACE, only=only)
                if only is None:
                    self.steps.end_links()
                    self.steps.restore_index()
            except TRANSIENT:
                self.count("sweep met an error")
                return
            if swept.failed:
                self._break(f"the sweep could not read: {swept.failed}")

        self._begin(run)

    def _seal(self) -> None:
        """Seal what is new, as a sealing process that has just been started; two may race."""
        self.do("seal")
        try:
            self._sealer().seal()
        except TRANSIENT:
            self.count("seal met an error")
        except AlreadyWrittenError:
            self.count("seal came too late")
        else:
            self.count("sealed")

    def _sealer(self) -> Sealer:
        return Sealer(self.buckets["ledger"], ORIGIN, key_for("seals"), lambda: self.now)

    def _step(self) -> None:
        if self.now >= self._next_sweep:
            self._sweep()
            return
        if self._has_faults and self.random.random() < self._rates.forged / 10:
            self.count("event forged")
            flow, inspection = self.random.choice(STAGES).name, self.random.choice(self._inspections)
            self.start_stage(flow, inspection)
            # Whoever has the login does it for every stage of every inspection.
            self._forged = [
                (stage.name, WaitingRun("forged", one, _FAR_AHEAD)) for stage in STAGES for one in self._inspections
            ]
        if self.random.random() < _SHARE_OF_TRICKS and (self._may_forge() if self._has_left else self._may_leave()):
            return
        due = [place for place, (when, _) in enumerate(self._bus) if when <= self.now]
        ready = [*self._workers, *(one for one in self._people if self._waits_until.get(one, _always)())]
        if due and (not ready or self.random.random() < 0.3):
            self._deliver(self._bus.pop(self.random.choice(due))[1])
        elif self.random.random() < 0.1 and self._begin_held():
            pass
        elif ready and self.random.random() < 0.97:
            self._resume(self.random.choice(ready))
        else:
            self.now += dt.timedelta(seconds=self.random.randrange(1, 600))

    def _deliver(self, event: dict[str, Any]) -> None:
        for stage in () if event["event"] == REGISTER_CHANGED else STAGES:
            if event["event"] in {kind.event for kind in stage.wakes_on}:
                self.start_stage(stage.name, event["payload"]["inspection"])
        if event["event"] == REGISTER_CHANGED:
            self._begin(self._seal)
            return
        if event["event"] in {kind.event for kind in SWEPT_AT_ONCE}:
            self._begin_sweep(event["payload"]["inspection"])

    def _begin_held(self) -> bool:
        """Begin a run whose embargo has ended, and return whether there was one."""
        place = next((place for place, (_, run) in enumerate(self._held) if run.until <= self.now), None)
        if place is None:
            return False
        flow, run = self._held.pop(place)
        self.start_stage(flow, run.inspection)
        return True

    def _resume(self, worker: greenlet) -> None:
        worker.switch()
        if not worker.dead:
            return
        self._stage_of.pop(worker, None)
        self._doing.pop(worker, None)
        (self._workers if worker in self._workers else self._people).remove(worker)

    def _require_that_one_sweep_is_enough(self) -> None:
        self._finish_workers()
        self._sealer().seal()  # as it does every few minutes
        self.now += GRACE
        self._sweep()
        self._finish_workers()
        for inspection, history in self.histories.items():
            self._require_that_links_ended(history)
            here = standing(history, self.now)
            if self.promises.forgeries_in(history):
                continue  # it waits for two people
            if here.is_ready:
                self._break(f"{inspection}: one sweep after the last fault {here.stage} has not run")
            held = [(flow, run.until) for flow, run in self._held if run.inspection == inspection]
            if held != ([(here.stage, here.waits_for.embargo)] if here.waits_for.embargo else []):
                self._break(
                    f"{inspection}: one sweep after the last fault {held} is held, and it stands as {here.next}"
                )

    def _require_that_links_ended(self, history: History) -> None:
        """Every copy that stands is for the check that the force may answer now."""
        check = check_under_way(history, self.now)
        standing_copies = self.stores.accuracy_copies.standing(keys.accuracy_copies(history.inspection_id))
        if any(check is None or check.digest not in key for key in standing_copies):
            self._break(f"{history.inspection_id}: a link to a draft outlives the check that it was for")

    def _finish_workers(self) -> None:
        for _ in range(_MAX_STEPS):
            if not self._workers and not self._bus and not self._begin_held():
                return
            if self._bus:
                self._deliver(self._bus.pop(0)[1])
            else:
                self._resume(self._workers[0])
        self._break("runs did not come to an end")

    def _check_the_end(self) -> None:
        self.promises.check_acknowledged()
        sealed = self._sealer().seal()
        if sealed.broken or sealed.entries != self.promises.sealable(self.buckets["ledger"].stored):
            self._break(f"not everything is sealed at the end: {sealed}")
        for inspection in self._inspections:
            history = self.histories[inspection]
            if history.state is not State.COMPLETE:
                self._break(f"{inspection} ended as {history.state.value!r}")
            self._require_that_links_ended(history)
        # All at once: each inspection, and what is public of none.
        if faults := verify(holdings_of(self.stores)).faults:
            self._break(f"{faults}")

    def _break(self, what: str) -> None:
        message = f"seed {self.seed}: {what}"
        raise BrokenPromiseError(message)
