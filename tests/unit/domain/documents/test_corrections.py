"""Errata and what they make of a document."""

from __future__ import annotations

import datetime as dt
import json
import typing
from collections.abc import Iterator
from typing import Any

import pytest

from domain.documents.corrections import correct, problems_of_errata, publishable_texts
from evidence.document import read_document
from schemas.documents.correction import CorrectedDocument, Errata
from schemas.documents.report import InitialReport
from schemas.documents.returns import PublishableText
from schemas.documents.review import Review
from schemas.model import Record
from tests.support.errata import errata, erratum
from tests.support.pages.report_documents import INSPECTION, initial_report, review

DAY = dt.date(2026, 11, 25)
CANARY = "zqcanary"


def read(*each: dict[str, Any], **changes: Any) -> Errata:
    found, problems = read_document(json.dumps(errata(*each, **changes)).encode(), Errata, "errata.json")
    assert found is not None, problems
    return found


def problems(
    *each: dict[str, Any], of: InitialReport | Review | CorrectedDocument | None = None, **changes: Any
) -> list[str]:
    found = problems_of_errata(of or initial_report(), read(*each, **changes), INSPECTION)
    assert all(problem.file == "errata.json" for problem in found)
    assert not any(CANARY in str(problem) for problem in found)
    return [f"{problem.column} {problem.rule}" for problem in found]


def test_errata_change_their_words_and_nothing_else() -> None:
    report = initial_report()
    corrected = correct(
        report,
        read(erratum("poorly understood", "not understood"), erratum("fast and thorough", "fast")),
        DAY,
    )
    before, after = report.model_dump(mode="json"), corrected.document.model_dump(mode="json")
    assert after["findings"][5]["text"] == "The scale of child sexual exploitation is not understood."
    assert after["findings"][2]["text"] == "First enquiries into a child’s safety are fast."
    for place in (2, 5):
        after["findings"][place]["text"] = before["findings"][place]["text"]
    assert after == before
    (correction,) = corrected.corrections
    assert (correction.number, correction.corrected, len(correction.errata)) == (2, DAY, 2)


def test_several_errata_of_one_text_keep_their_places() -> None:
    made = read(erratum("The scale", "The true and full scale"), erratum("poorly", "ill"))
    text = correct(initial_report(), made, DAY).document.findings[5].text
    assert text == "The true and full scale of child sexual exploitation is ill understood."


def test_a_review_is_corrected_where_it_repeats_the_report_too() -> None:
    made = review()
    corrected = correct(made, read(erratum("Registered sex offenders", "Known offenders"), of="review"), DAY)
    assert corrected.of == "review"
    assert corrected.document.initial_findings[3].text == "Known offenders are managed well."  # type: ignore[union-attr]


def test_the_next_correction_starts_from_the_last() -> None:
    first = correct(initial_report(), read(erratum("poorly", "ill")), DAY)
    assert problems(erratum("poorly", "badly"), of=first) == ["errata[0].was erratum-found-once"]
    second = correct(first, read(erratum("ill understood", "unknown")), DAY + dt.timedelta(days=1))
    assert [one.number for one in second.corrections] == [2, 3]
    assert second.corrections[0] == first.newest
    assert second.document.findings[5].text == "The scale of child sexual exploitation is unknown."


def test_the_same_errata_give_the_same_bytes() -> None:
    made = [correct(initial_report(), read(erratum("poorly", "ill")), DAY).to_bytes() for _ in range(2)]
    assert made[0] == made[1]
    assert CorrectedDocument.model_validate_json(made[0]).to_bytes() == made[0]


@pytest.mark.parametrize(
    ("each", "expected"),
    [
        ([erratum(CANARY, "x")], ["errata[0].was erratum-found-once"]),
        ([erratum("The force", f"{CANARY}s")], ["errata[0].was erratum-found-once"]),  # stands twice
        ([erratum("poorly", "poorly")], ["errata[0].now erratum-changes"]),
        ([erratum("is poorly", "was ill"), erratum("poorly under", "x")], ["errata[1].was errata-apart"]),
        ([erratum("poorly", "poorly"), erratum(CANARY, "x")],
         ["errata[0].now erratum-changes", "errata[1].was erratum-found-once"]),
        ([erratum("poorly", f"{CANARY} " * 220)], ["errata[0].now erratum-length"]),
        ([erratum("poorly", f"{CANARY}, CF10 3NP,")], ["errata[0].now personal-data"]),
        ([erratum("poorly", "x", place=f"{CANARY} CF10 3NP")], ["errata[0].place personal-data"]),
        ([erratum("poorly", "x", why="her mother is on 029 2065 5555")], ["errata[0].why personal-data"]),
        ([erratum("CF10 3NP", "x")], ["errata[0].was personal-data", "errata[0].was erratum-found-once"]),
    ],
)  # fmt: skip
def test_each_fault_of_errata_is_named_and_not_repeated(each: list[dict[str, Any]], expected: list[str]) -> None:
    assert problems(*each) == expected


def test_personal_data_that_only_the_new_text_has_is_found() -> None:
    """Neither the text nor an erratum holds a postcode; together they do."""
    apart = erratum("of child sexual", "CF10"), erratum(" exploitation is", " 3NP is")
    assert problems(apart[0]) == problems(apart[1]) == []
    assert problems(*apart) == ["errata[0].now personal-data", "errata[1].now personal-data"]


def test_the_errata_of_another_inspection_are_not_these() -> None:
    assert problems(erratum("poorly", "ill"), inspection="kent-2015") == ["inspection inspection-matches"]


def test_words_that_overlap_themselves_are_found_each_time() -> None:
    report = initial_report()
    finding = report.findings[0].model_copy(update={"text": "nananana"})
    report = report.model_copy(update={"findings": (finding, *report.findings[1:])})
    assert problems(erratum("nanana", "no"), of=report) == ["errata[0].was erratum-found-once"]
    assert problems(erratum("nananana", "none"), of=report) == []


@pytest.mark.parametrize("text", ["pleased", "leadership", "REC-2015-01", "South Wales Police", "Dru Sharpling", "60"])
def test_what_nobody_wrote_for_the_public_is_not_corrected(text: str) -> None:
    assert problems(erratum(text, "other")) == ["errata[0].was erratum-found-once"]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"errata": []}, "field-value"),
        ({"errata": [erratum()] * 51}, "field-value"),
        ({"errata": [erratum(was="")]}, "field-value"),
        ({"errata": [erratum(**{f"{CANARY} so": 1})]}, "field-unknown"),
        ({"of": "press-notice"}, "field-value"),
        ({"inspection": "../x"}, "field-value"),
    ],
)
def test_a_file_that_is_no_errata_file_is_refused(change: dict[str, Any], rule: str) -> None:
    found, refused = read_document(json.dumps(errata() | change).encode(), Errata, "errata.json")
    assert found is None
    assert refused[0].rule == rule
    assert CANARY not in str(refused)


def test_problems_name_the_fields_of_errata() -> None:
    _, refused = read_document(json.dumps(errata(erratum(now=""))).encode(), Errata, "errata.json")
    assert refused[0].column == "errata[0].now"


def texts_by_type(value: object, path: str = "") -> Iterator[str]:
    """Walk a document by its annotations and give the path of every text that says it may be published."""
    if isinstance(value, Record):
        hints = typing.get_type_hints(type(value), include_extras=True)
        for name in type(value).model_fields:
            yield from _by_hint(getattr(value, name), hints[name], f"{path}.{name}" if path else name)
    elif isinstance(value, tuple):
        for place, item in enumerate(value):
            yield from texts_by_type(item, f"{path}[{place}]")


def _by_hint(value: object, hint: object, path: str) -> Iterator[str]:
    if hint == PublishableText:
        yield path
    elif isinstance(value, tuple) and "min_length=3, max_length=2000" in str(hint):
        yield from (f"{path}[{place}]" for place in range(len(value)))
    else:
        yield from texts_by_type(value, path)


@pytest.mark.parametrize("document", [initial_report(), review()], ids=["report", "review"])
def test_every_text_that_may_be_published_can_be_corrected(document: InitialReport | Review) -> None:
    assert set(texts_by_type(document)) == set(publishable_texts(document))
    assert len(publishable_texts(document)) > 10
