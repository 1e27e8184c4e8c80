"""PDF: blocks in, one archival and accessible file out (PDF/A-3a, PDF/UA-1), data attached."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Final

from reports.layout.blocks import Page, as_data
from reports.layout.plain import drawable
from reports.layout.rendering import Rendering
from schemas.dates import SourcedDate
from schemas.errors import RenderingError

_TEMPLATE: Final = Path(__file__).parent / "templates" / "report.typ"
_PLACE: Final = re.compile(r"report\.typ:\d+:\d+")


def render_pdf(page: Page, data: Rendering, *, dated: SourcedDate) -> Rendering:
    """Render a page as PDF with the typesetter's own fonts, so that the bytes never change.

    Args:
        data: the document as data, attached to the file.
        dated: the file's own date. The standard wants a day: a date known to the month gives the
            first of that month to the file's properties, and only there; the page says the month.

    Raises:
        RenderingError: the typesetter refused; the message holds no text of the document.
    """
    import typst  # noqa: PLC0415 - tens of megabytes that only rendering needs

    day = dated.earliest
    inputs = {
        "page": json.dumps(as_data(page, drawable), ensure_ascii=True, sort_keys=True),
        "data": data.data.decode(),
        "date": json.dumps([day.year, day.month, day.day]),
    }
    midnight = dt.datetime.combine(day, dt.time(), dt.UTC)
    refusal = ""
    try:
        pdf = typst.compile(
            _TEMPLATE,
            ignore_system_fonts=True,
            pdf_standards=["a-3a", "ua-1"],
            sys_inputs=inputs,
            timestamp=int(midnight.timestamp()),
        )
    except typst.TypstError as error:
        # Its message quotes what it could not set; only the place in our template may get out.
        place = _PLACE.search(error.diagnostic)
        refusal = place[0] if place else "no place given"
    if refusal:
        message = (
            f"report.pdf: the typesetter refused the page at {refusal}; this is a fault of the template, to be "
            "reported with the inspection's id"
        )
        raise RenderingError(message)
    return Rendering(name="report.pdf", media_type="application/pdf", data=pdf)
