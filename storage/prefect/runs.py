"""The runs of a flow that have not ended, as the sweep sees them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

from schemas.lifecycle.time_limits import STAGE_STARTED_AGAIN_AFTER

WAITING: Final = "Waiting"
"""Name of the state of a run that Prefect holds until the end of an embargo."""


@dataclass(frozen=True, slots=True)
class WaitingRun:
    """A run that Prefect holds until a time that is still to come."""

    id: str
    inspection: str
    until: dt.datetime
    """UTC."""


@dataclass(frozen=True, slots=True)
class UnendedRuns:
    """The runs of one flow that have not ended."""

    under_way: frozenset[str] = frozenset()
    """The inspections of those that are due or run, without those that hang."""
    waiting: tuple[WaitingRun, ...] = ()
    """Those that wait for an embargo: nothing is under way because of them."""

    @classmethod
    def told_by(cls, runs: Iterable[Mapping[str, Any]], now: dt.datetime) -> Self:
        """Sort the runs of a flow, as Prefect's API describes those that have not ended."""
        under_way: set[str] = set()
        waiting: list[WaitingRun] = []
        for run in runs:
            inspection, held_until = str(run["parameters"].get("inspection_id")), _held_until(run)
            if held_until is None or held_until <= now:
                under_way |= set() if _is_stale(run["state"], now) else {inspection}
            elif run["state"]["name"] == WAITING:  # another is one that a person wants to have later
                waiting.append(WaitingRun(str(run["id"]), inspection, held_until))
        return cls(frozenset(under_way), tuple(waiting))


def _held_until(run: Mapping[str, Any]) -> dt.datetime | None:
    at = run.get("next_scheduled_start_time")
    return dt.datetime.fromisoformat(at) if at and run["state"]["type"] == "SCHEDULED" else None


def _is_stale(state: Mapping[str, Any], now: dt.datetime) -> bool:
    since = dt.datetime.fromisoformat(state["timestamp"])
    return state["type"] != "SCHEDULED" and now - since > STAGE_STARTED_AGAIN_AFTER
