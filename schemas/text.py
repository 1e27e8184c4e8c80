"""The one normal form of text: whatever a person types or a file holds takes it once, at intake.

Rules, search, errata, entries and renderings then see the same characters: nothing that is published was invisible when
it was checked. docs/decisions/0023-one-form-of-text.md says which characters are kept, replaced, removed and refused.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import partial
from typing import Final

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

UNSEEN: Final = "\N{REPLACEMENT CHARACTER}"
"""Stands on a page for a character that a reader could not see."""

_SPACE: Final = r"[\t\n\v\f\r\x85 \u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]"
_SPACES: Final = re.compile(f" {_SPACE}+|(?! ){_SPACE}+")
"""White space that is not one space."""
_ODD_SPACE: Final = re.compile(f"(?! ){_SPACE}")
# Soft hyphen, grapheme joiner, zero-width space and joiners, marks of direction, word joiner, variation selectors, byte
# order mark: word processors and web pages leave them behind, and nothing that a reader sees is lost with them.
_REMOVED: Final = re.compile("[\u00ad\u034f\u061c\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
_LIGATURES: Final = re.compile("[\ufb00-\ufb06]")
"""Joined letters as copied from a PDF, such as `ﬁ`; written apart they can be searched and quoted."""
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cn", "Co", "Cs"})
# Letters and marks without any shape (Unicode's Default_Ignorable_Code_Point), the empty pattern of Braille, and what
# stands for a picture that could not be pasted.
_BLANK: Final = frozenset("\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0\ufffc")
_ORDINARY: Final = re.compile(r"(?:[!-~]+(?: [!-~]+)*)?")
"""A text that is in normal form as it is: most are."""

_LETTERS: Final = "ÆæÐðØøÞþßĐđĦħıĸŁłŊŋŒœŦŧ"
"""Latin letters of European languages that are no plain letter with an accent."""
_SIGNS: Final = (
    "\u00a1\u00a2\u00a3\u00a4\u00a5\u00a6\u00a7\u00a8\u00a9\u00aa\u00ab\u00ac\u00ae\u00af\u00b0\u00b1\u00b2"
    "\u00b3\u00b4\u00b5\u00b6\u00b7\u00b8\u00b9\u00ba\u00bb\u00bc\u00bd\u00be\u00bf\u00d7\u00f7"
    "\u2010\u2011\u2012\u2013\u2014\u2015\u2018\u2019\u201a\u201b\u201c\u201d\u201e"  # dashes and quotation marks
    "\u2020\u2021\u2022\u2026\u2030\u2032\u2033\u2039\u203a\u2044\u20ac\u2122\u2116\u2190\u2191\u2192\u2193"
    "\u2212\u2248\u2260\u2264\u2265"
    "\ufffd"  # what stands for a lost character
)
"""Signs beyond ASCII that a published text may have: of Latin-1, of typesetting, arrows, comparisons."""


class CharacterError(ValueError):
    """A character that a text may not have; the message names it and its place, and repeats nothing else of it."""

    def __init__(self, text: str, place: int, advice: str) -> None:
        super().__init__(f"has {_named(text[place])} as character {place + 1}; {advice}")


def normal(text: str) -> str:
    """Return the normal form of a text: NFC, single spaces between words, nothing that cannot be seen.

    Line ends and tabs are spaces too: a text is one paragraph. The normal form of a normal form is itself.

    Raises:
        CharacterError: it holds a character that hides, reorders or stands for nothing that a reader sees.
    """
    if _ORDINARY.fullmatch(text):
        return text
    # A long text has few different characters: each is looked at once, and all of the text only for cause.
    characters = set(text)
    kept = _spaced(text, characters)
    if removed := set(filter(_REMOVED.match, characters)):
        kept = _REMOVED.sub("", kept)
    if refused := {one for one in characters - removed if _is_refused(one) and not _ODD_SPACE.match(one)}:
        place = next(place for place, character in enumerate(text) if character in refused)
        raise CharacterError(text, place, "a reader could not see it; delete it, or type the words again")
    composed = _composed(kept, characters)
    return (re.sub("  +", " ", composed) if "  " in composed else composed).strip(" ")


def publishable(text: str) -> str:
    """Return the normal form of a text that the public may read: in Latin letters, so that none passes for another.

    Raises:
        CharacterError: as for any text, or it holds a character that a report in English or Welsh does not need.
    """
    form = normal(text)
    if others := {character for character in set(form) if not is_publishable(character)}:
        place = next(place for place, character in enumerate(form) if character in others)
        raise CharacterError(
            form, place, "published texts have Latin letters, digits and ordinary punctuation; reword it"
        )
    return form


def is_publishable(character: str) -> bool:
    """Return whether a published text may have a character."""
    if character.isascii():
        return " " <= character <= "~"
    if character in _LETTERS or character in _SIGNS:
        return True
    parts = unicodedata.normalize("NFD", character)
    return len(parts) > 1 and parts[0].isascii() and parts[0].isalpha()


def plain(text: str) -> str:
    """Return any text so that it can be shown, where it may not have come through intake, such as an altered record.

    Nothing is left out: what is not in the normal form is replaced by a visible character. A text in
    normal form stays as it is, with the spaces around it that join it to others.
    """
    characters = set(text)
    shown = _spaced(text, characters)
    for character in characters:
        if not _ODD_SPACE.match(character) and (_REMOVED.match(character) or _is_refused(character)):
            shown = shown.replace(character, UNSEEN)
    return _composed(shown, characters)


def _spaced(text: str, characters: set[str]) -> str:
    return _SPACES.sub(" ", text) if "  " in text or any(map(_ODD_SPACE.match, characters)) else text


def _composed(text: str, characters: set[str]) -> str:
    composed = text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)
    if any(map(_LIGATURES.match, characters)):
        return _LIGATURES.sub(lambda match: unicodedata.normalize("NFKC", match[0]), composed)
    return composed


def _is_refused(character: str) -> bool:
    return unicodedata.category(character) in _REFUSED_CATEGORIES or character in _BLANK


def _named(character: str) -> str:
    unnamed = {"Cc": "(control character)", "Cs": "(bytes that are no text in UTF-8)"}
    name = unicodedata.name(character, unnamed.get(unicodedata.category(character), "(no character of Unicode)"))
    return f"U+{ord(character):04X} {name}"


def _check(form: Callable[[str], str], text: str) -> str:
    try:
        is_same = form(text) == text
    except CharacterError as error:
        rule, template = "character", "{words}"
        raise PydanticCustomError(rule, template, {"words": str(error)}) from None
    if not is_same:
        raise ValueError("expected text in the normal form (schemas/text.py), found another form of it")
    return text


NORMAL: Final = AfterValidator(partial(_check, normal))
"""For the type of a text that people write: a record holds only the normal form, and intake makes it."""
PUBLISHABLE: Final = AfterValidator(partial(_check, publishable))
"""For the type of a text that the public reads."""
