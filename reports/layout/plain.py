"""Make text safe to show: nothing in it that a reader cannot see.

A document's text is kept as it was written; only its rendering is made plain. An approver must be
able to trust that what the page shows is what it holds, so characters that reorder or hide other
text never reach a page.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

UNSEEN: Final = "\N{REPLACEMENT CHARACTER}"
"""Replaces a character that a reader could not see."""

_WHITESPACE: Final = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029 ]+")
# Soft hyphen, zero-width space, non-joiner, joiner, word joiner, byte order mark: pasted along from
# word processors, and no loss when they are gone.
_PASTED_ALONG: Final = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")
_UNSEEN_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})

# What the fonts inside the typst wheel can draw; a test sets every one of these characters.
_NOT_DRAWN: Final = re.compile(
    "[^\u0020-\u007e\u00a0-\u00ac\u00ae-\u024f\u0370-\u0377\u037a-\u037f\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ff\u0400-\u045f\u1e00-\u1eff\u2010-\u2027\u2030-\u205e\u20a0-\u20bf\u2100-\u214f\u2190-\u22ff\ufb00-\ufb04\ufffd]"
)
_LONG_WORD: Final = re.compile(r"[^\s\u200b]{24}(?=[^\s\u200b])")


def plain(text: str) -> str:
    """Return a text that is safe to show: single spaces, no invisible or reordering characters."""
    text = _PASTED_ALONG.sub("", _WHITESPACE.sub(" ", text))
    return "".join(UNSEEN if unicodedata.category(sign) in _UNSEEN_CATEGORIES else sign for sign in text)


def drawable(text: str) -> str:
    """Return a text that is safe to set in the PDF: only characters its fonts hold, long words breakable.

    An accessible PDF may not hold a character without a glyph, and its fonts are fixed with the
    typesetter's version, so what they lack is named by its code point. The HTML page shows the
    character itself.
    """
    known = _NOT_DRAWN.sub(lambda match: f"[U+{ord(match[0]):04X}]", unicodedata.normalize("NFC", plain(text)))
    return _LONG_WORD.sub("\\g<0>\u200b", known)


_LEADS: Final = ("=", "+", "-", "@", "\t", "\r", "\n")


def defused(cell: str) -> str:
    """Prefix an apostrophe to a cell that a spreadsheet would run as a formula (OWASP, CSV injection)."""
    visible = "".join(character for character in cell if unicodedata.category(character) != "Cf")
    # Full-width signs count too: some programs fold them before they look.
    return f"'{cell}" if unicodedata.normalize("NFKC", visible).lstrip(" ").startswith(_LEADS) else cell
