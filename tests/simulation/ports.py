"""The product's ports over the simulation: each call may be the last thing that its process does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, Final

from domain.lifecycle.history import Recorded
from storage.prefect.api import event_of
from storage.prefect.runs import UnendedRuns, WaitingRun
from storage.s3.versions import StoredVersion
from tasks.guard import PAUSES, TRANSIENT
from tasks.steps import Steps
from tests.support.memory import MemoryObjects

if TYPE_CHECKING:
    from tests.simulation.simulation import Simulation

TRIED_AGAIN: Final = (
    "read_history",
    "read_register",
    "read_seals",
    "read_seal",
    "check_return",
    "store_document",
    "store_draft",
    "store_plan",
    "publish",
    "withdraw",
    "refresh_index",
    "restore_index",
    "end_links",
    "append",
    "announce",
)
"""The steps that Prefect tries again after an error that may pass; test_simulation.py holds this to the real list."""


class SimulatedObjects(MemoryObjects):
    """A bucket whose calls the simulation schedules and spoils."""

    def __init__(self, bucket: str, simulation: Simulation, created: Callable[[str, bytes], None]) -> None:
        super().__init__()
        self._bucket = bucket
        self._simulation = simulation
        self._created = created

    def create(self, key: str, data: bytes, media_type: str) -> bool:
        def effect() -> bool:
            is_new = super(SimulatedObjects, self).create(key, data, media_type)
            if is_new:
                self._created(key, data)
            return is_new

        return self._simulation.call(f"{self._bucket}.create", effect, when_tried_again=False)

    def replace(self, key: str, data: bytes, media_type: str, *, expected: bytes) -> bool:
        def effect() -> bool:
            return super(SimulatedObjects, self).replace(key, data, media_type, expected=expected)

        return self._simulation.call(f"{self._bucket}.replace", effect, when_tried_again=False)

    def overwrite(self, key: str, data: bytes, media_type: str, **headers: str) -> None:
        def effect() -> None:
            super(SimulatedObjects, self).overwrite(key, data, media_type, **headers)
            self._created(key, data)

        self._simulation.call(f"{self._bucket}.overwrite", effect)

    def remove(self, key: str) -> None:
        self._simulation.call(f"{self._bucket}.remove", lambda: super(SimulatedObjects, self).remove(key))

    def read(self, key: str) -> bytes:
        return self._simulation.call(f"{self._bucket}.read", lambda: super(SimulatedObjects, self).read(key))

    def versions(self, prefix: str) -> Iterator[StoredVersion]:
        listed = lambda: list(super(SimulatedObjects, self).versions(prefix))  # noqa: E731
        return iter(self._simulation.call(f"{self._bucket}.versions", listed))


class SimulatedPrefect:
    """Announces entries on the bus and starts runs for the sweep, once for each cause, as Prefect does."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._causes: set[str] = set()

    def announce(self, recorded: Recorded) -> bool:
        try:
            return self._simulation.call("prefect.announce", lambda: self._simulation.send(event_of(recorded)))
        except TRANSIENT:
            return False  # the port never raises for a lost event

    def start(self, flow: str, inspection_id: str, *, cause: str, at: dt.datetime | None = None) -> str:
        def effect() -> str:
            if cause not in self._causes:
                self._causes.add(cause)
                if at is None:
                    self._simulation.start_stage(flow, inspection_id)
                else:
                    self._simulation.hold_stage(flow, inspection_id, at)
            return cause

        return self._simulation.call("prefect.start", effect)

    def unended(self, flow: str, now: dt.datetime) -> UnendedRuns:
        return self._simulation.call("prefect.unended", lambda: self._simulation.unended(flow, now))

    def end_waiting(self, run: WaitingRun) -> None:
        self._simulation.call("prefect.end_waiting", lambda: self._simulation.end_waiting(run))


class SimulatedSteps(Steps):
    """The steps, tried again as Prefect tries a task again, without the pauses."""


def _tried_again(name: str) -> Callable[..., Any]:
    def try_again(steps: SimulatedSteps, *arguments: Any, **named: Any) -> Any:
        step = getattr(Steps, name)  # now, for a bug may be planted in it
        for _ in PAUSES:
            try:
                return step(steps, *arguments, **named)
            except TRANSIENT:
                continue
        return step(steps, *arguments, **named)

    return try_again


for _name in TRIED_AGAIN:
    setattr(SimulatedSteps, _name, _tried_again(_name))
