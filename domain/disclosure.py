"""What may be published: no personal data in text, no count so small that it could identify a child.

The patterns are a minimum. They do not find names, so a person reads every text before approval.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import BaseModel

SMALLEST_COUNT: Final = 5
"""A published count of cases of one type is at least this (disclosure control for small samples); grade totals, which
the programme has always published, are exempt by decision (docs/decisions/0008-disclosure.md)."""

# Everything that looks like a space or a hyphen to a reader, and zero-width spaces, which are invisible.
_SPACES: Final = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")
_HYPHENS: Final = re.compile(r"[\u2010-\u2015\u2212]")
_DAY: Final = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_MONTH: Final = r"[a-z]{3,9}"
_NHS_NUMBER: Final = re.compile(r"(?<![0-9])([0-9]{3})[ .-]?([0-9]{3})[ .-]?([0-9]{4})(?![0-9])")
_PATTERNS: Final = {
    "a postcode": re.compile(
        r"\b(?:GIR ?0AA|ZZ99 ?[0-9][A-Z]{2}|[A-PR-UWYZ][A-HK-Y]?[0-9][0-9A-HJKMNPR-Y]? ?[0-9][ABD-HJLNP-UW-Z]{2})\b",
        re.IGNORECASE,
    ),
    "a date of birth": re.compile(
        r"\b(?:d\.?o\.?b\.?|born|date of birth)\b.{0,15}?"
        rf"(?:{_DAY}(?: of)?[/.\- ](?:[0-9]{{1,2}}|{_MONTH})[/.\-, ]{{1,2}}|{_MONTH} {_DAY}[, ]{{1,2}})[0-9]{{2,4}}",
        re.IGNORECASE,
    ),
    # Matched from the beginning of a word only: from every letter, a long word would take quadratic time.
    "an e-mail address": re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.]+"),
    "a telephone number": re.compile(
        r"(?<![0-9])(?:(?:\+|00)44[ .-]?(?:\(0\)[ .-]?)?|\(?0)[0-9]{2,4}\)?[ .-]?[0-9]{3,4}[ .-]?[0-9]{3,4}(?![0-9])"
    ),
    "a National Insurance number": re.compile(
        r"\b[A-CEGHJ-PR-TW-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]\b", re.IGNORECASE
    ),
    "a case reference": re.compile(r"\bCA-[0-9]{4}\b", re.IGNORECASE),
}


def _is_nhs_number(digits: str) -> bool:
    # Modulus 11 check of the NHS data dictionary: weights 10 to 2, check digit 11 is written 0, 10 is never issued.
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return int(digits[9]) == (0 if check == 11 else check)  # noqa: PLR2004 - the rule's own number


def personal_data_in(text: str) -> tuple[str, ...]:
    """List the kinds of personal data found in a text."""
    text = _HYPHENS.sub("-", _SPACES.sub(" ", text))
    kinds = [kind for kind, pattern in _PATTERNS.items() if pattern.search(text)]
    if any(_is_nhs_number("".join(match.groups())) for match in _NHS_NUMBER.finditer(text)):
        kinds.append("an NHS number")
    return tuple(kinds)


def texts_of(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """List every text in a document with its path."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from texts_of(getattr(value, name), f"{path}.{name}" if path else name)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from texts_of(item, f"{path}.{name}" if path else str(name))
    elif isinstance(value, tuple | list):
        for place, item in enumerate(value):
            yield from texts_of(item, f"{path}[{place}]")


def withhold_small(counts: Mapping[str, int]) -> dict[str, int | None]:
    """Withhold counts that are too small to publish, and more where those could be worked out from the total.

    The total and this rule are public, so the sum of the withheld counts is known. It gives away a single count, and
    also several counts that must all be 1 or all be the largest small count. Then the smallest larger counts, all that
    are equal, are withheld too: two withheld counts now differ, and nobody can tell which is which. If there are no
    larger counts, no count is published at all. Counts of zero identify nobody and are kept.

    Returns:
        The counts, None for one that is withheld; empty if none can be published.
    """
    withheld = {name for name, count in counts.items() if 0 < count < SMALLEST_COUNT}
    values = {counts[name] for name in withheld}
    if withheld and (len(withheld) == 1 or values in ({1}, {SMALLEST_COUNT - 1})):
        larger = [count for count in counts.values() if count >= SMALLEST_COUNT]
        if not larger:
            return {}
        withheld |= {name for name, count in counts.items() if count == min(larger)}
    return {name: None if name in withheld else count for name, count in counts.items()}
