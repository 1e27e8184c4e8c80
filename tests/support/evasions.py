"""Personal data, and the ways in which somebody might write it so that the rules do not find it and a reader does."""

from __future__ import annotations

import random
import string
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

INVISIBLE: Final = (
    "\u00ad\u034f\u061c\u115f\u17b4\u180b\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202c\u202d\u202e\u2060\u2061\u2063"
    "\u2066\u2069\u206a\u2800\u3164\ufe00\ufe0f\ufeff\uffa0\ufff9\U0001d173\U000e0001\U000e0020\U000e007f\U000e0100"
    "\x00\x08\x1f\x7f\x9f\ue000\U00100000\U0003fffe"
)
MARKS: Final = "\u0300\u0301\u0302\u0307\u0308\u0323\u0332\u0335\u0336\u0338\u0345\u0488\u05b0\u064b\u20d2\u20dd\u20e3"
SEPARATORS: Final = (
    " ", "  ", "-", ".", "_", "/", " - ", "\u00a0", "\u2009", "\u202f", "\u3000", "\u00b7", "\u2022", "\u2011",
    "\u2013", "\u2014", "\u2212", ":", "~", "|", "*", "'", ", ", ",",
)  # fmt: skip
LINE_ENDS: Final = ("\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", " \n ", "-\n", "\n\n", "\t")
DIGITS: Final = (
    "\u0660\u06f0\u07c0\u0966\u09e6\u0e50\u1040\uff10\U0001d7ce\U0001d7d8\U0001d7e2\U0001d7ec\U0001d7f6\U0001fbf0"
)
"""The zeros of other scripts and styles; the other nine digits follow each."""
LOOK_ALIKES: Final[Mapping[str, str]] = {
    "0": "Oo\u039f\u041e\u043e\u03b8\u00d8\u2070\u24ea\U0001d7ce",
    "1": "lI|\u0269\u0399\u0406\u00b9\u2460",
    "2": "\u01a7\u00b2\u2461",
    "3": "\u0417\u01b7\u021c\u04e0\u00b3",
    "4": "\u13ce\u2463",
    "5": "\u01bc\u2464",
    "6": "\u0431\u13ee\u2465",
    "7": "\U000104d2\u2466",
    "8": "\u0222\u0222\u2467",
    "9": "\u13ed\u2468",
    "A": "\u0391\u0410\u13aa\u00c0\u24b6",
    "B": "\u0392\u0412\u13f4\u00df\u1e02",
    "C": "\u0421\u03f9\u13df\u00c7\u24b8",
    "D": "\u13a0\u00d0\u0110\u1e0a",
    "E": "\u0395\u0415\u13ac\u00c8\u24ba",
    "F": "\u03dc\u1e1e",
    "G": "\u050c\u13c0\u011c",
    "H": "\u0397\u041d\u13bb\u0126\u0124",
    "I": "\u0399\u0406\u04c0\u00cc",
    "J": "\u0408\u037f\u0134",
    "K": "\u039a\u041a\u13e6\u0136",
    "L": "\u13de\u0141\u0139",
    "M": "\u039c\u041c\u13b7\u1e3e",
    "N": "\u039d\u00d1\u0143",
    "O": "\u039f\u041e\u00d2\u00d8",
    "P": "\u03a1\u0420\u13e2\u1e54",
    "Q": "\u051a",
    "R": "\u13a1\u0154",
    "S": "\u0405\u13da\u015a",
    "T": "\u03a4\u0422\u13a2\u0166",
    "U": "\u054d\u00d9",
    "V": "\u0474\u13d9\u1e7c",
    "W": "\u051c\u13b3\u0174",
    "X": "\u03a7\u0425\u1e8a",
    "Y": "\u03a5\u04ae\u0176",
    "Z": "\u0396\u13c3\u017b",
    "@": "\uff20\ufe6b",
    ".": "\u2024\u3002\uff0e\u00b7",
    "-": "\u2010\u2011\u2012\u2013\u2212\ufe63",
}
_WORDS: Final = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]

HIDDEN: Final = (
    ("The mother can be reached on 07700\u00ad900123 after four.", "a telephone number"),
    ("CF10\u00ad 3NB", "a postcode"),
    ("NHS number 943\u00ad4765919", "an NHS number"),
    ("jane.doe@gmail\u200b.com", "an e-mail address"),
    ("CA-00\u200b07", "a case reference"),
    ("born 3\u00ad May 2011", "a date of birth"),
    ("AB 12\u2060 34 56\ufeff C", "a National Insurance number"),
)
"""Texts in which an invisible character stands within personal data, and of which kind it is."""


@dataclass(frozen=True, slots=True)
class Evasion:
    """Texts that a reader meets one after the other, what they give away, and how it was written."""

    texts: tuple[str, ...]
    kind: str
    ways: tuple[str, ...]


def _digits(rng: random.Random, count: int) -> str:
    return "".join(rng.choice(string.digits) for _ in range(count))


def _postcode(rng: random.Random) -> str:
    area = rng.choice(["CF", "LS", "SW", "B", "M", "NE", "SA", "TN", "EX", "BD"])
    inward = rng.choice(string.digits) + rng.choice("ABDEFGHJLNPQRSTUWXYZ") + rng.choice("ABDEFGHJLNPQRSTUWXYZ")
    return f"{area}{rng.randint(1, 20)} {inward}"


def _nhs_number(rng: random.Random) -> str:
    while True:
        nine = str(rng.randint(400_000_000, 799_999_999))
        check = -sum(int(digit) * weight for digit, weight in zip(nine, range(10, 1, -1), strict=True)) % 11
        if check < 10:
            return f"{nine[:3]} {nine[3:6]} {nine[6:]}{check}"


def _telephone(rng: random.Random) -> str:
    return rng.choice(
        [
            f"07700 900{_digits(rng, 3)}",
            f"020 7946 0{_digits(rng, 3)}",
            f"01632 960{_digits(rng, 3)}",
            f"+44 7700 900{_digits(rng, 3)}",
            f"029 2018 0{_digits(rng, 3)}",
        ]
    )


def _address(rng: random.Random) -> str:
    name = rng.choice(["jane.doe", "j_smith9", "cfamily"])
    return f"{name}@{rng.choice(['gmail.com', 'example.org', 'hotmail.co.uk'])}"


def _birth(rng: random.Random) -> str:
    day, year = rng.randint(1, 28), rng.randint(1999, 2014)
    month = rng.choice(["January", "February", "March", "April", "May", "June", "July", "August", "Sept", "Oct"])
    return rng.choice(
        [
            f"born 3{_ordinal(rng)} {month} {year}",
            f"born on {day} {month} {year}",
            f"DOB {day:02}/{rng.randint(1, 12):02}/{year}",
            f"date of birth {day}.{rng.randint(1, 12)}.{year}",
        ]
    )


def _ordinal(rng: random.Random) -> str:
    return rng.choice(["", "rd"])


PLANTED: Final[Mapping[str, Callable[[random.Random], str]]] = {
    "a postcode": _postcode,
    "a date of birth": _birth,
    "an e-mail address": _address,
    "a telephone number": _telephone,
    "a National Insurance number": lambda rng: f"{rng.choice(['AB', 'JG', 'PW'])}{_digits(rng, 6)}{rng.choice('ABCD')}",
    "a case reference": lambda rng: f"CA-0{_digits(rng, 3)}",
    "an NHS number": _nhs_number,
}


def _invisible(rng: random.Random, text: str) -> str:
    for _ in range(rng.randint(1, 4)):
        place = rng.randint(0, len(text))
        text = text[:place] + rng.choice(INVISIBLE) + text[place:]
    return text


def _combining(rng: random.Random, text: str) -> str:
    chance = rng.choice([0.1, 0.4, 1.0])
    return "".join(sign + rng.choice(MARKS) if rng.random() < chance else sign for sign in text)


def _look_alike(rng: random.Random, text: str) -> str:
    chance = rng.choice([0.2, 0.5, 1.0])
    swap = lambda sign: rng.choice(LOOK_ALIKES.get(sign) or LOOK_ALIKES.get(sign.upper()) or sign)  # noqa: E731
    return "".join(swap(sign) if rng.random() < chance else sign for sign in text)


def _wide(rng: random.Random, text: str) -> str:
    chance = rng.choice([0.3, 1.0])
    return "".join(chr(ord(s) + 0xFEE0) if "!" <= s <= "~" and rng.random() < chance else s for s in text)


def _other_digits(rng: random.Random, text: str) -> str:
    zero = ord(rng.choice(DIGITS))
    return "".join(chr(zero + int(sign)) if sign.isascii() and sign.isdigit() else sign for sign in text)


def _letters_for_digits(rng: random.Random, text: str) -> str:
    swap = {"0": "Oo", "1": "lI"}
    return "".join(rng.choice(swap[sign]) if sign in swap and rng.random() < 0.5 else sign for sign in text)


def _spaced(rng: random.Random, text: str) -> str:
    return rng.choice(SEPARATORS).join(text.replace(" ", ""))


def _regrouped(rng: random.Random, text: str) -> str:
    separator = rng.choice(SEPARATORS)
    return "".join(
        sign + (separator if sign.isdigit() and after.isdigit() and rng.random() < 0.4 else "")
        for sign, after in zip(text, f"{text[1:]} ", strict=True)
    )


def _bracketed(rng: random.Random, text: str) -> str:
    left, right = rng.choice([("(", ")"), ("[", "]"), ("<", ">"), ("\u201c", "\u201d"), ("**", "**")])
    start, end = sorted(rng.sample(range(len(text) + 1), 2))
    return f"{text[:start]}{left}{text[start:end]}{right}{text[end:]}"


def _over_lines(rng: random.Random, text: str) -> str:
    place = rng.randint(1, len(text) - 1)
    return text[:place] + rng.choice(LINE_ENDS) + text[place:]


def _in_words(rng: random.Random, text: str) -> str:
    if "@" in text:
        at, dot = rng.choice([(" at ", " dot "), ("(at)", "(dot)"), (" [at] ", " [dot] "), (" AT ", " DOT ")])
        return text.replace("@", at).replace(".", dot)
    between = rng.choice([" ", "-"])
    return "".join(f"{between}{_WORDS[int(sign)]}{between}" if sign in string.digits else sign for sign in text).strip()


def _in_case(rng: random.Random, text: str) -> str:
    return rng.choice([text.lower(), text.upper(), text.swapcase()])


WAYS: Final[Mapping[str, Callable[[random.Random, str], str]]] = {
    "invisible": _invisible,
    "combining": _combining,
    "look-alike": _look_alike,
    "full-width": _wide,
    "other digits": _other_digits,
    "letters for digits": _letters_for_digits,
    "spaced": _spaced,
    "regrouped": _regrouped,
    "bracketed": _bracketed,
    "over line ends": _over_lines,
    "in words": _in_words,
    "case": _in_case,
}
OVER_FIELDS: Final = "over field ends"
_SENTENCES: Final = (
    ("The mother can be reached on ", " after four."),
    ("", ""),
    ("See ", "; it was closed."),
    ("In 2 of 9 cases (", ") no strategy meeting was held"),
    ("Number ", ", as recorded"),
)


def evasion(rng: random.Random, *, kind: str | None = None, way: str | None = None) -> Evasion:
    """Return personal data of a kind, written in one way or in two at once, in a sentence or over two of them."""
    kind = kind or rng.choice(list(PLANTED))
    ways = [way or rng.choice([*WAYS, OVER_FIELDS])]
    if rng.random() < 0.3:
        ways.append(rng.choice([*WAYS, OVER_FIELDS]))
    planted = PLANTED[kind](rng)
    for name in (one for one in ways if one != OVER_FIELDS):
        planted = WAYS[name](rng, planted)
    before, after = rng.choice(_SENTENCES)
    if OVER_FIELDS not in ways:
        return Evasion((f"{before}{planted}{after}",), kind, tuple(ways))
    place = rng.randint(1, len(planted) - 1)
    return Evasion((f"{before}{planted[:place]}", f"{planted[place:]}{after}"), kind, tuple(ways))
