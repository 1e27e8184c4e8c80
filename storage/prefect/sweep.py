"""Find what events missed: read every ledger and start the stage whose turn it is. Needs no memory of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Protocol

from domain.lifecycle.board import standing
from domain.lifecycle.history import History
from schemas.errors import NcpiError
from schemas.lifecycle.stages import STAGES

if TYPE_CHECKING:
    import datetime as dt

    from storage.record.ledger import Ledger


_TURNS: Final = frozenset(turn.state for stage in STAGES for turn in stage.turns)


class Starter(Protocol):
    """What can start a run of a flow."""

    def start(self, flow: str, inspection_id: str, *, cause: str) -> str:
        """Start a run for an inspection, the same one for the same cause, and give its id."""
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
    # Without this a sweep of a busy system would start again what only waits its turn, and make it busier.
    under_way = {stage.name: starter.under_way(stage.name, now) for stage in STAGES}
    started: list[str] = []
    failed: list[str] = []
    inspections = 0
    # One start a period: a killed run is started again in the next, a slow one is not doubled in this.
    period = int(now.timestamp() // max(grace.total_seconds(), 1))
    for inspection_id, read in ledger.histories_in(_TURNS):
        inspections += 1
        stage = _due(read, now, grace) if read is not None else None
        if isinstance(stage, NcpiError):
            # One broken ledger must not keep the others waiting; it is reported, and `ncpi audit verify` names it.
            failed.append(str(stage))
        elif stage and isinstance(read, History) and inspection_id not in under_way[stage]:
            starter.start(stage, inspection_id, cause=f"{read.head}/{stage}/{period}")
            started.append(f"{inspection_id}: {stage}")
    return Swept(inspections, tuple(started), tuple(failed))


def _due(read: History | NcpiError, now: dt.datetime, grace: dt.timedelta) -> str | NcpiError | None:
    """Name the stage that should have been started by now; or say why that cannot be told."""
    if isinstance(read, NcpiError):
        return read
    try:
        here = standing(read, now)
    except NcpiError as error:
        return error
    is_due = here.is_ready and here.changed_at is not None and now - here.changed_at >= grace
    return here.stage if is_due else None
