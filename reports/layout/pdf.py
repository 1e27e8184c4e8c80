"""PDF: blocks in, one archival and accessible file out (PDF/A-3a, PDF/UA-1), data attached."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from typing import Final

from reports.layout.blocks import Page, as_data
from reports.layout.rendering import Rendering
from schemas.dates import SourcedDate
from schemas.errors import RenderingError
from schemas.text import plain

_TEMPLATE: Final = Path(__file__).parent / "templates" / "report.typ"
# What the fonts inside the typst wheel can draw; a test sets every one of these characters.
_NOT_DRAWN: Final = re.compile(
    "[^\u0020-\u007e\u00a0-\u00ac\u00ae-\u024f\u0370-\u0377\u037a-\u037f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ff\u0400-\u045f\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2100-\u214f\u2190-\u22ff\ufb00-\ufb04\ufffd]"
)
_LONG_WORD: Final = re.compile(r"[^\s\u200b]{24}(?=[^\s\u200b])")
_PLACE: Final = re.compile(r"report\.typ:\d+:\d+")


def drawable(text: str) -> str:
    """Return a text that is safe to set in the PDF: only characters its fonts hold, long words breakable.

    An accessible PDF may not hold a character without a glyph, and its fonts are fixed with the
    typesetter's version, so what they lack is named by its code point. The HTML page shows the
    character itself.
    """
    known = _NOT_DRAWN.sub(lambda match: f"[U+{ord(match[0]):04X}]", plain(text))
    return _LONG_WORD.sub("\\g<0>\u200b", known)


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
        raise RenderingError(
            f"report.pdf: the typesetter refused the page at {refusal}; this is a fault of the template, to be "
            "reported with the inspection's id"
        )
    return Rendering(name="report.pdf", media_type="application/pdf", data=pdf)
