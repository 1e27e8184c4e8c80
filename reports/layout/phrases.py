"""Dates, counts and verdicts in words, the same in every rendering."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from domain.documents.clocks import against_in_words
from reports.layout.blocks import Run, Words
from schemas.counts import counted
from schemas.dates import SourcedDate
from schemas.documents.follow_up import DueDateChange
from schemas.documents.returns import Fieldwork, Outcome, Timescale
from schemas.documents.review import Timeliness

OUTCOMES: Final = {
    Outcome.ACHIEVED: "Achieved",
    Outcome.IMPROVED: "Improved",
    Outcome.STILL_A_CONCERN: "Still a concern",
    Outcome.NOT_ASSESSED: "Not assessed",
}
TIMESCALES: Final = {
    Timescale.IMMEDIATELY: "Immediately",
    Timescale.THREE_MONTHS: "Within three months of publication",
    Timescale.SIX_MONTHS: "Within six months of publication",
}
KINDS: Final = {"initial-report": "Initial report", "review": "Post-inspection review"}
_ADDRESS: Final = re.compile(r"https://[A-Za-z0-9./?=&%_~:()+,-]*[A-Za-z0-9/]")


def when(date: SourcedDate) -> str:
    """Return a date as part of a sentence: `on 30 June 2016`, `in July 2015`."""
    return f"{'on' if date.is_exact else 'in'} {date.words}"


def period(fieldwork: Fieldwork) -> str:
    """Return the days or months of fieldwork: `February 2016`, `2 March 2015 to 13 March 2015`."""
    if fieldwork.start.date == fieldwork.end.date:
        return fieldwork.start.words
    return f"{fieldwork.start.words} to {fieldwork.end.words}"


def during(fieldwork: Fieldwork) -> str:
    """Return the time of fieldwork as part of a sentence."""
    if fieldwork.start.date == fieldwork.end.date:
        return when(fieldwork.start)
    return f"from {period(fieldwork)}"


def verdict(timeliness: Timeliness, changes: Sequence[DueDateChange] = ()) -> str:
    """Return whether a revisit was in time, in words that are true on every reading of the dates.

    Args:
        changes: of its last day, oldest first.
    """
    return f"{_verdict(timeliness)}{against_in_words(timeliness.verdict, changes)}"


def _verdict(timeliness: Timeliness) -> str:
    if timeliness.verdict == "in time":
        return "in time on any reading of the dates"
    least, most = timeliness.days_late_at_least, timeliness.days_late_at_most
    if timeliness.verdict == "late":
        return (
            f"late by {counted(least, 'day')}"
            if least == most
            else f"late by between {least} and {most} days on any reading"
        )
    return (
        "in time or late: which of the two cannot be told from dates known to the month (on the latest reading, "
        f"{counted(most, 'day')} late)"
    )


def changes_in_words(changes: Sequence[DueDateChange]) -> str:
    """Return how a last day was moved and why: `moved from 28 May 2027 to 30 June 2027: the force moves house`."""
    return "; ".join(change.words for change in changes)


def moved_from(changes: Sequence[DueDateChange]) -> str:
    """Return the last day before any change, as the end of a clause: `, moved from 28 May 2027`; else nothing."""
    return f", moved from {changes[0].old.words}" if changes else ""


def listed(items: Sequence[str]) -> str:
    """Join items as in a sentence: `a, b and c`."""
    return " and ".join(filter(None, (", ".join(items[:-1]), *items[-1:])))


def linked(source: str) -> Words:
    """Return a source with each https address in it as a link."""
    runs: list[Run] = []
    end = 0
    for match in _ADDRESS.finditer(source):
        runs += [Run(source[end : match.start()]), Run(match[0], href=match[0])]
        end = match.end()
    runs.append(Run(source[end:]))
    return tuple(run for run in runs if run.words)
