"""The runs of a flow that have not ended, as the sweep sees them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

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
