"""Days, instants and embargoes, as people write them and as records bear them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final

import typer
from pydantic import ValidationError

from desk.cli import options
from domain.calendar import LONDON
from schemas.dates import SourcedDate
from schemas.lifecycle.entry import Actor, Entry, genesis_of
from schemas.lifecycle.moves import Kind
from schemas.people.roles import Role
from tests.corpus.case import CANARY, HARMLESS, Case, Refusals

UTC: Final = dt.UTC
EMBARGOES: Final = {
    "nothing": ("", "BadParameter"),
    "words": (f"tomorrow {CANARY}", "BadParameter"),
    "no-such-day": ("2026-02-30T09:00", "BadParameter"),
    "29-february-of-no-leap-year": ("2027-02-29T09:00", "BadParameter"),
    "29-february": ("2028-02-29T09:00", HARMLESS),
    "leap-second": ("2026-06-30T23:59:60Z", "BadParameter"),
    "hour-24": ("2026-12-01T24:00", "BadParameter"),
    "minute-60": ("2026-12-01T09:60", "BadParameter"),
    "year-1": ("0001-01-01T00:00", "BadParameter"),
    "year-2013": ("2013-12-31T23:59", "BadParameter"),
    "year-2100": ("2100-01-01T00:00", "BadParameter"),
    "year-9999": ("9999-12-31T23:59-14:00", "BadParameter"),
    "year-12026": ("12026-12-01T09:00", "BadParameter"),
    "year-before-christ": ("-2026-12-01T09:00", "BadParameter"),
    "two-digit-year": ("26-12-01T09:00", "BadParameter"),
    "day-first": ("01/12/2026 09:00", "BadParameter"),
    "seconds-since-1970": ("1796115600", "BadParameter"),
    "time-alone": ("09:00", "BadParameter"),
    "line-end": ("2026-12-01T09:00\n", "BadParameter"),
    "space-before": (" 2026-12-01T09:00", "BadParameter"),
    "arabic-digits": ("\u0662\u0660\u0662\u0666-12-01T09:00", "BadParameter"),
    "wide-digits": ("\uff12\uff10\uff12\uff16-12-01T09:00", "BadParameter"),
    "zone-name": ("2026-12-01T09:00 Europe/London", "BadParameter"),
    "zone-in-brackets": ("2026-12-01T09:00+00:00[Europe/London]", "BadParameter"),
    "offset-of-a-day": ("2026-12-01T09:00+24:00", "BadParameter"),
    "offset-cut": ("2026-12-01T09:00+", "BadParameter"),
    "huge": ("2026-12-01T09:00" + "0" * 1_000_000, "BadParameter"),
    "nul": ("2026-12-01T09:00\0", "BadParameter"),
    "duration": ("P1M", "BadParameter"),
    "repeated": ("2026-12-01T09:00/2026-12-02T09:00", "BadParameter"),
    "offset-far-east": ("2026-12-01T09:00+14:00", "BadParameter"),
    "offset-across-the-year": ("2014-01-01T00:00+14:00", "BadParameter"),
    "offset-of-summer-in-winter": ("2026-12-01T09:00+01:00", "BadParameter"),
    "offset-of-india": ("2026-07-01T09:00+05:30", "BadParameter"),
    "offset-of-minutes": ("2026-12-01T09:00+00:01", "BadParameter"),
    "offset-without-a-colon": ("2026-12-01T09:00+0000", "BadParameter"),
    "offset-of-utc": ("2026-12-01T09:00Z", HARMLESS),
    "small-z": ("2026-12-01T09:00z", "BadParameter"),
    "hour-that-is-skipped": ("2026-03-29T01:30", "BadParameter"),
    "first-minute-that-is-skipped": ("2027-03-28T01:00", "BadParameter"),
    "last-second-that-is-skipped": ("2027-03-28T01:59:59", "BadParameter"),
    "last-second-before-what-is-skipped": ("2027-03-28T00:59:59", HARMLESS),
    "first-minute-after-what-is-skipped": ("2027-03-28T02:00", HARMLESS),
    "hour-that-comes-twice": ("2026-10-25T01:30", "BadParameter"),
    "hour-that-comes-twice-the-first-time": ("2026-10-25T01:30+01:00", HARMLESS),
    "hour-that-comes-twice-the-second-time": ("2026-10-25T01:30+00:00", HARMLESS),
    "day-alone": ("2026-12-01", "BadParameter"),
    "hour-alone": ("2026-12-01T09", "BadParameter"),
    "microseconds": ("2026-12-01T09:00:00.123456", "BadParameter"),
    "comma-for-the-fraction": ("2026-12-01T09:00:00,5", "BadParameter"),
    "dot-between-hours-and-minutes": ("2027-07-01T09.30", "BadParameter"),
    "comma-between-hours-and-minutes": ("2027-07-01T09,30", "BadParameter"),
    "no-colon": ("2027-07-01T0930", "BadParameter"),
    "one-digit-hour": ("2027-07-01T9:30", "BadParameter"),
    "small-t": ("2027-07-01t09:30", "BadParameter"),
    "space-for-the-t": ("2027-07-01 09:30", "BadParameter"),
    "afternoon": ("2027-07-01T09:30pm", "BadParameter"),
    "week-date": ("2027-W26-4T09:30", "BadParameter"),
    "no-hyphens": ("20270701T09:30", "BadParameter"),
    "hyphens-that-are-none": ("2027\u201107\u201101T09:30", "BadParameter"),
    "invisible": ("2027-07-01T09:30\u200b", "BadParameter"),
}
DAYS: Final = {
    "nothing": "",
    "31-april": "2015-04-31",
    "29-february-2100": "2100-02-29",
    "leap-year-of-none": "1900-02-29",
    "month-alone": "07",
    "season": "2015-summer",
    "instant": "2015-07-14T00:00:00+00:00",
    "offset": "2015-07-14+01:00",
    "negative": "-2015-07-14",
    "approximate": "2015-07~",
    "range": "2015-07/2015-08",
    "canary": CANARY,
    "long": "2015-07-" + "1" * 100_000,
    "full-stops": "2015.07.14",
    "zero-width": "2015-07-14\u200b",
}
TYPED_DAYS: Final = {
    "month-known": "2015-07",
    "day-first": "14/07/2015",
    "one-digit": "2015-7-14",
    "no-hyphens": "20150714",
    "week-date": "2015-W29-2",
    "time-too": "2015-07-14T09:00",
    "year-2013": "2013-12-31",
    "year-2100": "2100-01-01",
    "space-before": " 2015-07-14",
    "line-end": "2015-07-14\n",
    "arabic-digits": "\u0662\u0660\u0661\u0665-07-14",
}
INSTANTS: Final = {
    "naive": dt.datetime(2026, 3, 29, 1, 30),  # noqa: DTZ001 - that is the case
    "london-in-summer": dt.datetime(2026, 7, 1, 9, tzinfo=LONDON),
    "offset": dt.datetime(2026, 7, 1, 9, tzinfo=dt.timezone(dt.timedelta(hours=1))),
    "day": dt.date(2026, 7, 1),
    "text": "2026-07-01T09:00:00Z",
    "seconds": 1_782_896_400,
}


def _read_embargo(text: str) -> Refusals:
    refusals = Refusals()
    try:
        moment = options.time(text)
    except typer.BadParameter as refusal:
        refusals.add_words("BadParameter", str(refusal))
        return refusals
    assert moment.utcoffset() == dt.timedelta(0)
    assert moment.microsecond == 0
    assert dt.datetime(2013, 12, 31, tzinfo=UTC) <= moment < dt.datetime(2100, 1, 2, tzinfo=UTC)
    return refusals


def _read_typed_day(text: str) -> Refusals:
    refusals = Refusals()
    try:
        options.day(text)
    except typer.BadParameter as refusal:
        refusals.add_words("BadParameter", str(refusal))
    return refusals


def _read_day(text: str) -> Refusals:
    refusals = Refusals()
    try:
        SourcedDate(date=text, source="a document")
    except ValidationError as refusal:
        refusals.add_words("ValidationError", str(refusal))
    return refusals


def _record(at: object) -> Refusals:
    refusals = Refusals()
    try:
        Entry.model_validate(
            {
                "inspection": "kent-2015",
                "seq": 0,
                "id": "opened",
                "kind": Kind.OPENED,
                "at": at,
                "actor": Actor(person="ncpi", role=Role.SERVICE, assurance="service"),
                "document": None,
                "facts": {},
                "because": None,
                "prev": genesis_of("kent-2015"),
            }
        )
    except ValidationError as refusal:
        refusals.add_words("ValidationError", str(refusal))
    return refusals


def _case(kind: str, name: str, attempt: Callable[..., Refusals], value: object, expected: str) -> Case:
    return Case(id=f"dates/{kind}/{name}", what=f"{name} as {kind}", build=lambda: (attempt, value), expected=expected)


CASES: Final = (
    *(_case("embargo", name, _read_embargo, text, expected) for name, (text, expected) in EMBARGOES.items()),
    *(_case("day", name, _read_day, text, "ValidationError") for name, text in DAYS.items()),
    *(_case("typed day", name, _read_typed_day, text, "BadParameter") for name, text in (DAYS | TYPED_DAYS).items()),
    *(_case("instant", name, _record, at, "ValidationError") for name, at in INSTANTS.items()),
)


def prepare() -> None:
    """Need nothing."""


def check(case: Case, sent: tuple[Callable[..., Refusals], object]) -> None:
    attempt, value = sent
    names = attempt(value).names
    assert case.expected in names if case.expected else not names, sorted(names)
