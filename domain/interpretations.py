"""How a person could read a text: what the disclosure rules look at, beside the text itself.

A reader takes `ø` for `o`, sees no difference between kinds of dashes, and reads `0 7 7 0 0` and `oh double seven` as
digits. Readings are for matching alone; nobody is ever shown one. They are of texts in normal form (schemas/text.py).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import pairwise
from typing import Final

# What Unicode's compatibility forms do not make ASCII of, by what it looks like. A test holds it complete for every
# letter of a published text. Checked against Unicode's confusables.txt (UTS #39), version 13.0.
_LOOKS_LIKE: Final = str.maketrans(
    {
        "Æ": "AE",
        "æ": "ae",
        "Œ": "OE",
        "œ": "oe",
        **dict(zip("ÐðĐđĦħıĸŁłŊŋØøŦŧÞþß", "DdDdHhikLlNnOoTtPpB", strict=True)),
        **dict(zip("¢¥§©®¡¦°", "cYScRi|o", strict=True)),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
        **dict.fromkeys("·•", "."),
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u2032\u2033", "'"),
        "\u2044": "/",
        "\u00d7": "x",
        "\u2020": "t",
    }
)
_WORDS: Final = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_DIGITS: Final = {
    **dict(zip(_WORDS, "0123456789", strict=True)),
    **dict.fromkeys(("oh", "o", "nought", "naught", "nil"), "0"),
}
_NOT_ASCII: Final = re.compile(r"[^\x00-\x7f]")
_TIMES: Final = {"double": 2, "treble": 3, "triple": 3}
_NUMBER_WORD: Final = rf"(?:(?:{'|'.join(_TIMES)})[ -]{{1,3}})?(?:{'|'.join(_DIGITS)})"
_NUMBER_WORDS: Final = re.compile(rf"\b{_NUMBER_WORD}(?:[ -]{{1,3}}{_NUMBER_WORD})*\b", re.IGNORECASE)
# Dates, times and small decimals: digits that no reader joins to those beside them.
_APART: Final = re.compile(
    r"(?<![0-9])(?:(?:0?[1-9]|[12][0-9]|3[01])(?P<mark>[./-])(?:0?[1-9]|1[0-2])(?P=mark)(?:19|20)[0-9]{2}"
    r"|(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01]))(?![0-9])"
    r"|(?<![0-9])(?<![0-9][ ./-])(?:(?:[01]?[0-9]|2[0-3])[.:][0-5][0-9]|0\.[0-9]{1,2})(?![ ./-]?[0-9])"
)
_MIXED: Final = re.compile(r"(?<![0-9OoIl|])[OoIl|]*[0-9][0-9OoIl|]*")
_LETTERS_AS_DIGITS: Final = str.maketrans("OoIl|", "00111")
_MARKS: Final = re.compile(r"[()\[\]{}<>*\"']")
_GAP: Final = r"[^0-9A-Za-z@]{1,7}"
_SPELLED: Final = re.compile(rf"(?<![0-9A-Za-z])[0-9A-Za-z@](?:{_GAP}[0-9A-Za-z@]){{4,}}(?![0-9A-Za-z])")
_AT: Final = re.compile(r" ?[(\[{<] ?at ?[)\]}>] ?| at (?=[\w-]+ dot )", re.IGNORECASE)
_DOT: Final = re.compile(r" ?[(\[{<] ?(?:dot|\.) ?[)\]}>] ?| dot ", re.IGNORECASE)


def interpretations_of(text: str) -> tuple[str, ...]:
    """Return each different way to read a text, in ASCII as far as it has letters and digits."""
    looks = _folded(text)
    shapes = [looks, _DOT.sub(".", _AT.sub("@", looks)), _MARKS.sub("", looks)]
    shapes += [_joined(without_dates(shape)) for shape in dict.fromkeys(shapes)]
    numbered = (_numbered(shape, between) for shape in dict.fromkeys(shapes) for between in ("", " "))
    return tuple(dict.fromkeys([*shapes, *numbered]))


def without_dates(text: str) -> str:
    """Return a text with a letter for each date, time and small decimal."""
    return _APART.sub("x", text)


def _folded(text: str) -> str:
    """Return a text as it looks: compatibility forms, no accents, every dash a hyphen, digits of every script."""
    return " ".join(_NOT_ASCII.sub(lambda match: _look(match[0]), text).split())


@cache
def _look(character: str) -> str:
    bare = "".join(
        part for part in unicodedata.normalize("NFKD", character) if not unicodedata.category(part).startswith("M")
    )
    looks = bare.translate(_LOOKS_LIKE)
    return "".join(str(unicodedata.digit(part, part)) if not part.isascii() else part for part in looks)


def _numbered(text: str, between: str) -> str:
    """Return a text with digits for words, and for letters that stand among digits: `oh double seven`, `O77OO`.

    Args:
        between: what stands between the digits of words; a reader may hear one number or several.
    """
    numbered = _NUMBER_WORDS.sub(lambda match: between.join(_digits(match[0])), text)
    return _MIXED.sub(lambda match: match[0].translate(_LETTERS_AS_DIGITS), numbered)


def _digits(spoken: str) -> str:
    words = re.split("[ -]+", spoken.lower())
    return "".join(
        _DIGITS[word] * _TIMES.get(before, 1) for before, word in pairwise(["", *words]) if word not in _TIMES
    )


def _joined(text: str) -> str:
    """Return a text without what separates single characters: `C F 1 0 3 N B`, `j-o-e @ e x . o r g`."""
    return _SPELLED.sub(lambda match: re.sub(_GAP, _middle, match[0]), text)


def _middle(gap: re.Match[str]) -> str:
    # Between separators of its own, a full stop is one of the characters that are spelled.
    return "." * (len(gap[0]) % 2 and gap[0][len(gap[0]) // 2] == "." and len(gap[0]) > 1)
