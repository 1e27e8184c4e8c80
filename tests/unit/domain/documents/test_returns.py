from __future__ import annotations

import copy
import datetime as dt
import functools
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.documents.case_audit import summarise
from domain.documents.drafts import draft_initial_report
from domain.documents.returns import problems_of_fieldwork, problems_of_review
from schemas.documents.evidence import Evidence
from schemas.documents.report import InitialReport
from schemas.documents.returns import FieldworkReturn, ReviewReturn
from schemas.problems import Problem, Severity
from tests.support.returns import case_rows, fieldwork_return, review_return

if TYPE_CHECKING:
    Spoil = Callable[[dict[str, Any]], object]

INSPECTION = "south-wales-2015"
CANARY = "zqcanary"
TODAY = dt.date(2026, 11, 28)


def fieldwork(document: dict[str, Any]) -> FieldworkReturn:
    return FieldworkReturn.model_validate_json(json.dumps(document))


@functools.cache
def report() -> InitialReport:
    submission = fieldwork(fieldwork_return())
    return draft_initial_report(
        Evidence(
            inspection=INSPECTION,
            pack="0" * 64,
            submission=submission,
            case_audit=summarise(case_rows(), submission),
            outcomes={},
            expectations=1,
            warnings=(),
        )
    )


def of_fieldwork(spoil: Spoil = lambda _: None) -> list[Problem]:
    document = copy.deepcopy(fieldwork_return())
    spoil(document)
    return list(problems_of_fieldwork(fieldwork(document), INSPECTION, TODAY))


def of_review(spoil: Spoil = lambda _: None) -> list[Problem]:
    document = copy.deepcopy(review_return())
    spoil(document)
    submission = ReviewReturn.model_validate_json(json.dumps(document))
    return list(problems_of_review(submission, INSPECTION, report(), TODAY))


def places(problems: list[Problem]) -> list[tuple[str, str | None]]:
    assert all(problem.file == "return.json" and problem.line is None for problem in problems)
    return [(problem.rule, problem.column) for problem in problems]


def put(value: object, *path: Any) -> Spoil:
    def spoil(document: dict[str, Any]) -> None:
        inner: Any = document
        for part in path[:-1]:
            inner = inner[part]
        inner[path[-1]] = value

    return spoil


def again(name: str) -> Spoil:
    return lambda document: document[name].append(copy.deepcopy(document[name][-1]))


def test_good_returns_have_no_problem() -> None:
    assert of_fieldwork() == []
    assert of_review() == []


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (put("kent-2025", "inspection"), [("inspection-matches", "inspection")]),
        (put("kent", "force"), [("force-matches", "force")]),
        (put(CANARY, "force"), [("force-matches", "force")]),
        (put("2015-01", "fieldwork", "end", "date"), [("fieldwork-order", "fieldwork.end")]),
        (put("2062-07-01", "published", "date"), [("date-has-been", "published.date")]),
        (put("2026-11-29", "published", "date"), [("date-has-been", "published.date")]),
        (put("2026-12", "published", "date"), [("date-has-been", "published.date")]),
        (put("2015-02", "published", "date"), [("publication-order", "published.date")]),
        (
            put({"date": "2051-02-03", "source": "test"}, "fieldwork", "end"),
            [("date-has-been", "fieldwork.end.date"), ("publication-order", "published.date")],
        ),
        (put("1915-02", "fieldwork", "start", "date"), [("date-in-programme", "fieldwork.start.date")]),
        (again("findings"), [("finding-unique", "findings[1].id"), ("finding-unique", "findings[2].id")]),
        (put("R7", "findings", 0, "id"), [("finding-id-kind", "findings[0].id")]),
        (
            again("recommendations"),
            [("recommendation-unique", "recommendations[1].id"), ("recommendation-unique", "recommendations[2].id")],
        ),
        (put(["I2", "I9"], "recommendations", 0, "findings"), [("finding-known", "recommendations[0].findings")]),
        (put(4, "case_audit", "grades", "good"), [("totals-sum", "case_audit.grades")]),
        (put(11, "case_audit", "rows"), [("totals-sum", "case_audit.grades")]),
        (put({}, "case_audit", "grades"), [("totals-sum", "case_audit.grades")]),
        (put("v1-2015", "programme"), [("grade-scale", "case_audit.grades")]),
        (put("Ring 020 7946 0000.", "findings", 0, "text"), [("personal-data", "findings[0].text")]),
        (put("Ring 020 7946 0000.", "fieldwork", "methods", 1), [("personal-data", "fieldwork.methods[1]")]),
        (put("a@example.org", "team", "hmi"), [("personal-data", "team.hmi")]),
        (put("CF99 1NA", "published", "source"), [("personal-data", "published.source")]),
        (put("CA-0001", "recommendations", 1, "text"), [("personal-data", "recommendations[1].text")]),
    ],
)
def test_each_rule_of_fieldwork(spoil: Spoil, expected: list[tuple[str, str]]) -> None:
    problems = of_fieldwork(spoil)
    assert places(problems) == expected
    assert all(problem.severity is Severity.CRITICAL for problem in problems)
    assert not any(CANARY in str(problem) for problem in problems)


@pytest.mark.parametrize(
    ("spoil", "expected"),
    [
        (put("kent-2025", "inspection"), [("inspection-matches", "inspection")]),
        (put("2016-01", "fieldwork", "end", "date"), [("fieldwork-order", "fieldwork.end")]),
        (put("2015-01", "fieldwork", "start", "date"), [("fieldwork-order", "fieldwork.start")]),
        (put("2015-06-30", "fieldwork", "start", "date"), [("publication-order", "fieldwork.start")]),
        (put("2016-01-31", "published", "date"), [("publication-order", "published.date")]),
        (put("2027-01", "published", "date"), [("date-has-been", "published.date")]),
        (
            put("I7", "findings", 0, "id"),
            [("finding-id-kind", "findings[0].id"), ("finding-known", "finding_progress[1].review_findings")],
        ),
        (
            lambda document: document["finding_progress"].pop(0),
            [("finding-assessed", "finding_progress")],
        ),
        (
            again("finding_progress"),
            [("finding-assessed", "finding_progress[1].finding"), ("finding-assessed", "finding_progress[2].finding")],
        ),
        (
            put("I9", "finding_progress", 0, "finding"),
            [("finding-assessed", "finding_progress"), ("finding-known", "finding_progress[0].finding")],
        ),
        (
            put(["R9"], "finding_progress", 0, "review_findings"),
            [("finding-known", "finding_progress[0].review_findings")],
        ),
        (put("born on 3 May 2009", "quotation", "paragraphs", 0), [("personal-data", "quotation.paragraphs[0]")]),
    ],
)
def test_each_rule_of_a_review(spoil: Spoil, expected: list[tuple[str, str]]) -> None:
    assert places(of_review(spoil)) == expected


def test_a_concern_without_a_recommendation_is_a_warning() -> None:
    (warning,) = of_fieldwork(put("concerned", "findings", 0, "polarity"))
    assert (warning.rule, warning.column, warning.severity) == ("finding-answered", "findings[0]", Severity.WARNING)


def test_fieldwork_known_to_the_month_is_in_order_on_some_reading() -> None:
    assert of_fieldwork(put("2015-03-31", "fieldwork", "start", "date")) == []
    assert of_fieldwork(put("2015-02", "fieldwork", "end", "date")) == []
    assert places(of_review(put("2015-03", "fieldwork", "start", "date"))) == [("publication-order", "fieldwork.start")]


def test_a_date_known_to_the_month_may_be_of_this_month() -> None:
    assert of_fieldwork(put("2026-11", "published", "date")) == []
    assert of_fieldwork(put("2026-11-28", "published", "date")) == []
    assert of_review(put("2015-07", "fieldwork", "start", "date")) == []


def test_every_problem_comes_at_once() -> None:
    def spoil(document: dict[str, Any]) -> None:
        document |= {"inspection": "kent-2025", "force": "kent"}
        document["fieldwork"]["end"]["date"] = "2014-12"
        document["findings"].append(document["findings"][0])
        document["case_audit"]["rows"] = 1
        document["quotation"]["paragraphs"] = ["Number 943 476 5919."]

    assert {rule for rule, _ in places(of_fieldwork(spoil))} == {
        "inspection-matches",
        "force-matches",
        "fieldwork-order",
        "finding-unique",
        "totals-sum",
        "personal-data",
    }


def texts(value: object, here: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, str):
        return [here]
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for part, item in parts for path in texts(item, (*here, part))]


@given(st.sampled_from(texts(fieldwork_return())), st.sampled_from([f"{CANARY}@example.org", f"{CANARY} CF99 1NA"]))
def test_personal_data_in_any_text_that_takes_it_is_found_and_not_repeated(path: tuple[Any, ...], text: str) -> None:
    document = copy.deepcopy(fieldwork_return())
    put(text, *path)(document)
    try:
        submission = fieldwork(document)
    except ValueError:
        return
    problems = problems_of_fieldwork(submission, INSPECTION, TODAY)
    assert "personal-data" in [problem.rule for problem in problems]
    assert not any(CANARY in str(problem) for problem in problems)
