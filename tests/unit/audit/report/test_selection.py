"""A report narrowed to a period and a person: both days included, counts of all kept, what is due untouched."""

from __future__ import annotations

import datetime as dt

import pytest

from audit.pages.render import render_audit
from audit.report.selection import Selection, narrowed
from schemas.audit.report import InspectionTrail
from tests.support.pages.audit_lives import report_on, south_wales
from tests.support.pages.page_outline import outline_of


@pytest.fixture(scope="module")
def trail() -> InspectionTrail:
    return report_on(south_wales())


def test_days_are_of_london_and_both_included(trail: InspectionTrail) -> None:
    made = narrowed(trail, Selection(dt.date(2015, 11, 2), dt.date(2015, 12, 18)))
    assert [line.kind for line in made.lines] == ["action-plan.received", "hold.placed", "hold.lifted"]
    assert [one.decision for one in made.decisions] == ["put the inspection on hold", "lifted the hold"]
    assert (made.refusals, made.validations) == ((), ())
    assert (made.in_all, made.dues, made.open_points) == (trail.in_all, trail.dues, trail.open_points)


def test_one_person_is_shown_alone_and_the_page_says_so(trail: InspectionTrail) -> None:
    made = narrowed(trail, Selection(person="pat.howells"))
    assert {line.person for line in made.lines} == {"pat.howells"}
    said = " ".join(outline_of(render_audit(made, "html").data).words.split())
    assert "Shows onlyentries by pat.howells" in said
    assert f"{trail.in_all['lines'] - len(made.lines)} of the {trail.in_all['lines']} entries are not shown." in said


def test_without_a_selection_nothing_changes(trail: InspectionTrail) -> None:
    assert narrowed(trail, Selection()) is trail
