"""A report narrowed to a period and a person: both days included, counts of all kept, what is due untouched."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from audit.gather import programme_report
from audit.pages.programme_sheets import sheets_of_programme
from audit.pages.render import render_audit
from audit.record_check import SealStatus
from audit.report.selection import Selection, narrowed
from schemas.audit.report import InspectionTrail, ProgrammeTrail
from tests.support.pages.audit_lives import report_on, south_wales
from tests.support.pages.page_outline import outline_of
from tests.support.world import INSPECTION, World


@pytest.fixture(scope="module")
def south() -> World:
    return south_wales()


@pytest.fixture(scope="module")
def trail(south: World) -> InspectionTrail:
    return report_on(south)


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


def test_a_list_of_which_nothing_is_shown_does_not_say_that_there_was_nothing(trail: InspectionTrail) -> None:
    said, whole = (
        " ".join(outline_of(render_audit(one, "html").data).words.split())
        for one in (narrowed(trail, Selection(person="nobody.here")), trail)
    )
    for untrue in ("Nothing was refused", "Nothing was decided", "No return was checked", "None of these was recorded"):
        assert untrue not in said, untrue
    for things, count in (("refusals", 1), ("events", len(trail.side_events)), ("checks", len(trail.validations))):
        assert f"{count} of the {count} {things} are not shown." in said
    # What needs attention stays whole.
    assert "1 act refused because of the role in which it was tried." in whole
    assert "1 act refused because of the role in which it was tried." in said


def test_the_programme_is_narrowed_by_the_same_words(south: World) -> None:
    def made(**named: Any) -> ProgrammeTrail:
        return programme_report(south.stores, south.now, SealStatus(), None, selection=Selection(**named))

    whole, none = made(), made(first=dt.date(2016, 1, 1), person="rhian.morgan")
    assert (len(whole.refusals), len(whole.people)) == (1, whole.people_in_all)
    assert (none.refusals, none.people) == ((), ())
    assert (none.board, none.open_holds, none.changes) == (whole.board, whole.open_holds, whole.changes)
    said = " ".join(outline_of(render_audit(none, "html").data).words.split())
    assert "Shows onlyentries from 1 January 2016, by rhian.morgan" in said
    assert "1 of the 1 refusals are not shown." in said
    assert "Nothing was refused" not in said
    by = made(person="rhian.morgan")
    assert [one.person for one in by.refusals] == ["rhian.morgan"]
    assert {one.by for one in made(person="pat.howells").people} <= {"pat.howells"}
    some = made(person=whole.people[0].by)
    said = " ".join(outline_of(render_audit(some, "html").data).words.split())
    left_out = whole.people_in_all - len(some.people)
    assert f"{left_out} of the {whole.people_in_all} changes are not shown." in said
    about = dict(next(one for one in sheets_of_programme(none) if one.name == "about").rows)
    assert about["shows only entries"] == "from 1 January 2016, by rhian.morgan"


def test_the_programme_says_what_came_in_each_inspection(south: World) -> None:
    (whole,) = programme_report(south.stores, south.now, SealStatus(), None).changes
    assert (whole.inspection, whole.since, whole.entries) == (INSPECTION, "since it was opened", 22)
    day = dt.date(2016, 1, 11)
    made = programme_report(south.stores, south.now, SealStatus(), None, since=day)
    (since,) = made.changes
    assert (since.since, since.entries, since.newest.entry) == ("since 11 January 2016", 4, 21)
    said = " ".join(outline_of(render_audit(made, "html").data).words.split())
    assert f"{INSPECTION} 11 January 2016 4" in said
    assert programme_report(south.stores, south.now, SealStatus(), None, since=south.now.date()).changes == ()


def test_without_a_selection_nothing_changes(trail: InspectionTrail) -> None:
    assert narrowed(trail, Selection()) is trail
