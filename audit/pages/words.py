"""Words that every page of an audit report uses: who, when, how sure, in time or late."""

from __future__ import annotations

import datetime as dt
from typing import Final

from domain.calendar import time_in_words
from reports.layout.blocks import Run, Words, words
from reports.layout.phrases import listed
from schemas.audit.report import Due, EntrySummary, InspectionTrail, Verdict
from schemas.counts import counted
from schemas.dates import DateRange, date_without_source
from schemas.documents.review import Timeliness
from schemas.documents.validation import ValidatedRule

NONE: Final = "none"
_UNKNOWN: Final = "not known"
_SHORT: Final = 16
ASSURANCES: Final = {
    "service": "signed by the system",
    "person-key": "signed with their own key",
    "identity-provider": "signed; login by the identity provider",
}
VERDICTS: Final[dict[Verdict, str]] = {
    "due": "Due",
    "overdue": "Overdue",
    "in time": "In time",
    "late": "Late",
    "cannot be told": "Cannot be told",
    "passed": "The day has passed",
    "no date": "Came; no date was set",
    "called off": "Not due any more; withdrawn",
}


def who(entry: EntrySummary) -> str:
    """Return who did something and in which role."""
    return f"{entry.person} ({entry.role})"


def assurance(entry: EntrySummary) -> str:
    """Return how sure it is that they did it."""
    return ASSURANCES.get(entry.assurance, entry.assurance)


def moment(at: dt.datetime | None) -> str:
    """Write an instant."""
    return time_in_words(at) if at else _UNKNOWN


def day(range_: DateRange | None) -> str:
    """Write a day as far as it is known."""
    return range_.words if range_ else NONE


def known(date: str | None) -> str:
    """Write a date to the day or the month, as it is known."""
    return date_without_source(date).words if date else NONE


def number(count: int | None) -> str:
    """Write a number that may not be known."""
    return _UNKNOWN if count is None else f"{count:,}"


def short(digest: str | None) -> Words:
    """Write the beginning of a digest; all of it is at the end of the page."""
    return (Run(f"{digest[:_SHORT]}…", is_code=True),) if digest else words(NONE)


def entry_link(trail: InspectionTrail, place: int) -> Run:
    """Return a link to an entry where the timeline shows it, else its name."""
    lines = trail.lines
    left_out = trail.in_all["lines"] - len(lines)
    is_shown = any(0 <= one < len(lines) and lines[one].entry == place for one in (place, place - left_out))
    return Run(f"entry {place}", href=f"#entry-{place}" if is_shown else "")


def lateness(timeliness: Timeliness) -> str:
    """Return by how much something was late, on any reading of dates known to the month."""
    least, most = timeliness.days_late_at_least, timeliness.days_late_at_most
    if timeliness.verdict == "in time":
        return "in time"
    if timeliness.verdict == "late":
        return f"late by {counted(least, 'day')}" if least == most else f"late by {least:,} to {counted(most, 'day')}"
    return f"in time or up to {counted(most, 'day')} late: the dates are known to the month"


def verdict_of(due: Due) -> str:
    """Return a sentence on what became of something that was due."""
    if due.verdict == "overdue":
        return f"Overdue by {counted(due.days_overdue, 'day')}"
    if due.timeliness is not None:
        text = lateness(due.timeliness)
        text = text[:1].upper() + text[1:]
        return f"{text}; against the first date {lateness(due.against_plan)}" if due.against_plan else text
    text = VERDICTS[due.verdict]
    if due.against_plan is not None:
        return f"{text} against the changed date; against the first date {lateness(due.against_plan)}"
    return f"{text}; the review: {due.outcome}" if due.outcome else text


def cut_short(shown: int, in_all: int, things: str) -> str:
    """Return how many are not shown; an empty text when all are."""
    return f"{in_all - shown:,} of the {in_all:,} {things} are not shown." if in_all > shown else ""


def arguments_in_words(rule: ValidatedRule) -> str:
    """Return what a rule was run with."""
    values = {
        name: ("no", "yes")[value] if isinstance(value, bool) else value for name, value in rule.arguments.items()
    }
    told = {name: listed(value) if isinstance(value, tuple) else value for name, value in values.items()}
    return "; ".join(f"{name.replace('_', ' ')}: {value}" for name, value in sorted(told.items()))
