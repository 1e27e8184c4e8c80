"""Find what events missed: read every ledger and start the stage whose turn it is. Needs no memory of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from domain.board import standing
from schemas.errors import InspectionError
from schemas.stages import STAGES

if TYPE_CHECKING:
    import datetime as dt

    from storage.ledger import Ledger


class Starter(Protocol):
    """What can start a run of a flow."""

    def start(self, flow: str, parameters: dict[str, str], *, cause: str) -> str:
        """Start a run, the same one for the same cause, and give its id."""
        ...

    def under_way(self, flow: str, now: dt.datetime) -> frozenset[str]:
        """Name the inspections for which a run of a flow is waiting or running."""
        ...


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found."""

    inspections: int
    started: tuple[str, ...] = ()
    """`<inspection>: <stage>` for each run that was started."""
    failed: tuple[str, ...] = field(default=())
    """What is wrong with the inspections that could not be looked at."""


def sweep(ledger: Ledger, starter: Starter, now: dt.datetime, *, grace: dt.timedelta) -> Swept:
    """Start every stage that is due, once for each grace period, and report what could not be read.

    Args:
        grace: how long an event is given to start a stage before the sweep does.
    """
    inspections = ledger.inspections()
    # Without this a sweep of a busy system would start again what only waits its turn, and make it busier.
    under_way = {stage.name: starter.under_way(stage.name, now) for stage in STAGES}
    started: list[str] = []
    failed: list[str] = []
    for inspection_id in inspections:
        try:
            history = ledger.history(inspection_id)
            here = standing(history, now)
        except InspectionError as error:
            # One broken ledger must not keep the others waiting; it is reported, and `ncpi verify` names the entry.
            failed.append(str(error))
            continue
        if here.stage is None or not here.is_ready or here.changed_at is None or now - here.changed_at < grace:
            continue
        if inspection_id in under_way[here.stage]:
            continue
        # One start a period: a killed run is started again in the next, a slow one is not doubled in this.
        period = int(now.timestamp() // max(grace.total_seconds(), 1))
        starter.start(here.stage, {"inspection_id": inspection_id}, cause=f"{history.head}/{here.stage}/{period}")
        started.append(f"{inspection_id}: {here.stage}")
    return Swept(len(inspections), tuple(started), tuple(failed))
