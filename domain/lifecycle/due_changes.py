"""What is due and when: the dates of the plan, and the changes since."""

from __future__ import annotations

import datetime as dt
from typing import Final

from domain.calendar import london_date
from domain.lifecycle.history import History, Recorded
from domain.lifecycle.strict_facts import day_of
from schemas.dates import in_words
from schemas.errors import RefusedError
from schemas.lifecycle.moves import Kind

REVISIT: Final = "revisit"
LONGEST_DELAY: Final = dt.timedelta(days=731)
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


def revisit_due(history: History) -> tuple[dt.date, dt.date] | None:
    """Return the first and the last day that the deadline of the revisit can be; None before there is a plan.

    The plan may know it to the month alone; a change sets one day.

    Raises:
        LedgerError: an entry lacks the day.
    """
    plan = history.latest(Kind.FOLLOW_UP_RECORDED)
    if plan is None:
        return None
    if changes := changes_of(history, REVISIT):
        new = day_of(changes[-1], "new")
        return new, new
    return day_of(plan, "revisit_due_earliest"), day_of(plan, "revisit_due_latest")


def check_new_day(inspection_id: str, subject: str, new: dt.date, now: dt.datetime) -> None:
    """Check a new due date against the clock.

    Raises:
        RefusedError: it is before today or more than two years away.
    """
    today = london_date(now)
    if not today <= new <= today + LONGEST_DELAY:
        message = (
            f"{inspection_id}: expected a day from today, {in_words(today)}, to {in_words(today + LONGEST_DELAY)} for "
            f"{subject}, found {in_words(new)}; fix the day"
        )
        raise RefusedError(message)
