"""Keep what people wrote from being run as a formula by the program that opens a table of it."""

from __future__ import annotations

import unicodedata
from typing import Final

_LEADS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def defused(cell: str) -> str:
    """Put an apostrophe before a cell that a spreadsheet would take for a formula (OWASP, CSV injection)."""
    visible = "".join(character for character in cell if unicodedata.category(character) != "Cf")
    # Full-width signs count too: some programs fold them before they look.
    return f"'{cell}" if unicodedata.normalize("NFKC", visible).lstrip(" ").startswith(_LEADS) else cell
