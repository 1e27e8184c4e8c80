"""Start the stages whose events were lost: read the newest entry of each ledger and start whose turn it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final, Protocol

from domain.lifecycle.board import standing
from domain.lifecycle.history import History
from schemas.errors import NcpiError, NotFoundError
from schemas.lifecycle.stages import STAGES
from storage.record.ledger import Ledger

_TURNS: Final = frozenset(turn.state for stage in STAGES for turn in stage.turns)


class Starter(Protocol):
    """Starts runs of flows."""

    def start(self, flow: str, inspection_id: str, *, cause: str) -> str:
        """Start a run for an inspection, once for each cause, and return its id."""

    def under_way(self, flow: str, now: dt.datetime) -> frozenset[str]:
        """Return the inspections for which a run of a flow waits or runs.

        Raises:
            NotFoundError: the flow has no deployment.
        """


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did."""

    inspections: int
    started: tuple[str, ...] = ()
    """`<inspection>: <stage>` for each run that was started."""
    failed: tuple[str, ...] = ()
    """Why some inspections could not be read."""
    missing: tuple[str, ...] = ()
    """Why some stages could not be started: somebody has deleted their deployment in Prefect's pages."""


def sweep(ledger: Ledger, starter: Starter, now: dt.datetime, *, grace: dt.timedelta) -> Swept:
    """Start every stage that is due, once in each grace period, and report the inspections that could not be read.

    Args:
        grace: time that an event has to start a stage before the sweep does.
    """
    # Otherwise the sweep of a busy system would start again what only waits for its turn, and make it busier.
    under_way: dict[str, frozenset[str]] = {}
    missing: list[str] = []
    for stage in STAGES:
        try:
            under_way[stage.name] = starter.under_way(stage.name, now)
        except NotFoundError as error:
            missing.append(str(error))
    started: list[str] = []
    failed: list[str] = []
    inspections = 0
    # A killed run is started again in the next period; a slow one is not doubled in this one.
    period = int(now.timestamp() // max(grace.total_seconds(), 1))
    for inspection_id, read in ledger.histories_in(_TURNS):
        inspections += 1
        due = _due(read, now, grace) if read is not None else None
        if isinstance(due, NcpiError):
            # One broken ledger must not keep the others waiting; `ncpi audit verify` reports it in full.
            failed.append(str(due))
        elif due in under_way and isinstance(read, History) and inspection_id not in under_way[due]:
            starter.start(due, inspection_id, cause=f"{read.head}/{due}/{period}")
            started.append(f"{inspection_id}: {due}")
    return Swept(inspections, tuple(started), tuple(failed), tuple(missing))


def _due(read: History | NcpiError, now: dt.datetime, grace: dt.timedelta) -> str | NcpiError | None:
    """Return the stage that should have been started by now, or the error that hides it."""
    if isinstance(read, NcpiError):
        return read
    try:
        row = standing(read, now)
    except NcpiError as error:
        return error
    is_due = row.is_ready and row.changed_at is not None and now - row.changed_at >= grace
    return row.stage if is_due else None
