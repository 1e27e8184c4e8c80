"""Instants in UTC, and London calendar dates known to the day or to the month, with their source."""

from __future__ import annotations

import calendar
import datetime as dt
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from schemas.model import Record
from schemas.text import PUBLISHABLE

KNOWN_DATE_PATTERN: Final = r"^(19|20)[0-9]{2}-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?$"
KnownDate = Annotated[str, StringConstraints(strict=True, pattern=KNOWN_DATE_PATTERN)]
"""`2016-06-30` when the day is known, `2015-07` when only the month is. A missing day is never guessed."""


_YEARS: Final = range(2000, 3000)


def _in_utc(moment: dt.datetime) -> dt.datetime:
    if moment.utcoffset() != dt.timedelta(0) or moment.microsecond or moment.year not in _YEARS:
        raise ValueError("expected an instant in UTC, in whole seconds, of the years 2000 to 2999")
    return moment


UtcInstant = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""An aware instant in UTC, to the second, so that it is written in one way; an offset is refused."""


class SourcedDate(Record):
    """A London calendar date with the precision at which it is known."""

    date: KnownDate = Field(description="ISO date, `YYYY-MM-DD` or `YYYY-MM`; London calendar")
    source: Annotated[str, PUBLISHABLE] = Field(
        min_length=3, max_length=300, description="Where this date comes from: an address, a document, an entry"
    )

    def model_post_init(self, _context: object) -> None:
        """Check that the month has the day."""
        try:
            self.earliest  # noqa: B018 - raises ValueError for 30 February
        except ValueError:
            raise ValueError("expected a day of the calendar, found one that it does not have; fix the date") from None

    @property
    def is_exact(self) -> bool:
        """Whether the day is known."""
        return len(self.date) == len("2016-06-30")

    @property
    def earliest(self) -> dt.date:
        """First day that the date can be."""
        return dt.date.fromisoformat(self.date if self.is_exact else f"{self.date}-01")

    @property
    def latest(self) -> dt.date:
        """Last day that the date can be."""
        first = self.earliest
        if self.is_exact:
            return first
        return first.replace(day=calendar.monthrange(first.year, first.month)[1])

    @property
    def words(self) -> str:
        """The date in words: `30 June 2016`, `July 2015`."""
        return in_words(self.earliest) if self.is_exact else f"{self.earliest:%B %Y}"


class DateRange(Record):
    """The days between which an unknown day lies, both included."""

    earliest: dt.date = Field(description="First day that it can be; London calendar")
    latest: dt.date = Field(description="Last day that it can be; London calendar")

    @property
    def is_exact(self) -> bool:
        """Whether the range is one day."""
        return self.earliest == self.latest

    @property
    def iso(self) -> str:
        """The range for machines and tables: `2016-06-30`, `2015-07-01 to 2015-07-31`."""
        return self.earliest.isoformat() if self.is_exact else f"{self.earliest} to {self.latest}"

    @property
    def words(self) -> str:
        """The range in words: `30 June 2016`, `between 1 and 31 July 2015`."""
        if self.is_exact:
            return in_words(self.earliest)
        if (self.earliest.year, self.earliest.month) == (self.latest.year, self.latest.month):
            return f"between {self.earliest.day} and {in_words(self.latest)}"
        return f"between {in_words(self.earliest)} and {in_words(self.latest)}"


def one_day(day: dt.date) -> DateRange:
    """Return a day as a range."""
    return DateRange(earliest=day, latest=day)


def date_without_source(date: str) -> SourcedDate:
    """Return a recorded date, whose source was not recorded, to compute with or to print."""
    return SourcedDate(date=date, source="as recorded")


def in_words(day: dt.date) -> str:
    """Return a day in words: `30 June 2016`."""
    return f"{day.day} {day:%B %Y}"
