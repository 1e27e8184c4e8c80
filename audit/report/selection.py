"""Narrow a report to a period and to one person; what is due and open stays whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, TypeVar

from domain.calendar import london_date
from schemas.audit.report import EntrySummary, InspectionTrail
from schemas.dates import in_words

E = TypeVar("E", bound="EntrySummary")


@dataclass(frozen=True, slots=True)
class Selection:
    """Which entries a report shows: days of the London calendar, both included, and by whom."""

    first: dt.date | None = None
    last: dt.date | None = None
    person: str | None = None

    @property
    def words(self) -> str:
        """Which entries they are: `from 1 May 2026, by pat.howells`; nothing where all are shown."""
        parts = (
            f"from {in_words(self.first)}" if self.first else "",
            f"until {in_words(self.last)}" if self.last else "",
            f"by {self.person}" if self.person else "",
        )
        return ", ".join(filter(None, parts))

    def of(self, entries: Iterable[E]) -> tuple[E, ...]:
        """Return those of entries that it selects."""
        return tuple(one for one in entries if self.has(one.at, one.person))

    def has(self, at: dt.datetime, person: str) -> bool:
        """Return whether it selects what a person did at an instant."""
        day = london_date(at)
        is_in_time = (self.first is None or self.first <= day) and (self.last is None or day <= self.last)
        return is_in_time and self.person in {None, person}


EVERYTHING: Final = Selection()


def narrowed(trail: InspectionTrail, selection: Selection) -> InspectionTrail:
    """Return a report whose lists of entries show a selection; how many there are in all stays."""
    if not selection.words:
        return trail
    return trail.model_copy(
        update={
            "shown": selection.words,
            "lines": selection.of(trail.lines),
            "decisions": selection.of(trail.decisions),
            "validations": selection.of(trail.validations),
            "side_events": selection.of(trail.side_events),
            "refusals": selection.of(trail.refusals),
        }
    )
