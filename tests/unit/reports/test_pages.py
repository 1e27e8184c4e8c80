"""Pages: whole, accessible, self-contained, and holding everything their document holds."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from reports.document import render_document
from reports.index import render_index
from reports.layout.phrases import OUTCOMES
from reports.layout.rendering import Rendering
from schemas.documents.pack import StoredFile
from schemas.documents.returns import Outcome
from tests.support.pages.page_outline import outline_of
from tests.support.pages.pdf_text import squeezed, text_of
from tests.support.pages.report_documents import (
    INITIAL_FINDINGS,
    RECOMMENDATIONS,
    REVIEW_FINDINGS,
    initial_report,
    publication,
    review,
)

INITIAL = {item.name: item for item in render_document(initial_report())}
REVIEW = {item.name: item for item in render_document(review())}
INDEX = render_index([publication(), publication(of="review", published="2016-06-30")])
PAGES = [
    pytest.param(INITIAL["report.html"], id="initial report"),
    pytest.param(INITIAL["press-notice.html"], id="press notice of the report"),
    pytest.param(REVIEW["report.html"], id="review"),
    pytest.param(REVIEW["press-notice.html"], id="press notice of the review"),
    pytest.param(INDEX, id="index"),
]


@pytest.mark.parametrize("renderings", [INITIAL, REVIEW], ids=["initial report", "review"])
def test_each_document_has_its_four_files(renderings: dict[str, Rendering]) -> None:
    assert list(renderings) == ["report.html", "report.pdf", "report.json", "press-notice.html"]
    for item in renderings.values():
        StoredFile(
            name=item.name,
            sha256=item.sha256,
            size_bytes=len(item.data),
            media_type=item.media_type,
        )


@pytest.mark.parametrize("page", PAGES)
def test_page_is_accessible(page: Rendering) -> None:
    outline = outline_of(page.data)
    assert outline.named("html") == [{"lang": "en-GB"}]
    assert outline.headings.count(1) == 1
    assert outline.headings[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(outline.headings))
    assert len(outline.named("main")) == len(outline.named("header")) == 1
    assert len(outline.named("footer")) == 1
    assert outline.named("a")[0] == {"class": "skip", "href": "#content"}
    assert len(set(outline.ids)) == len(outline.ids)
    assert len(outline.named("table")) == len(outline.named("caption"))
    assert all(cell.get("scope") in {"col", "row"} for cell in outline.named("th"))
    labels = [item.get("aria-labelledby") for item in outline.named("section")]
    assert {label for label in labels if label} <= set(outline.ids)
    assert any(labels)


@pytest.mark.parametrize("page", PAGES)
def test_page_loads_nothing(page: Rendering) -> None:
    html = page.data.decode()
    outline = outline_of(page.data)
    assert not re.search(r"\ssrc=|<link|url\(|@import|<script|\son[a-z]+=", html)
    assert "default-src 'none'; style-src 'unsafe-inline'" in html
    for link in outline.named("a"):
        href = link["href"] or ""
        if href.startswith("#"):
            assert href[1:] in outline.ids
        elif re.match("[a-z]+:", href):
            assert href.startswith("https://")
            assert link["rel"] == "noreferrer"


@pytest.mark.parametrize("name", ["report.html", "press-notice.html"])
def test_report_holds_every_finding(name: str) -> None:
    words = outline_of(INITIAL[name].data).words
    assert all(finding.text in words for finding in INITIAL_FINDINGS)


def test_report_holds_every_recommendation_with_links_to_its_findings() -> None:
    outline = outline_of(INITIAL["report.html"].data)
    hrefs = [link["href"] for link in outline.named("a")]
    for recommendation in RECOMMENDATIONS:
        assert recommendation.id in outline.ids
        assert recommendation.text in outline.words
        assert all(f"#{finding}" in hrefs for finding in recommendation.findings)


def test_review_says_what_became_of_every_finding_and_recommendation() -> None:
    outline = outline_of(REVIEW["report.html"].data)
    words = outline.words
    for finding in (*INITIAL_FINDINGS, *REVIEW_FINDINGS):
        assert finding.text in words
        assert finding.id in outline.ids
    for recommendation in RECOMMENDATIONS:
        assert recommendation.text in words
    # I3, I4 and I5 have no line of progress, I1 says so itself.
    assert words.count("The review did not assess this.") == 4
    table = words[words.index("What became of each finding") :]
    assert table.count(OUTCOMES[Outcome.NOT_ASSESSED]) >= 4
    assert "Late by between 1 and 59 days on any reading" in words
    assert "Between 1 and 31 January 2016" in words
    assert "At once; no date was set" in words


def test_dates_known_to_the_month_stay_months() -> None:
    words = outline_of(INITIAL["report.html"].data).words
    assert "July 2015" in words
    assert not re.search(r"[0-9] (February|March|July) 2015", words)


def test_withheld_numbers_say_so_and_why() -> None:
    words = outline_of(INITIAL["report.html"].data).words
    assert words.count("withheld (small number)") == 4  # the table's two and the chart's two
    assert "point to one child" in words


def test_types_that_may_not_be_named_are_not_and_it_says_why() -> None:
    report = initial_report()
    few = report.model_copy(update={"case_audit": report.case_audit.model_copy(update={"types": ()})})
    made = {item.name: item for item in render_document(few)}
    words = outline_of(made["report.html"].data).words
    assert "So few cases were examined that their types are not given" in words
    assert "Cases by type" not in words
    assert squeezed("So few cases were examined") in squeezed(text_of(made["report.pdf"].data))


def test_effective_practice_is_marked() -> None:
    words = outline_of(REVIEW["report.html"].data).words
    assert re.search(r"R4\s*Pleased\s*Effective practice", words)


def test_data_is_canonical_and_carries_the_flags() -> None:
    data = INITIAL["report.json"].data
    assert data.startswith(b'{"case_audit":{"are_totals_synthetic":true,"cases":60,')
    assert data.count(b'"is_synthetic":true') == 5
