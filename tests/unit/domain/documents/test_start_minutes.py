"""Whatever minute a publication starts the clock, the revisit is due by the end of the same London day six months on.

Every minute of the days around both clock changes, of 29 February and of the ends of all months, 2014 to 2040. What is
expected is worked out here from the rule of the law (Summer Time Order 2002) and the lengths of months, by neither of
the libraries that the product uses.
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from typing import Final

import pytest

from domain.calendar import london_date
from domain.documents.clocks import due_dates
from schemas.dates import SourcedDate
from schemas.documents.follow_up import DueDate
from schemas.programme.forces import FORCES

YEARS: Final = range(2014, 2041)
MINUTE: Final = dt.timedelta(minutes=1)
DAY: Final = dt.timedelta(days=1)
HOUR: Final = dt.timedelta(hours=1)


def clock_change(year: int, month: int) -> dt.datetime:
    """Return 01:00 GMT on the last Sunday of the month."""
    last = dt.date(year, month, calendar.monthrange(year, month)[1])
    sunday = last - dt.timedelta(days=(last.weekday() + 1) % 7)
    return dt.datetime(sunday.year, sunday.month, sunday.day, 1, tzinfo=dt.UTC)


def days_of(year: int) -> Iterator[dt.date]:
    """Return the days that clocks get wrong, and the day after each."""
    wrong = {clock_change(year, month).date() for month in (3, 10)}
    wrong |= {dt.date(year, month, calendar.monthrange(year, month)[1]) for month in range(1, 13)}
    if calendar.isleap(year):
        wrong |= {dt.date(year, 2, 28), dt.date(year, 2, 29)}
    return iter(sorted(wrong | {day + DAY for day in wrong} | {day - DAY for day in wrong}))


def minutes_of(day: dt.date) -> Iterator[dt.datetime]:
    first = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
    return (first + minute * MINUTE for minute in range(24 * 60))


def six_months_after(day: dt.date) -> dt.date:
    year, month = (day.year, day.month + 6) if day.month <= 6 else (day.year + 1, day.month - 6)
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def revisit_after(day: dt.date) -> DueDate:
    dates, _ = due_dates(SourcedDate(date=day.isoformat(), source="test"), [], FORCES["kent"])
    return next(one for one in dates if one.subject == "revisit")


@pytest.mark.parametrize("year", YEARS)
def test_the_revisit_is_never_due_later_than_six_months_after_any_minute(year: int) -> None:
    spring, autumn = clock_change(year, 3), clock_change(year, 10)
    met, started = set(), set()
    for day in days_of(year):
        for moment in minutes_of(day):
            is_summer = spring <= moment < autumn
            in_london = (moment + HOUR).date() if is_summer else day
            assert london_date(moment) == in_london, moment
            met.add((in_london - day, is_summer))
            started.add(in_london)
    for day in started:
        revisit = revisit_after(day)
        assert revisit.due.earliest == revisit.due.latest == six_months_after(day), day
        assert revisit.act_by <= six_months_after(day), day
    assert met == {(dt.timedelta(), False), (dt.timedelta(), True), (DAY, True)}
