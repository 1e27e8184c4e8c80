from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.disclosure import MIN_SHOWN_COUNT
from domain.documents.case_audit import summarise
from schemas.documents.evidence import CaseAudit
from schemas.documents.returns import FieldworkReturn
from schemas.documents.tables import CASE_TYPES
from schemas.programme.versions import GRADE_SCALES, Grade, ProgrammeVersion
from tests.support.returns import case_rows, fieldwork_return


def submission(**changes: Any) -> FieldworkReturn:
    return FieldworkReturn.model_validate_json(json.dumps(fieldwork_return(**changes)))


FOUR = submission()


def types_of(audit: CaseAudit) -> dict[str, int | None]:
    return {one.case_type: one.cases for one in audit.types}


def test_margins_of_the_usual_rows() -> None:
    audit = summarise(case_rows(), FOUR)
    assert (audit.cases, audit.self_assessed, audit.referred_back, audit.is_synthetic) == (12, 4, 1, True)
    assert [(one.grade, one.inspectors, one.self_assessed, one.regraded) for one in audit.grades] == [
        (Grade.GOOD, 3, 4, 1),
        (Grade.ADEQUATE, 3, 0, 1),
        (Grade.REQUIRES_IMPROVEMENT, 3, 0, 1),
        (Grade.INADEQUATE, 3, 0, 1),
    ]
    # Four of each of three types: that all are four would follow from the total.
    assert types_of(audit) == {}


def test_grades_stand_in_the_order_of_the_programmes_scale_and_unused_ones_count_nothing() -> None:
    for version in ProgrammeVersion:
        scale = GRADE_SCALES[version]
        rows = case_rows(6)
        for row in rows:
            row |= {"inspector_grade": scale[0].value, "self_assessed": "no", "self_assessed_grade": ""}
        audit = summarise(rows, submission(programme=version.value))
        assert tuple(one.grade for one in audit.grades) == scale
        assert [one.inspectors for one in audit.grades] == [6, *[0] * (len(scale) - 1)]


def test_large_counts_are_published_and_small_ones_withheld_with_a_second() -> None:
    rows = case_rows(18)
    for number, row in enumerate(rows):
        row["case_type"] = CASE_TYPES[0] if number < 10 else CASE_TYPES[1] if number < 17 else CASE_TYPES[2]
    assert types_of(summarise(rows, FOUR)) == {CASE_TYPES[0]: 10, CASE_TYPES[1]: None, CASE_TYPES[2]: None}


def test_a_force_grade_of_a_case_that_was_not_self_assessed_is_not_counted() -> None:
    rows = case_rows(12, row_11={"self_assessed_grade": "good"})
    assert summarise(rows, FOUR) == summarise(case_rows(), FOUR)


grade = st.sampled_from([one.value for one in GRADE_SCALES[ProgrammeVersion.V1_2014]])
tables = st.lists(
    st.fixed_dictionaries(
        {
            "case_type": st.sampled_from(CASE_TYPES),
            "self_assessed": st.sampled_from(("yes", "no")),
            "self_assessed_grade": grade,
            "inspector_grade": grade,
            "referred_back": st.sampled_from(("yes", "no")),
        }
    ),
    min_size=1,
    max_size=40,
)


@settings(deadline=None)
@given(tables)
def test_margins_add_up_and_show_no_small_type(rows: list[dict[str, str]]) -> None:
    audit = summarise(rows, FOUR)
    assert audit.cases == sum(one.inspectors for one in audit.grades) == len(rows)
    assert audit.self_assessed == sum(one.self_assessed for one in audit.grades)
    assert audit.self_assessed == sum(one.regraded for one in audit.grades)
    assert all(one.regraded <= one.inspectors for one in audit.grades)
    assert audit.referred_back <= audit.cases
    published = types_of(audit)
    assert published == {} or set(published) == {row["case_type"] for row in rows}
    assert all(count >= MIN_SHOWN_COUNT for count in published.values() if count is not None)


@settings(deadline=None, max_examples=25)
@given(tables, st.randoms(use_true_random=False))
def test_the_order_of_rows_makes_no_difference(rows: list[dict[str, str]], order: Any) -> None:
    shuffled = list(rows)
    order.shuffle(shuffled)
    assert summarise(shuffled, FOUR) == summarise(rows, FOUR)


def test_nothing_of_a_row_but_known_words_is_in_the_summary() -> None:
    rows = case_rows()
    for row in rows:
        row |= {"rationale": "zqcanary of a child", "date_opened": "2001-01-01", "case_reference": "CA-9876"}
    shown = summarise(rows, FOUR).model_dump_json()
    assert not any(text in shown for text in ("zqcanary", "2001-01-01", "CA-"))
