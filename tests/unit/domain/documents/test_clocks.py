from __future__ import annotations

import datetime as dt

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from domain.calendar import london_date, range_after, working_day_on_or_before
from domain.documents.clocks import due_dates, timeliness
from domain.documents.drafts import draft_follow_up
from schemas.dates import DateRange, SourcedDate
from schemas.documents.publication import Publication
from schemas.documents.report import InitialReport
from schemas.documents.returns import Recommendation, Timescale
from schemas.programme.forces import FORCES

WALES = FORCES["south-wales"]
KENT = FORCES["kent"]


def on(date: str) -> SourcedDate:
    return SourcedDate(date=date, source="test")


def due(date: str, subject: str) -> DateRange:
    dates, _ = due_dates(on(date), [], KENT)
    return next(one.due for one in dates if one.subject == subject)


def test_south_wales_revisit_was_due_by_a_day_in_january_2016() -> None:
    dates, not_applied = due_dates(on("2015-07"), [], WALES)
    revisit = next(one for one in dates if one.subject == "revisit")
    assert (revisit.due.earliest, revisit.due.latest) == (dt.date(2016, 1, 1), dt.date(2016, 1, 31))
    # On the earliest reading the last day is New Year's Day, a bank holiday: the last working day is the one before.
    assert revisit.act_by == dt.date(2015, 12, 31)
    assert [rule.rule for rule in not_applied] == ["policing-body-56-days"]


def test_south_wales_revisit_of_february_2016_was_late_on_any_reading() -> None:
    late = timeliness(on("2016-02"), DateRange(earliest=dt.date(2016, 1, 1), latest=dt.date(2016, 1, 31)))
    assert (late.verdict, late.days_late_at_least, late.days_late_at_most) == ("late", 1, 59)


@pytest.mark.parametrize(
    ("published", "last_day"),
    # Publication dates of four reports (examples/SOURCES.md), and the last day that the law gives for each.
    [
        ("2022-08-05", "2022-09-29"),
        ("2023-06-06", "2023-07-31"),
        ("2022-03-29", "2022-05-23"),
        ("2023-05-03", "2023-06-27"),
    ],
)
def test_56_days_count_the_day_of_publication_as_the_first(published: str, last_day: str) -> None:
    assert due(published, "local policing body's response").earliest.isoformat() == last_day


@pytest.mark.parametrize(("published", "applies"), [("2017-05-01", False), ("2017-05-02", True), ("2017-05", False)])
def test_56_days_bind_reports_from_2_may_2017(published: str, applies: bool) -> None:
    dates, not_applied = due_dates(on(published), [], KENT)
    assert any(one.subject == "local policing body's response" for one in dates) is applies
    assert bool(not_applied) is not applies
    if published == "2017-05":
        assert "cannot be told" in not_applied[0].text


def test_action_plan_is_due_in_six_weeks() -> None:
    assert due("2022-08-05", "action plan").earliest == dt.date(2022, 9, 16)


@pytest.mark.parametrize(
    ("start", "end"), [("2027-08-31", "2028-02-29"), ("2026-08-31", "2027-02-28"), ("2028-02-29", "2028-08-29")]
)
def test_six_months_are_clamped_to_the_end_of_the_month(start: str, end: str) -> None:
    assert range_after(on(start), months=6).latest.isoformat() == end


def test_no_later_than_rounds_back_to_a_working_day() -> None:
    # 26 December 2015 is a Saturday and Boxing Day; the working day before it is Christmas Eve.
    assert working_day_on_or_before(dt.date(2015, 12, 26), "WLS") == dt.date(2015, 12, 24)


def test_the_day_is_londons() -> None:
    assert london_date(dt.datetime(2026, 8, 31, 23, 30, tzinfo=dt.UTC)) == dt.date(2026, 9, 1)


days = st.dates(dt.date(2014, 1, 1), dt.date(2040, 12, 31))


@given(days)
def test_working_days_never_move_forward_and_never_far(day: dt.date) -> None:
    found = working_day_on_or_before(day, "ENG")
    assert dt.timedelta(0) <= day - found <= dt.timedelta(days=5)
    assert found.weekday() < 5


@given(days)
def test_the_revisit_is_never_planned_later_than_six_months(day: dt.date) -> None:
    last = due(day.isoformat(), "revisit")
    assert last.earliest == last.latest == day + relativedelta(months=6)
    assert (last.latest.year * 12 + last.latest.month) - (day.year * 12 + day.month) == 6


@given(days, days)
def test_a_day_against_a_day_is_in_time_or_late_never_unknown(done: dt.date, last: dt.date) -> None:
    verdict = timeliness(on(done.isoformat()), DateRange(earliest=last, latest=last))
    assert verdict.verdict == ("late" if done > last else "in time")
    assert verdict.days_late_at_least == verdict.days_late_at_most == max(0, (done - last).days)


def test_a_month_that_straddles_the_deadline_cannot_be_told() -> None:
    verdict = timeliness(on("2016-01"), DateRange(earliest=dt.date(2016, 1, 10), latest=dt.date(2016, 1, 20)))
    assert (verdict.verdict, verdict.days_late_at_most) == ("cannot be told", 21)


def test_recommendations_have_the_clock_of_their_timescale() -> None:
    def recommendation(number: int, timescale: Timescale) -> Recommendation:
        return Recommendation(
            id=f"REC-2022-0{number}", text="Do it.", timescale=timescale, findings=("I1",), is_synthetic=True
        )

    dates, _ = due_dates(on("2022-08-05"), [recommendation(n, t) for n, t in enumerate(Timescale, 1)], KENT)
    found = {one.subject: one.due.earliest.isoformat() for one in dates if one.subject.startswith("REC")}
    assert found == {"REC-2022-02": "2022-11-05", "REC-2022-03": "2023-02-05"}


@given(days)
def test_the_window_ends_on_a_working_day_four_weeks_before_the_deadline(day: dt.date) -> None:
    publication = Publication.model_construct(inspection="kent-2025", published=on(day.isoformat()))
    plan = draft_follow_up(publication, InitialReport.model_construct(recommendations=()))
    assert plan.window_start.weekday() == 0
    assert plan.window_start < plan.window_end <= day + relativedelta(months=6) - dt.timedelta(weeks=4)
