"""The clocks that publication of an initial report starts.

A clock has a starting date, a rule and a due date. A rule that came into force later does not bind an older report, and
the plan says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from domain.calendar import london_date, range_after, working_day_on_or_before
from schemas.dates import DateRange, SourcedDate, in_words
from schemas.documents.follow_up import DueDate, DueDateChange, RuleNotApplied
from schemas.documents.returns import Recommendation, Timescale
from schemas.documents.review import Timeliness
from schemas.programme.forces import Force

_MARGIN: Final = dt.timedelta(weeks=4)
"""How long before its deadline a revisit is planned to end, so that a short delay does not make it late."""
_WINDOW: Final = dt.timedelta(days=11)
"""From Monday to Friday of the next week: two working weeks on site, the usual length of fieldwork."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockRule:
    """How much time a rule gives from publication, and since when it is in force."""

    name: str
    subject: str
    text: str
    months: int = 0
    days: int = 0
    in_force_from: dt.date | None = None
    """London day from which publications are bound; None for all publications of the programme."""


REVISIT: Final = ClockRule(
    name="revisit-six-months",
    subject="revisit",
    text=(
        "The force is revisited no later than six months after publication of the initial report "
        "(aim of the programme, HMIC notice on South Wales, 2016)"
    ),
    months=6,
)
ACTION_PLAN: Final = ClockRule(
    name="action-plan-six-weeks",
    subject="action plan",
    text=(
        "The force sends its action plan, usually within six weeks of publication "
        "(HMICFRS, methodology for post-inspection follow-up)"
    ),
    days=42,
)
POLICING_BODY_RESPONSE: Final = ClockRule(
    name="policing-body-56-days",
    subject="local policing body's response",
    text=(
        "The local policing body publishes its comments within 56 days, the day of publication being the first "
        "(Police Act 1996 s.55(5A), inserted by Policing and Crime Act 2017 s.37)"
    ),
    # Day 1 is the day of publication, so the 56th day is 55 days later.
    days=55,
    in_force_from=dt.date(2017, 5, 2),
)
_RECOMMENDATIONS: Final = {
    Timescale.THREE_MONTHS: ClockRule(
        name="recommendation-three-months",
        subject="recommendation",
        text="Recommended to be done within three months of publication",
        months=3,
    ),
    Timescale.SIX_MONTHS: ClockRule(
        name="recommendation-six-months",
        subject="recommendation",
        text="Recommended to be done within six months of publication",
        months=6,
    ),
}

AT_ONCE: Final = ClockRule(
    name="recommendation-immediately",
    subject="recommendation",
    text="Recommended to be done immediately: due on the day of publication",
)


def _due_date(rule: ClockRule, subject: str, published: SourcedDate, force: Force) -> DueDate:
    due = range_after(published, months=rule.months, days=rule.days)
    return DueDate(
        subject=subject,
        rule=rule.name,
        text=rule.text,
        starts=published,
        due=due,
        act_by=working_day_on_or_before(due.earliest, force.holidays),
    )


def due_dates(
    published: SourcedDate, recommendations: Iterable[Recommendation], force: Force
) -> tuple[tuple[DueDate, ...], tuple[RuleNotApplied, ...]]:
    """Return every clock that publication started, and the rules that do not bind it.

    Args:
        published: publication of the initial report, London calendar, to the day or the month.
        recommendations: of that report; those with the timescale `immediately` get no due date.
        force: whose bank holidays count.
    """
    due: list[DueDate] = []
    not_applied: list[RuleNotApplied] = []
    for rule in (REVISIT, ACTION_PLAN, POLICING_BODY_RESPONSE):
        if reason := _reason_not_in_force(rule, published):
            not_applied.append(RuleNotApplied(rule=rule.name, text=reason))
        else:
            due.append(_due_date(rule, rule.subject, published, force))
    due.extend(
        _due_date(_RECOMMENDATIONS[one.timescale], one.id, published, force)
        for one in recommendations
        if one.timescale in _RECOMMENDATIONS
    )
    return tuple(due), tuple(not_applied)


def due_at_once(published: SourcedDate, recommendations: Iterable[Recommendation]) -> tuple[DueDate, ...]:
    """Return what was asked for immediately, each due on the day of publication.

    No plan holds them: there is nothing to wait for, and no day that could be moved.

    Args:
        published: publication of the initial report, London calendar, to the day or the month.
    """
    day = range_after(published, months=0, days=0)
    return tuple(
        DueDate(subject=one.id, rule=AT_ONCE.name, text=AT_ONCE.text, starts=published, due=day, act_by=day.earliest)
        for one in recommendations
        if one.timescale is Timescale.IMMEDIATELY
    )


def _reason_not_in_force(rule: ClockRule, published: SourcedDate) -> str | None:
    start = rule.in_force_from
    if start is None or published.earliest >= start:
        return None
    if published.latest < start:
        return f"{rule.text}. In force from {in_words(start)}, so not for a report published in {published.words}."
    return (
        f"{rule.text}. In force from {in_words(start)}; publication is known only as {published.words}, "
        "so whether it binds this report cannot be told."
    )


def revisit_window(due: DateRange, force: Force) -> tuple[dt.date, dt.date]:
    """Return the first and the last day proposed for a revisit: two working weeks, four weeks before its deadline."""
    last_day = due.earliest - _MARGIN
    last_friday = last_day - dt.timedelta(days=(last_day.weekday() - 4) % 7)
    return last_friday - _WINDOW, working_day_on_or_before(last_friday, force.holidays)


def passed_before_moved(changes: Iterable[DueDateChange]) -> DateRange | None:
    """Return the first last day that had passed when it was moved; None if each was moved in its time."""
    return next((one.old for one in changes if london_date(one.at) > one.old.latest), None)


def judged_day(due: DueDate) -> DateRange:
    """Return the last day that decides what was late: the one that stands, unless it was moved after it had passed."""
    return passed_before_moved(due.changes) or due.due


def against_in_words(verdict: str, changes: Sequence[DueDateChange]) -> str:
    """Return against which day something is late that was moved after it had passed, as the end of a clause."""
    passed = passed_before_moved(changes)
    if passed is None or verdict == "in time":
        return ""
    which = "the first date" if passed == changes[0].old else "an earlier date"
    return f" against {which}, {passed.words}, which had passed when it was moved"


def timeliness(done: SourcedDate | DateRange, due: DateRange) -> Timeliness:
    """Return whether something was done in time, for every day that the two dates can be."""
    least = (done.earliest - due.latest).days
    most = (done.latest - due.earliest).days
    if least > 0:
        return Timeliness(verdict="late", days_late_at_least=least, days_late_at_most=most)
    if most <= 0:
        return Timeliness(verdict="in time", days_late_at_least=0, days_late_at_most=0)
    return Timeliness(verdict="cannot be told", days_late_at_least=0, days_late_at_most=most)
