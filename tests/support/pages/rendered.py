"""Every rendering of the sample documents."""

from __future__ import annotations

from reports.calendar import render_calendar
from reports.document import render_document
from reports.index import render_index
from reports.layout.rendering import Rendering
from reports.withdrawal import render_withdrawal
from tests.support.pages.corrections import corrected, second, withdrawal
from tests.support.pages.report_documents import follow_up_plan, initial_report, publication, review


def renderings() -> dict[str, Rendering]:
    """Render one document of each kind, named `document/file`."""
    documents = {
        "initial-report": render_document(initial_report()),
        "review": render_document(review()),
        "correction": render_document(corrected()),
        "correction-twice": render_document(corrected(twice=True)),
        "withdrawal": [render_withdrawal(withdrawal())],
        "index": [render_index((publication(), second()))],
        "index-withdrawn": [render_index((publication(), withdrawal()))],
        "calendar": [render_calendar(follow_up_plan())],
    }
    return {f"{document}/{file.name}": file for document, files in documents.items() for file in files}
