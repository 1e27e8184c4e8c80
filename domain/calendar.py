"""Calendar arithmetic of deadlines: clamped months and working days.

London calendar dates throughout; an instant becomes a date by the London clock.
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import holidays
from dateutil.relativedelta import relativedelta

from schemas.dates import DateRange

if TYPE_CHECKING:
    from schemas.dates import SourcedDate

LONDON: Final = ZoneInfo("Europe/London")
_SATURDAY: Final = 5


def london_date(moment: dt.datetime) -> dt.date:
    """Return the day it is in London at an instant; 23:30 UTC on 31 August is 1 September there."""
    return moment.astimezone(LONDON).date()


def add_months(day: dt.date, months: int) -> dt.date:
    """Count calendar months, clamped to the end of the month: 31 August and six months is 28 or 29 February."""
    return day + relativedelta(months=months)


@cache
def _bank_holidays(subdivision: str) -> holidays.HolidayBase:
    return holidays.country_holidays("GB", subdiv=subdivision)


def working_day_on_or_before(day: dt.date, subdivision: str) -> dt.date:
    """Round back to a working day: `no later than` never moves a deadline forward.

    Args:
        day: London calendar day.
        subdivision: `ENG` or `WLS`, whose bank holidays count.
    """
    while day.weekday() >= _SATURDAY or day in _bank_holidays(subdivision):
        day -= dt.timedelta(days=1)
    return day


def range_after(start: SourcedDate, *, months: int = 0, days: int = 0) -> DateRange:
    """Move a date known to the day or the month; what is known to the month stays a range."""
    step = relativedelta(months=months, days=days)
    return DateRange(earliest=start.earliest + step, latest=start.latest + step)
