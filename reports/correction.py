"""A corrected version of a report or review: the same pages, each headed by what changed, when and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from reports.initial_report import page_of_report
from reports.layout.blocks import Notice, Page, Paragraph, Run, Words, words
from reports.layout.page import render_page
from reports.layout.pdf import render_pdf
from reports.layout.phrases import counted
from reports.layout.rendering import Rendering, render_data
from reports.press_notice import notice_of_report, notice_of_review
from reports.review import page_of_review
from schemas.dates import SourcedDate, in_words
from schemas.documents.correction import CorrectedDocument, Correction, Erratum
from schemas.documents.report import InitialReport


def render_correction(corrected: CorrectedDocument) -> tuple[Rendering, ...]:
    """Render a corrected version as page, PDF, data and press notice; the same bytes every time.

    Raises:
        RenderingError: the typesetter refused the document.
    """
    page = page_of_correction(corrected)
    data = render_data(corrected)
    dated = SourcedDate(date=corrected.newest.corrected.isoformat(), source="day of the correction")
    return (
        render_page(page, "report.html"),
        render_pdf(page, data, dated=dated),
        data,
        render_page(_press_notice(corrected), "press-notice.html"),
    )


def page_of_correction(corrected: CorrectedDocument) -> Page:
    """Return the page of a corrected version: its errata, newest first, then the whole document as it now reads."""
    document = corrected.document
    page = page_of_report(document) if isinstance(document, InitialReport) else page_of_review(document)
    return _with_errata(page, corrected, "report.html")


def _press_notice(corrected: CorrectedDocument) -> Page:
    document = corrected.document
    page = notice_of_report(document) if isinstance(document, InitialReport) else notice_of_review(document)
    return _with_errata(page, corrected, "press-notice.html")


def _with_errata(page: Page, corrected: CorrectedDocument, name: str) -> Page:
    newest = corrected.newest
    notices = tuple(_notice(one) for one in reversed(corrected.corrections))
    earlier = Paragraph(tuple(_earlier(newest.number, name)))
    return replace(
        page,
        kicker=f"{page.kicker} (version {newest.number}, corrected on {in_words(newest.corrected)})",
        head=(*notices, earlier, *page.head),
    )


def _notice(correction: Correction) -> Notice:
    return Notice(
        title=f"Corrected on {in_words(correction.corrected)}",
        paragraphs=(f"Version {correction.number} of this document {_what(correction)}.",),
        items=tuple(_erratum(one) for one in correction.errata),
    )


def _what(correction: Correction) -> str:
    return f"puts right {counted(len(correction.errata), 'error')} in version {correction.number - 1}"


def _erratum(erratum: Erratum) -> str:
    return f"{erratum.place}: “{erratum.was}” should read “{erratum.now}”. Reason: {erratum.why}"


def _earlier(number: int, name: str) -> Iterator[Run]:
    yield from words("Earlier versions stay where they were published: ")
    yield from _link(1, f"../{name}")
    for earlier in range(2, number):
        yield Run(", ")
        yield from _link(earlier, f"../v{earlier}/{name}")
    yield Run(".")


def _link(number: int, href: str) -> Words:
    return words(Run(f"version {number}", href=href))
