from __future__ import annotations

import datetime as dt
import functools
import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.documents.drafts import draft_initial_report
from evidence.examination import Examination, Request
from schemas.documents.report import InitialReport
from schemas.documents.returns import Outcome
from schemas.documents.tables import CASE_AUDIT, PROGRESS
from schemas.documents.validation import ValidatedRule, Validation
from schemas.problems import Severity
from tests.support.returns import EXPECTATIONS, as_csv, case_rows, fieldwork_return, progress_rows, review_return
from tests.support.world import examine_once

INSPECTION = "south-wales-2015"
CANARY = "zqcanary"
TODAY = dt.date(2026, 11, 23)
CASES = as_csv(case_rows())
PROGRESS_TABLE = as_csv(progress_rows(), PROGRESS.column_names)


def fieldwork(table: bytes = CASES, document: bytes | None = None, **changes: Any) -> Request:
    return Request(
        inspection=INSPECTION,
        kind="fieldwork-return",
        pack="a" * 64,
        submitted_on=TODAY,
        document=json.dumps(fieldwork_return(**changes)).encode() if document is None else document,
        table=table,
    )


@functools.cache
def report() -> InitialReport:
    evidence = examine_once(fieldwork()).evidence
    assert evidence is not None
    return draft_initial_report(evidence)


def review(table: bytes = PROGRESS_TABLE, **changes: Any) -> Request:
    return Request(
        inspection=INSPECTION,
        kind="review-return",
        pack="b" * 64,
        submitted_on=TODAY,
        document=json.dumps(review_return(**changes)).encode(),
        table=table,
        report=report(),
    )


def refused(examination: Examination) -> set[tuple[str, str]]:
    assert examination.evidence is None
    assert CANARY not in examination.model_dump_json()
    return {(problem.file, problem.rule) for problem in examination.problems}


def test_a_good_fieldwork_return_gives_evidence_without_a_row_of_it() -> None:
    rows = case_rows()
    for row in rows:
        row["rationale"] = f"{CANARY} what was seen of a child"
    examination = examine_once(fieldwork(as_csv(rows)))
    assert examination.problems == ()
    evidence = examination.evidence
    assert evidence is not None
    assert (evidence.inspection, evidence.pack, evidence.outcomes) == (INSPECTION, "a" * 64, {})
    assert evidence.case_audit is not None
    assert evidence.case_audit.cases == 12
    assert evidence.expectations > 40
    assert not any(text in examination.model_dump_json() for text in (CANARY, "CA-0", "2014-09-01"))


def test_a_good_review_return_gives_outcomes() -> None:
    examination = examine_once(review())
    assert examination.problems == ()
    assert examination.evidence is not None
    assert examination.evidence.case_audit is None
    assert examination.evidence.outcomes == {
        "REC-2015-01": Outcome.ACHIEVED,
        "REC-2015-02": Outcome.STILL_A_CONCERN,
    }
    assert "long enough an account" not in examination.model_dump_json()


def test_an_examination_is_the_same_after_it_left_the_child() -> None:
    for request in (fieldwork(), review(), fieldwork(b"")):
        examination = examine_once(request)
        assert Examination.model_validate_json(examination.model_dump_json()) == examination
        assert Request.model_validate_json(request.model_dump_json()) == request


def test_a_warning_is_kept_with_the_evidence() -> None:
    examination = examine_once(fieldwork(as_csv(case_rows(row_3={"rationale": "too short"}))))
    (warning,) = examination.problems
    assert (warning.rule, warning.line, warning.severity) == ("rationale-given", 5, Severity.WARNING)
    assert examination.evidence is not None
    assert examination.evidence.warnings == examination.problems


def test_faults_of_document_fields_and_table_come_together() -> None:
    wrong = as_csv(case_rows(row_3={"inspector_grade": CANARY}))
    assert refused(examine_once(fieldwork(wrong, force="kent"))) == {
        ("return.json", "force-matches"),
        ("cases.csv", "inspector_grade-known"),
    }
    assert refused(examine_once(fieldwork(b"PK\x03\x04", document=b"{"))) == {
        ("return.json", "json-syntax"),
        ("cases.csv", "file-is-zip"),
    }


def test_a_count_that_a_form_has_no_place_for_is_refused_and_named() -> None:
    progress = review_return()["progress"] | {"grades": {"good": 20, "adequate": 13}}
    examination = examine_once(review(progress=progress))
    assert examination.evidence is None
    (problem,) = examination.problems
    assert (problem.rule, problem.column) == ("field-unknown", "progress")
    assert "rows, is_synthetic, file; found grades; remove it" in problem.message


def test_a_field_that_is_unknown_is_named_with_its_place_and_the_fields_that_are_known() -> None:
    document = fieldwork_return()
    # The last could be the name of a child, and is written as a field is.
    document["findings"][1] |= {"themes": "leadership", f"{CANARY} of Cardiff": 1, "jane": 1}
    (problem,) = examine_once(fieldwork(document=json.dumps(document).encode())).problems
    assert problem.column == "findings[1]"
    assert "found themes, the 7th field, the 8th field; remove them, or fix their names" in problem.message
    assert "id, polarity, theme, text" in problem.message


def test_a_fault_in_every_finding_is_one_problem_for_its_cause() -> None:
    findings = [fieldwork_return()["findings"][0] | {"id": f"I{place}"} for place in range(1, 41)]
    for finding in findings:
        del finding["source"]
    (problem,) = examine_once(fieldwork(findings=findings)).problems
    assert problem.column == "findings[0].source"
    assert problem.message.startswith(
        "expected this field, found none; add it; also at findings[1].source, findings[2]"
    )
    assert problem.message.endswith(" more")
    (problem,) = (one for one in examine_once(review(finding_progress=[])).problems if one.rule == "finding-assessed")
    assert "found none for I1, I2; add it" in problem.message


def test_a_table_that_cannot_be_read_is_not_checked_as_well() -> None:
    assert refused(examine_once(fieldwork(CASES + f"{CANARY}\n".encode()))) == {("cases.csv", "row-length")}


def test_fieldwork_that_ends_before_it_starts_spoils_no_row() -> None:
    dates = {**fieldwork_return()["fieldwork"], "end": {"date": "2014-12", "source": "test"}}
    assert refused(examine_once(fieldwork(fieldwork=dates))) == {("return.json", "fieldwork-order")}


def test_a_return_of_the_other_kind_is_refused() -> None:
    document = json.dumps(review_return()).encode()
    assert ("return.json", "field-value") in refused(examine_once(fieldwork(document=document)))
    assert ("cases.csv", "no-header") in refused(examine_once(fieldwork(PROGRESS_TABLE)))


def test_a_review_must_answer_every_recommendation_of_the_report_and_no_other() -> None:
    other = as_csv([progress_rows()[0], progress_rows()[1] | {"recommendation": "REC-2015-09"}], PROGRESS.column_names)
    assert refused(examine_once(review(other))) == {("progress.csv", "recommendation-known")}
    assert refused(examine_once(review(as_csv(progress_rows()[:1], PROGRESS.column_names)))) == {
        ("progress.csv", "rows-as-counted"),
        ("progress.csv", "recommendations-complete"),
    }


def test_a_report_of_very_many_recommendations_is_answered_by_a_message_of_bounded_length() -> None:
    asked = fieldwork_return()["recommendations"][0]
    many = [asked | {"id": f"REC-2015-{number:02d}"} for number in range(1, 66)]
    evidence = examine_once(fieldwork(recommendations=many)).evidence
    assert evidence is not None
    asking = review().model_copy(update={"report": draft_initial_report(evidence)})
    (problem,) = (one for one in examine_once(asking).problems if one.rule == "recommendations-complete")
    assert "REC-2015-01" in problem.message
    assert "53 more" in problem.message


def test_a_return_names_its_own_table() -> None:
    case_audit = fieldwork_return()["case_audit"] | {"file": "progress.csv"}
    assert refused(examine_once(fieldwork(case_audit=case_audit))) == {("return.json", "field-value")}
    progress = review_return()["progress"] | {"file": "cases.csv"}
    assert refused(examine_once(review(progress=progress))) == {("return.json", "field-value")}


def test_a_review_without_its_report_gives_no_evidence() -> None:
    examination = examine_once(review().model_copy(update={"report": None}))
    assert examination.evidence is None


def test_a_refused_request_does_not_show_its_bytes() -> None:
    with pytest.raises(ValidationError) as refusal:
        Request.model_validate_json(json.dumps({"inspection": CANARY, "document": CANARY, CANARY: 1}))
    assert CANARY not in str(refusal.value).replace(f"\n{CANARY}\n", "")


def test_columns_in_another_order_are_the_same_table() -> None:
    turned = as_csv(case_rows(), tuple(reversed(CASE_AUDIT.column_names)))
    assert examine_once(fieldwork(turned)) == examine_once(fieldwork())


@settings(deadline=None, max_examples=60)
@given(st.binary(max_size=200), st.binary(max_size=200), st.sampled_from(["fieldwork-return", "review-return"]))
def test_any_bytes_are_refused_with_a_problem(document: bytes, table: bytes, kind: Any) -> None:
    request = Request(
        inspection=INSPECTION, kind=kind, pack="0" * 64, submitted_on=TODAY, document=document, table=table
    )
    files = {file for file, _ in refused(examine_once(request))}
    assert {"return.json"} < files


def leaves(value: Any) -> Iterator[Any]:
    """Give every key and every value of a JSON document."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from leaves(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner)
    else:
        yield value


def checked(examination: Examination) -> Validation:
    assert examination.validation is not None
    return examination.validation


def test_what_was_checked_names_every_rule_with_its_arguments_its_result_and_its_lines() -> None:
    validation = checked(
        examine_once(fieldwork(as_csv(case_rows(row_3={"rationale": "short"}, row_5={"referred_back": "x"}))))
    )
    assert (validation.inspection, validation.pack, validation.is_met) == (INSPECTION, "a" * 64, False)
    assert (validation.suite, validation.file) == ("case audit", "cases.csv")
    assert validation.programs.keys() == {"great-expectations", "ncpi", "pandas"}
    assert len(validation.rules) == EXPECTATIONS
    by_name = {one.rule: one for one in validation.rules}
    assert {name: (one.lines, one.severity.value) for name, one in by_name.items() if not one.is_met} == {
        "rationale-given": ((5,), "warning"),
        "referred_back-known": ((7,), "critical"),
    }
    known = by_name["referred_back-known"]
    assert (known.expectation, known.rows, known.broken) == ("ExpectColumnValuesToBeInSet", 12, 1)
    assert known.arguments == {"column": "referred_back", "value_set": ("yes", "no")}
    counted = by_name["total-good"]
    assert (counted.where, counted.arguments, counted.rows) == (("inspector_grade", "good"), {"value": 3}, 3)


def test_a_warning_leaves_the_table_as_met_and_a_table_that_was_not_read_has_no_validation() -> None:
    short = examine_once(fieldwork(as_csv(case_rows(row_3={"rationale": "short"}))))
    assert checked(short).is_met
    assert short.evidence is not None
    assert short.evidence.expectations == len(checked(short).rules)
    assert examine_once(fieldwork(CASES + b"one,cell\n")).validation is None


@pytest.mark.parametrize(
    "cell", [f"{CANARY}-{{}}-{{}}", "2015-03-{1:02d}", "19{1:02d}-05-06", "CA-{1:04d}", "REC-2015-{1:02d}", "{1}7.5"]
)
@pytest.mark.parametrize("form", ["fieldwork", "review"])
def test_what_was_checked_holds_no_cell_of_the_table(cell: str, form: str) -> None:
    table, ask = (CASE_AUDIT, fieldwork) if form == "fieldwork" else (PROGRESS, review)
    rows = [{name: cell.format(name, row) for name in table.column_names} for row in range(11, 23)]
    validation = checked(examine_once(ask(as_csv(rows, table.column_names))))
    assert not any(one.is_met for one in validation.rules if one.rule.endswith("-known"))
    # Whatever stands in it comes from the product, from return.json or from the place of a line.
    written = json.loads(validation.to_bytes())
    rules = [rule.pop("arguments") for rule in written["rules"]]
    known = {INSPECTION, "a" * 64, "b" * 64, table.name, table.file, *validation.programs.values()}
    known |= {one.value for one in Severity} | {rule.expectation for rule in validation.rules}
    known |= {text for rule in validation.rules for text in (rule.rule, *(rule.where or ()))}
    known |= {*Validation.model_fields, *ValidatedRule.model_fields, *validation.programs, "validation"}
    texts = {leaf for leaf in leaves(written) if isinstance(leaf, str)}
    assert texts <= known
    assert {leaf for leaf in leaves(written) if isinstance(leaf, int)} <= {*range(len(rows) + 2)}
    again = checked(examine_once(ask(CASES if form == "fieldwork" else PROGRESS_TABLE)))
    assert rules == [rule["arguments"] for rule in json.loads(again.to_bytes())["rules"]]
