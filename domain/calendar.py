"""Calendar arithmetic for deadlines: clamped months and working days, in London calendar dates."""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

import holidays
from dateutil.relativedelta import relativedelta

from schemas.dates import DateRange, SourcedDate

LONDON: Final = ZoneInfo("Europe/London")
_SATURDAY: Final = 5


def london_date(moment: dt.datetime) -> dt.date:
    """Return the London date of an aware instant; 23:30 UTC on 31 August is 1 September."""
    return moment.astimezone(LONDON).date()


@cache
def _bank_holidays(subdivision: str) -> holidays.HolidayBase:
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
