"""Tables that spreadsheets open: each reads the text as text, in whichever language and country it was set up."""

from __future__ import annotations

import codecs
import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final

from schemas.text import UNSEEN

_LEADS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")
# A program that takes another character for the separator begins a cell there, whatever quotes stand around the whole.
_CELL_BEGINS: Final = re.compile(r"(?P<separator>[,;\t|])(?=[\s\"]*[=+@\uff1d\uff0b\uff20-])")


def defused(cell: str) -> str:
    """Prefix an apostrophe to a cell that a spreadsheet would run as a formula (OWASP, CSV injection)."""
    # What no reader sees, or sees in its place, may be dropped before a program looks.
    visible = "".join(
        character for character in cell if unicodedata.category(character) != "Cf" and character != UNSEEN
    )
    # Full-width characters count too: some programs fold them before they look.
    return f"'{cell}" if unicodedata.normalize("NFKC", visible).lstrip(" ").startswith(_LEADS) else cell


def as_csv(rows: Iterable[Sequence[str]]) -> bytes:
    """Write rows as CSV that Excel and LibreOffice open as it is: marked as UTF-8, each cell quoted, none a formula.

    Safe too where a program splits cells at semicolons or tabs: a text that would begin a formula after one gets an
    apostrophe there.
    """
    written = io.StringIO(newline="")
    writer = csv.writer(written, quoting=csv.QUOTE_ALL)
    writer.writerows([_CELL_BEGINS.sub(r"\g<separator>'", defused(cell)) for cell in row] for row in rows)
    return codecs.BOM_UTF8 + written.getvalue().encode()
