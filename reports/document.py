"""A document as files: a page, a PDF, data and a press notice."""

from __future__ import annotations

from reports.correction import with_errata
from reports.initial_report import page_of_report
from reports.layout.blocks import Page
from reports.layout.page import render_page
from reports.layout.pdf import render_pdf
from reports.layout.rendering import Rendering, render_data
from reports.press_notice import notice_of_report, notice_of_review
from reports.review import page_of_review
from schemas.dates import SourcedDate
from schemas.documents.correction import CorrectedDocument
from schemas.documents.report import InitialReport
from schemas.documents.review import Review


def render_document(document: InitialReport | Review | CorrectedDocument) -> tuple[Rendering, ...]:
    """Render a document as page, PDF, data and press notice; the same bytes every time.

    Raises:
        RenderingError: the typesetter refused the document.
    """
    page = _page_of(document)
    data = render_data(document)
    return (
        render_page(page, "report.html"),
        render_pdf(page, data, dated=_date_of(document)),
        data,
        render_page(_press_notice_of(document), "press-notice.html"),
    )


def _page_of(document: InitialReport | Review | CorrectedDocument) -> Page:
    if isinstance(document, CorrectedDocument):
        return with_errata(_page_of(document.document), document, "report.html")
    return page_of_report(document) if isinstance(document, InitialReport) else page_of_review(document)


def _press_notice_of(document: InitialReport | Review | CorrectedDocument) -> Page:
    if isinstance(document, CorrectedDocument):
        return with_errata(_press_notice_of(document.document), document, "press-notice.html")
    return notice_of_report(document) if isinstance(document, InitialReport) else notice_of_review(document)


def _date_of(document: InitialReport | Review | CorrectedDocument) -> SourcedDate:
    if isinstance(document, CorrectedDocument):
        return SourcedDate(date=document.newest.corrected.isoformat(), source="day of the correction")
    return document.published or document.fieldwork.end
