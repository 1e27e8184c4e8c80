from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import LONDON, time_in_words
from domain.typed_times import read_day, read_time


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("2026-12-01T00:01", "2026-12-01T00:01:00+00:00"),
        ("2026-07-01T00:01", "2026-06-30T23:01:00+00:00"),
        ("2027-07-01T09:30", "2027-07-01T08:30:00+00:00"),
        ("2026-07-01T00:01:30", "2026-06-30T23:01:30+00:00"),
        ("2026-07-01T00:01Z", "2026-07-01T00:01:00+00:00"),
        ("2026-07-01T00:01+00:00", "2026-07-01T00:01:00+00:00"),
        ("2026-07-01T00:01+01:00", "2026-06-30T23:01:00+00:00"),
        ("2027-03-28T00:59", "2027-03-28T00:59:00+00:00"),
        ("2027-03-28T02:00", "2027-03-28T01:00:00+00:00"),
        ("2027-10-31T00:59", "2027-10-30T23:59:00+00:00"),
        ("2027-10-31T01:30+01:00", "2027-10-31T00:30:00+00:00"),
        ("2027-10-31T01:30+00:00", "2027-10-31T01:30:00+00:00"),
        ("2027-10-31T02:00", "2027-10-31T02:00:00+00:00"),
    ],
)
def test_a_time_is_of_a_clock_in_london(text: str, utc: str) -> None:
    assert read_time(text).isoformat() == utc


@pytest.mark.parametrize(
    "text", ["2027-07-01T09.30", "2027-07-01T09", "2027-07-01", "2027-07-01T0930", "2027-07-01T9:30"]
)
def test_a_time_that_could_be_read_as_an_earlier_one_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="such as 2026-12-01T00:01, found another format"):
        read_time(text)


@pytest.mark.parametrize("text", ["2027-03-28T01:00", "2027-03-28T01:30", "2026-03-29T01:59:59"])
def test_an_hour_that_no_clock_in_london_shows_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"expected a time that clocks in London show, found 01:.* March"):
        read_time(text)


@pytest.mark.parametrize("text", ["2027-10-31T01:00", "2027-10-31T01:30", "2026-10-25T01:59:59"])
def test_an_hour_that_comes_twice_is_asked_for(text: str) -> None:
    with pytest.raises(ValueError, match=r"twice on .* October .*; add \+01:00 for the first time or \+00:00"):
        read_time(text)


@pytest.mark.parametrize("offset", ["+02:00", "-01:00", "+05:30", "+01:00", "+00:30"])
def test_an_offset_that_london_does_not_have_then_is_refused(offset: str) -> None:
    with pytest.raises(ValueError, match="expected London time or UTC, found another offset"):
        read_time(f"2026-12-01T00:01{offset}")


@given(st.datetimes(dt.datetime(2014, 1, 1), dt.datetime(2099, 12, 31)))  # noqa: DTZ001 - as a clock shows it
def test_a_time_is_read_as_a_clock_in_london_shows_it_or_refused(shown: dt.datetime) -> None:
    shown = shown.replace(microsecond=0)
    try:
        moment = read_time(shown.isoformat())
    except ValueError:
        return
    assert moment.astimezone(LONDON).replace(tzinfo=None) == shown
    assert moment.utcoffset() == dt.timedelta(0)


@given(st.datetimes(dt.datetime(2014, 1, 1, 1), dt.datetime(2099, 12, 31), timezones=st.just(dt.UTC)))  # noqa: DTZ001
def test_every_instant_can_be_given_with_its_offset(moment: dt.datetime) -> None:
    moment = moment.replace(microsecond=0)
    assert read_time(moment.astimezone(LONDON).isoformat()) == moment
    assert read_time(moment.isoformat()) == moment


@given(st.dates(dt.date(2014, 1, 1), dt.date(2099, 12, 31)))
def test_every_day_of_the_programme_can_be_given(day: dt.date) -> None:
    assert read_day(day.isoformat()) == day


@pytest.mark.parametrize(
    "text", ["2013-12-31", "2100-01-01", "2999-01-01", "2027-02-29", "2027-7-1", "20270701", "2027-07"]
)
def test_another_day_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="year first, such as 2026-12-01"):
        read_day(text)


@pytest.mark.parametrize(
    ("utc", "words"),
    [
        ("2027-06-30T23:01:00Z", "1 July 2027, 00:01 in London (2027-06-30 23:01 UTC)"),
        ("2026-12-01T00:01:07Z", "1 December 2026, 00:01:07 in London (2026-12-01 00:01:07 UTC)"),
        ("2027-10-31T00:30:00Z", "31 October 2027, 01:30 in London (2027-10-31 00:30 UTC)"),
        ("2027-10-31T01:30:00Z", "31 October 2027, 01:30 in London (2027-10-31 01:30 UTC)"),
    ],
)
def test_an_instant_is_told_as_in_london_with_utc_beside_it(utc: str, words: str) -> None:
    assert time_in_words(dt.datetime.fromisoformat(utc)) == words
