"""What is due and when: the dates of the plan, and the changes since."""

from __future__ import annotations

import datetime as dt
from typing import Final

from domain.calendar import london_date
from domain.lifecycle.history import History, Recorded
from domain.lifecycle.strict_facts import day_of
from schemas.dates import DateRange, in_words, one_day
from schemas.errors import LedgerError, RefusedError
from schemas.lifecycle.moves import Kind

REVISIT: Final = "revisit"
YEARS: Final = range(2014, 2100)
"""The years in which something of the programme can be due."""
MAX_DELAY: Final = dt.timedelta(days=731)
"""How far ahead a due date may be set: two years. The programme was once stopped for longer than one."""


def changes_of(history: History, subject: str) -> tuple[Recorded, ...]:
    """List the changes of one due date since the newest plan, oldest first."""
    plan = history.latest(Kind.FOLLOW_UP_RECORDED)
    if plan is None:
        return ()
    return tuple(
        one
        for one in history.all_of(Kind.DUE_DATE_CHANGED)
        if one.entry.facts.get("subject") == subject and one.entry.seq > plan.entry.seq
    )


def new_day_of(change: Recorded) -> dt.date:
    """Read the day that a change set.

    Raises:
        LedgerError: it is none, or of a year with which no calendar can reckon.
    """
    day = day_of(change, "new")
    if day.year in YEARS:
        return day
    entry = change.entry
    raise LedgerError(
        f"{entry.inspection} entry {entry.seq}: expected a day of the years {YEARS[0]} to {YEARS[-1]} as new, found "
        f"one of {day.year}; the desk records no such day: tell management and keep the bucket as it is"
    )


def revisit_due(history: History) -> DateRange | None:
    """Return the days that the deadline of the revisit can be; None before there is a plan, or where none is to come.

    The plan may know it to the month alone; a change sets one day.

    Raises:
        LedgerError: an entry lacks the day.
    """
    plan = history.latest(Kind.FOLLOW_UP_RECORDED)
    if plan is None or is_called_off(history):
        return None
    if changes := changes_of(history, REVISIT):
        return one_day(new_day_of(changes[-1]))
    return DateRange(earliest=day_of(plan, "revisit_due_earliest"), latest=day_of(plan, "revisit_due_latest"))


def is_called_off(history: History) -> bool:
    """Return whether nothing is due any more: the inspection was withdrawn before its revisit."""
    return history.latest(Kind.WITHDRAWAL_ORDERED) is not None and history.latest(Kind.REVIEW_DRAFTED) is None


def check_new_day(inspection_id: str, subject: str, new: dt.date, now: dt.datetime) -> None:
    """Check a new due date against the clock.

    Raises:
        RefusedError: it is before today or more than two years away.
    """
    today = london_date(now)
    if not today <= new <= today + MAX_DELAY:
        raise RefusedError(
            f"{inspection_id}: expected a day from today, {in_words(today)}, to {in_words(today + MAX_DELAY)} for "
            f"{subject}, found {in_words(new)}; fix the day"
        )
