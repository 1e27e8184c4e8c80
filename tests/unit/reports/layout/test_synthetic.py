"""Made-up parts are named at the top of every rendering and marked where they stand."""

from __future__ import annotations

from typing import Any

import pytest

from reports.document import render_document
from reports.layout.synthetic import parts_of_report, parts_of_review
from schemas.dates import SourcedDate
from schemas.documents.report import InitialReport
from schemas.documents.review import Review
from tests.support.pages.page_outline import outline_of
from tests.support.pages.pdf_text import squeezed, text_of
from tests.support.pages.report_documents import case_audit, initial_report, review


def _shown(document: InitialReport | Review) -> dict[str, str]:
    made = render_document(document)
    return {
        item.name: text_of(item.data) if item.name.endswith(".pdf") else squeezed(outline_of(item.data).words)
        for item in made
        if not item.name.endswith(".json")
    }


@pytest.mark.parametrize("document", [initial_report(), review()], ids=lambda item: item.kind)
def test_every_part_is_named_in_every_rendering(document: InitialReport | Review) -> None:
    parts = parts_of_review(document) if isinstance(document, Review) else parts_of_report(document)
    assert len(parts) == 3
    for name, text in _shown(document).items():
        assert text.count("Syntheticdata") >= 2, name
        assert all(squeezed(part) in text for part in parts), name
        assert text.index("Syntheticdata") < 400, name


@pytest.mark.parametrize(
    "document",
    [initial_report(is_synthetic=False), review(is_synthetic=False)],
    ids=lambda item: item.kind,
)
def test_nothing_is_called_synthetic_that_is_not(document: InitialReport | Review) -> None:
    for text in _shown(document).values():
        assert "ynthetic" not in text


@pytest.mark.parametrize(
    ("changes", "part"),
    [
        (
            {"case_audit": True},
            "case audit: every number and grade except how many cases were examined and how the inspectors graded them",
        ),
        ({"quotation": True}, "quotation of Dru Sharpling in the press notice"),
    ],
)
def test_one_part_alone_is_named_alone(changes: dict[str, bool], part: str) -> None:
    report = initial_report(is_synthetic=False)
    update: dict[str, Any] = {
        name: getattr(report, name).model_copy(update={"is_synthetic": flag}) for name, flag in changes.items()
    }
    assert parts_of_report(report.model_copy(update=update)) == (part,)


def test_facts_whose_source_says_synthetic_are_named() -> None:
    report = initial_report(is_synthetic=False)
    finding = report.findings[0].model_copy(update={"source": "synthetic"})
    published = SourcedDate(date="2015-07-14", source="synthetic: chosen for a demonstration")
    report = report.model_copy(update={"findings": (finding, *report.findings[1:]), "published": published})
    assert parts_of_report(report) == ("dates: 14 July 2015", "findings: I1")
    assert all(text.count("ynthetic") >= 2 for text in _shown(report).values())


def test_only_the_made_up_recommendation_is_marked_where_some_are_real() -> None:
    report = initial_report(is_synthetic=False)
    first = report.recommendations[0].model_copy(update={"is_synthetic": True})
    report = report.model_copy(update={"recommendations": (first, *report.recommendations[1:])})
    assert parts_of_report(report) == ("recommendations: REC-2015-01",)
    assert "withpartners.Syntheticdata" in _shown(report)["report.html"]
    assert "morethantwice.Syntheticdata" not in _shown(report)["report.html"]


@pytest.mark.parametrize(
    ("rows", "totals", "part"),
    [
        (True, True, "case audit: every number and grade"),
        (True, False, "case audit: every number and grade except how many cases were examined and how the inspectors"),
        (False, True, "case audit: how many cases were examined and how the inspectors graded them"),
        (False, False, None),
    ],
)
def test_made_up_rows_and_made_up_totals_are_told_apart(rows: bool, totals: bool, part: str | None) -> None:
    audit = case_audit(is_synthetic=rows, are_totals_synthetic=totals)
    report = initial_report(is_synthetic=False).model_copy(update={"case_audit": audit})
    parts = parts_of_report(report)
    assert (parts[0].startswith(part), len(parts)) == (True, 1) if part else parts == ()
    for name, text in _shown(report).items():
        whole = squeezed("examined 60 cases. Synthetic data") if totals and not rows else squeezed("examined 60 cases.")
        assert name == "press-notice.html" or whole in text
        assert (squeezed("60 cases (synthetic data)") in text) == (totals and name == "press-notice.html")
        is_apart = rows != totals and name != "press-notice.html"
        assert (squeezed("Inspectors, all cases (synthetic data)") in text) == (is_apart and totals)
        assert (squeezed("Inspectors, the same cases (synthetic data)") in text) == (is_apart and rows)
