"""The audit report of the whole programme, made from those of its inspections."""

from __future__ import annotations

import datetime as dt
import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from audit.report.selection import EVERYTHING, Selection
from schemas.audit.check import RecordCheck
from schemas.audit.report import (
    BoardLine,
    InspectionChanges,
    InspectionTrail,
    ProgrammeHold,
    ProgrammeRefusal,
    ProgrammeTrail,
    StateCount,
    Unreadable,
)
from schemas.lifecycle.moves import State

MAX_REFUSALS: Final = 1_000
"""Refusals that are listed, the newest; each inspection's own report has its own."""
_IN_ORDER: Final = {state.value: place for place, state in enumerate(State)}


@dataclass(slots=True)
class _Programme:
    board: list[BoardLine] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    holds: list[ProgrammeHold] = field(default_factory=list)
    refusals: list[ProgrammeRefusal] = field(default_factory=list)
    changes: list[InspectionChanges] = field(default_factory=list)
    refused: int = 0

    def take(self, trail: InspectionTrail, selection: Selection) -> None:
        if trail.standing is not None:
            self.board.append(trail.standing)
        if trail.fault is not None:
            self.unreadable.append(Unreadable(inspection=trail.inspection, fault=trail.fault))
        named = {"inspection": trail.inspection}
        self.holds += [ProgrammeHold(**dict(hold) | named) for hold in trail.holds if hold.followed_by is None]
        self.refusals += [ProgrammeRefusal(**dict(one) | named) for one in selection.of(trail.refusals)]
        if trail.changes:
            self.changes.append(
                InspectionChanges(
                    inspection=trail.inspection,
                    since=trail.changed_since,
                    entries=len(trail.changes),
                    newest=trail.changes[-1],
                )
            )
        self.refused += trail.in_all["refusals"]
        if len(self.refusals) > 2 * MAX_REFUSALS:
            self.refusals = self.newest()

    def newest(self) -> list[ProgrammeRefusal]:
        return heapq.nlargest(MAX_REFUSALS, self.refusals, key=lambda one: (one.at, one.inspection, one.entry))


def programme_of(
    trails: Iterable[InspectionTrail | Unreadable],
    at: dt.datetime,
    *,
    check: RecordCheck | None = None,
    selection: Selection = EVERYTHING,
) -> ProgrammeTrail:
    """Return the report on all inspections, without seals; one trail is in memory at a time.

    Args:
        trails: by inspection; of one that cannot be read at all, why.
        at: when the report is made, UTC.
        selection: which refusals it lists; where everything stands and what is open stays whole.
    """
    programme = _Programme()
    for trail in trails:
        if isinstance(trail, Unreadable):
            programme.unreadable.append(trail)
        else:
            programme.take(trail, selection)
    board = sorted(programme.board, key=lambda one: one.inspection)
    states = Counter(one.state for one in board)
    return ProgrammeTrail(
        at=at,
        shown=selection.words or None,
        board=tuple(board),
        unreadable=tuple(sorted(programme.unreadable, key=lambda one: one.inspection)),
        states=tuple(
            StateCount(state=state, inspections=states[state])
            for state in sorted(states, key=lambda one: _IN_ORDER[one])
        ),
        revisits=dict(sorted(Counter(one.revisit for one in board if one.revisit).items())),
        changes=tuple(sorted(programme.changes, key=lambda one: one.inspection)),
        open_holds=tuple(sorted(programme.holds, key=lambda one: one.inspection)),
        refusals=tuple(programme.newest()),
        refusals_in_all=programme.refused,
        check=check,
        seals=None,
    )
