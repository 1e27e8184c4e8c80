"""Days and times as people give them: one form each, and nothing that could be meant in two ways.

A mistyped time must never be read as an earlier one: a report would then be public before its time.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from domain.calendar import LONDON
from schemas.dates import in_words

FIRST_YEAR: Final = 2014
"""The year in which the programme began: no day that anybody gives is earlier."""
LAST_YEAR: Final = 2099
_TIME: Final = re.compile(r"([0-9-]{10})T([0-9]{2}):([0-9]{2})(?::([0-9]{2}))?(?P<offset>Z|[+-][0-9]{2}:[0-9]{2})?")
_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_day(text: str) -> dt.date:
    """Read a day of the London calendar, written as `2026-12-01`.

    Raises:
        ValueError: it is written in another way, or the calendar has no such day in the years of the programme.
    """
    day = _day_written(text)
    if day is None:
        raise ValueError(
            f"expected a day of the years {FIRST_YEAR} to {LAST_YEAR}, year first, such as 2026-12-01, "
            "found another format; type it like that"
        )
    return day


def read_time(text: str) -> dt.datetime:
    """Read a time as a clock in London shows it, written as `2026-12-01T00:01`, and return it in UTC.

    It may have seconds, and for an hour that a London clock shows twice the offset from UTC.

    Raises:
        ValueError: it is written in another way, no London clock shows it, or one shows it twice.
    """
    written = _TIME.fullmatch(text)
    shown = _time_written(*written.groups()[:-1]) if written else None
    if written is None or shown is None:
        raise ValueError(
            f"expected a date and time in London in the years {FIRST_YEAR} to {LAST_YEAR}, such as 2026-12-01T00:01, "
            "found another format; type it like that, with T and a colon"
        )
    offset = written["offset"]
    return _instant_with_offset(shown, offset) if offset else _instant_of_london(shown)


def _day_written(text: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
    return day if day and FIRST_YEAR <= day.year <= LAST_YEAR else None


def _time_written(day_text: str, hour: str, minute: str, second: str | None) -> dt.datetime | None:
    day = _day_written(day_text)
    try:
        time = dt.time(int(hour), int(minute), int(second or 0))
    except ValueError:
        return None
    return dt.datetime.combine(day, time) if day else None


def _instant_of_london(shown: dt.datetime) -> dt.datetime:
    instants = _instants_of(shown)
    if not instants:
        raise ValueError(
            f"expected a time that clocks in London show, found {shown:%H:%M} on {in_words(shown.date())}, when they "
            "go forward from 01:00 to 02:00; give an earlier or a later time"
        )
    if len(instants) > 1:
        raise ValueError(
            f"clocks in London show {shown:%H:%M} twice on {in_words(shown.date())}, when they go back; add +01:00 for "
            "the first time or +00:00 for the second"
        )
    return instants[0]


def _instants_of(shown: dt.datetime) -> list[dt.datetime]:
    """List the instants (UTC) at which clocks in London show a time: none, one or two."""
    both = {shown.replace(tzinfo=LONDON, fold=fold).astimezone(dt.UTC) for fold in (0, 1)}
    return sorted(one for one in both if one.astimezone(LONDON).replace(tzinfo=None) == shown)


def _instant_with_offset(shown: dt.datetime, offset: str) -> dt.datetime:
    instant = dt.datetime.fromisoformat(f"{shown.isoformat()}{offset}").astimezone(dt.UTC)
    # Another offset is more likely mistyped than meant.
    if shown - instant.replace(tzinfo=None) not in {dt.timedelta(0), instant.astimezone(LONDON).utcoffset()}:
        raise ValueError(
            "expected London time or UTC, found another offset from UTC; leave it out, and give the time that clocks "
            "in London show"
        )
    return instant
