"""The PDF: archival, tagged, in British English, with its data attached and nothing missing."""

from __future__ import annotations

import io
from typing import Any

import pikepdf
import pytest

from reports.document import render_document
from schemas.dates import SourcedDate
from schemas.documents.report import InitialReport
from schemas.documents.returns import Finding
from schemas.documents.review import Review
from tests.support.pages.page_outline import outline_of
from tests.support.pages.pdf_text import squeezed, text_of, text_of_page
from tests.support.pages.report_documents import (
    INITIAL_FINDINGS,
    RECOMMENDATIONS,
    REVIEW_FINDINGS,
    initial_report,
    review,
)

CASES: list[Any] = [
    pytest.param(initial_report(), INITIAL_FINDINGS, id="initial report"),
    pytest.param(review(), (*INITIAL_FINDINGS, *REVIEW_FINDINGS), id="review"),
]


def _files(document: InitialReport | Review) -> dict[str, bytes]:
    made = render_document(document)
    return {item.name: item.data for item in made}


@pytest.mark.parametrize(("document", "findings"), CASES)
def test_pdf_declares_what_it_is(document: InitialReport | Review, findings: tuple[Finding, ...]) -> None:
    files = _files(document)
    assert findings
    with pikepdf.open(io.BytesIO(files["report.pdf"])) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == "en-GB"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert str(pdf.docinfo["/Title"]) == document.title
        assert "/Outlines" in pdf.Root
        metadata = pdf.open_metadata()
        assert metadata["pdfuaid:part"] == "1"
        assert (metadata["pdfaid:part"], metadata["pdfaid:conformance"]) == ("3", "A")
        assert pdf.attachments["report.json"].get_file().read_bytes() == files["report.json"]
        roles = _roles(pdf.Root.StructTreeRoot)
        for font in _fonts(pdf):
            assert "/FontFile2" in font or "/FontFile3" in font
    tables = len(outline_of(files["report.html"]).named("table"))
    assert roles.count("/Table") == tables
    assert roles.count("/TH") > tables
    assert {"/H1", "/H2", "/L", "/Caption", "/TOC", "/Link"} <= set(roles)


@pytest.mark.parametrize(("document", "findings"), CASES)
def test_pdf_holds_what_the_page_holds(document: InitialReport | Review, findings: tuple[Finding, ...]) -> None:
    files = _files(document)
    text = text_of(files["report.pdf"])
    texts = [(item.id, item.text) for item in findings]
    texts += [(item.id, item.text) for item in RECOMMENDATIONS]
    for identifier, words in texts:
        assert squeezed(words) in text
        assert identifier in text
    titles = [line.strip() for line in outline_of(files["report.html"]).words.splitlines()]
    for title in ("Summary", "Sources", "Effective practice", "Synthetic data", "Contents"):
        assert title in titles
        assert squeezed(title) in text


def test_file_date_is_the_document_s() -> None:
    exact = SourcedDate(date="2016-06-30", source="made for a test")
    for published, expected in ((exact, "D:20160630"), (None, "D:20150301")):
        files = _files(initial_report().model_copy(update={"published": published}))
        with pikepdf.open(io.BytesIO(files["report.pdf"])) as pdf:
            assert str(pdf.docinfo["/CreationDate"]).startswith(expected)
            assert str(pdf.docinfo["/ModDate"]).startswith(expected)


def _roles(node: Any) -> list[str]:
    if isinstance(node, pikepdf.Array):
        return [role for child in node for role in _roles(child)]
    if not isinstance(node, pikepdf.Dictionary):
        return []
    own = [str(node["/S"])] if "/S" in node else []
    return own + (_roles(node["/K"]) if "/K" in node else [])


def _fonts(pdf: pikepdf.Pdf) -> list[Any]:
    return [
        font["/DescendantFonts"][0]["/FontDescriptor"]
        for page in pdf.pages
        for font in page.obj["/Resources"]["/Font"].values()
    ]


def test_a_row_a_finding_and_a_chart_stand_on_one_page() -> None:
    """Thirty recommendations and forty findings of many lengths, so that page ends fall everywhere."""
    findings = tuple(
        INITIAL_FINDINGS[0].model_copy(
            update={"id": f"I{n}", "text": f"Begin I{n}. " + "It is not recorded why. " * (4 + n % 9) + f"End I{n}."}
        )
        for n in range(1, 41)
    )
    recommendations = tuple(
        RECOMMENDATIONS[0].model_copy(
            update={
                "id": f"REC-2015-{n:02d}",
                "text": f"Begin R{n}. " + "A supervisor should read each case. " * (3 + n % 7) + f"End R{n}.",
                "findings": (f"I{n}",),
            }
        )
        for n in range(1, 31)
    )
    document = initial_report().model_copy(update={"findings": findings, "recommendations": recommendations})
    with pikepdf.open(io.BytesIO(_files(document)["report.pdf"])) as pdf:
        pages = [squeezed(text_of_page(page)) for page in pdf.pages]
    assert len(pages) > 8
    for name in (*(f"I{n}" for n in range(1, 41)), *(f"R{n}" for n in range(1, 31))):
        begins = [number for number, text in enumerate(pages) if f"Begin{name}." in text]
        ends = [number for number, text in enumerate(pages) if f"End{name}." in text]
        assert begins == ends, name


def test_a_text_longer_than_a_page_is_broken_and_not_cut() -> None:
    long = "It is not recorded why this was done. " * 200
    finding = INITIAL_FINDINGS[0].model_copy(update={"text": f"{long}And this is the end of it."})
    document = initial_report().model_copy(update={"findings": (finding,)})
    assert squeezed("And this is the end of it.") in squeezed(text_of(_files(document)["report.pdf"]))
