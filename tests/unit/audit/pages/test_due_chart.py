"""What the chart of due dates draws, and in which colour, as its legend says."""

from __future__ import annotations

from audit.pages.due_chart import picture_of, revisits_of
from tests.support.pages.audit_lives import report_on, report_on_all, south_wales, troubled


def test_time_over_the_last_day_is_red_to_its_end_under_the_month_in_which_it_was_done() -> None:
    (chart,) = picture_of(report_on(south_wales()))
    (other,) = revisits_of(report_on_all(troubled()))
    assert "red is time over it" in chart.description
    for revisit in (chart.bars[0], other.bars[0]):
        spans = {span.form: span for span in revisit.spans}
        assert list(spans) == ["allowed", "over", "done"], "what is drawn later lies above"
        over, done = spans["over"], spans["done"]
        assert over.start < done.start
        assert over.start + over.length == done.start + done.length == 100


def test_what_was_asked_for_immediately_is_drawn_on_the_day_of_publication() -> None:
    (chart,) = picture_of(report_on(south_wales()))
    assert [bar.label for bar in chart.bars[2:5]] == ["REC-2015-01", "REC-2015-02", "REC-2015-03"]
    assert all("due between 1 and 31 July 2015." in bar.text for bar in chart.bars[2:5])
