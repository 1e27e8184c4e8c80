"""Dates, verdicts, counts and sources in words."""

from __future__ import annotations

import pytest

from reports.layout.phrases import during, linked, listed, period, verdict, when
from schemas.counts import counted
from schemas.dates import SourcedDate
from schemas.documents.returns import Fieldwork
from schemas.documents.review import Timeliness


def _date(date: str) -> SourcedDate:
    return SourcedDate(date=date, source="a test")


def _fieldwork(start: str, end: str) -> Fieldwork:
    return Fieldwork(start=_date(start), end=_date(end), methods=("Interviews",))


@pytest.mark.parametrize(
    ("told", "least", "most", "expected"),
    [
        ("in time", 0, 0, "in time on any reading of the dates"),
        ("late", 1, 59, "late by between 1 and 59 days on any reading"),
        ("late", 12, 12, "late by 12 days"),
        ("late", 1, 1, "late by 1 day"),
        (
            "cannot be told",
            0,
            28,
            (
                "in time or late: which of the two cannot be told from dates known to the month "
                "(on the latest reading, 28 days late)"
            ),
        ),
    ],
)
def test_verdict(told: str, least: int, most: int, expected: str) -> None:
    timeliness = Timeliness.model_validate({"verdict": told, "days_late_at_least": least, "days_late_at_most": most})
    assert verdict(timeliness) == expected


def test_dates_in_sentences() -> None:
    assert when(_date("2016-06-30")) == "on 30 June 2016"
    assert when(_date("2015-07")) == "in July 2015"
    assert during(_fieldwork("2016-02", "2016-02")) == "in February 2016"
    assert period(_fieldwork("2015-02", "2015-03-13")) == "February 2015 to 13 March 2015"
    assert during(_fieldwork("2015-02", "2015-03")) == "from February 2015 to March 2015"


def test_counts_and_lists() -> None:
    assert counted(1, "case") == "1 case"
    assert counted(0, "case was", "cases were") == "0 cases were"
    assert [listed("abc"[:size]) for size in range(4)] == ["", "a", "a and b", "a, b and c"]


def test_only_https_addresses_become_links() -> None:
    runs = linked("note.txt; https://a.example/b. javascript:x http://c.example")
    assert [(run.words, run.href) for run in runs] == [
        ("note.txt; ", ""),
        ("https://a.example/b", "https://a.example/b"),
        (". javascript:x http://c.example", ""),
    ]
