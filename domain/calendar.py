"""Time in London: instants in words, and calendar arithmetic for deadlines in clamped months and working days."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from dateutil.relativedelta import relativedelta

from schemas.counts import counted
from schemas.dates import DateRange, SourcedDate, in_words

if TYPE_CHECKING:
    from holidays import HolidayBase

LONDON: Final = ZoneInfo("Europe/London")
_SATURDAY: Final = 5


def london_date(moment: dt.datetime) -> dt.date:
    """Return the London date of an aware instant; 23:30 UTC on 31 August is 1 September."""
    return moment.astimezone(LONDON).date()


def time_in_words(moment: dt.datetime) -> str:
    """Return an instant for people, with its seconds unless they are 0.

    For example `1 July 2027, 00:01 in London (2027-06-30 23:01 UTC)`.
    """
    london, utc = moment.astimezone(LONDON), moment.astimezone(dt.UTC)
    clock = "%H:%M:%S" if moment.second else "%H:%M"
    return f"{in_words(london.date())}, {london:{clock}} in London ({utc:%Y-%m-%d {clock}} UTC)"


@cache
def _bank_holidays(subdivision: str) -> HolidayBase:
    import holidays  # noqa: PLC0415 - slow to load, and most who reckon with days need no working days

    return holidays.country_holidays("GB", subdiv=subdivision)


def working_day_on_or_before(day: dt.date, subdivision: str) -> dt.date:
    """Return the last working day that is no later than a London day.

    Args:
        subdivision: whose bank holidays count, `ENG` or `WLS`.
    """
    while day.weekday() >= _SATURDAY or day in _bank_holidays(subdivision):
        day -= dt.timedelta(days=1)
    return day


def range_after(start: SourcedDate, *, months: int = 0, days: int = 0) -> DateRange:
    """Return the date after so many months and days; a range when the start is known only to the month.

    Months are clamped to their end: six months after 31 August is 28 or 29 February.
    """
    step = relativedelta(months=months, days=days)
    return DateRange(earliest=start.earliest + step, latest=start.latest + step)


def span_in_words(span: dt.timedelta) -> str:
    """Write a span in words, in whole seconds, minutes or hours, whichever is the largest of which it has two."""
    seconds = int(span.total_seconds())
    for unit, length in (("hour", 3600), ("minute", 60)):
        if seconds >= 2 * length:
            return counted(seconds // length, unit)
    return counted(seconds, "second")
