from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.dates import DateRange, SourcedDate, in_words


def sourced(date: str, source: str = "a document") -> SourcedDate:
    return SourcedDate(date=date, source=source)


def test_a_day_is_itself() -> None:
    date = sourced("2016-06-30")
    assert date.is_exact
    assert date.earliest == date.latest == dt.date(2016, 6, 30)
    assert date.words == "30 June 2016"


@pytest.mark.parametrize(
    ("date", "last", "words"),
    [
        ("2015-07", 31, "July 2015"),
        ("2016-02", 29, "February 2016"),
        ("2015-02", 28, "February 2015"),
        ("2100-02", 0, ""),
        ("2000-02", 29, "February 2000"),
        ("2015-12", 31, "December 2015"),
    ],
)
def test_a_month_is_any_of_its_days(date: str, last: int, words: str) -> None:
    if not last:
        with pytest.raises(ValidationError):
            sourced(date)
        return
    known = sourced(date)
    assert not known.is_exact
    assert (known.earliest.day, known.latest.day, known.words) == (1, last, words)


@pytest.mark.parametrize(
    "date",
    [
        "",
        "2015",
        "2015-13",
        "2015-00",
        "2015-02-29",
        "2015-02-30",
        "2015-04-31",
        "2015-06-00",
        "2015-6-1",
        "20150601",
        "2015-W08-3",
        "01/06/2015",
        "1 June 2015",
        "2015-06-30\n",
        "2015-06\n",
        " 2015-06-30",
        "2015-06-30T00:00",
        "\u0662\u0660\u0661\u0665-06-30",
        "1815-06-18",
        "2115-06-18",
    ],
)
def test_what_is_no_date_is_refused_without_repeating_it(date: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        sourced(date)
    assert not date or date not in str(refusal.value)


@pytest.mark.parametrize("date", [20150630, None, dt.date(2015, 6, 30)])
def test_only_text_is_a_known_date(date: object) -> None:
    with pytest.raises(ValidationError):
        SourcedDate.model_validate({"date": date, "source": "a document"})


@pytest.mark.parametrize("source", ["", "xy", "x" * 301])
def test_a_date_says_where_it_comes_from(source: str) -> None:
    with pytest.raises(ValidationError):
        sourced("2015-07", source)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2099, 12, 31)))
def test_every_day_is_read_back_and_lies_in_its_month(day: dt.date) -> None:
    exact, month = sourced(day.isoformat()), sourced(f"{day:%Y-%m}")
    assert exact.earliest == exact.latest == day
    assert month.earliest <= day <= month.latest
    assert month.earliest.month == month.latest.month == day.month
    assert (month.latest + dt.timedelta(days=1)).month != day.month
    assert exact.words == in_words(day)
    assert exact.words.endswith(month.words)


@pytest.mark.parametrize(
    ("earliest", "latest", "words"),
    [
        ("2016-01-31", "2016-01-31", "31 January 2016"),
        ("2016-01-01", "2016-01-31", "between 1 and 31 January 2016"),
        ("2016-01-31", "2016-02-29", "between 31 January 2016 and 29 February 2016"),
        ("2015-01-05", "2016-01-05", "between 5 January 2015 and 5 January 2016"),
    ],
)
def test_a_range_in_words(earliest: str, latest: str, words: str) -> None:
    known = DateRange(earliest=dt.date.fromisoformat(earliest), latest=dt.date.fromisoformat(latest))
    assert known.words == words
    assert known.is_exact is (earliest == latest)


def test_a_date_never_changes() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        sourced("2015-07").date = "2015-08"
