"""What may be published: no personal data in text, no count so small that it points at a child.

The patterns are a hard floor, not a reader: names are not found by them, so a person reads before approval.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from pydantic import BaseModel

SMALLEST_COUNT: Final = 5
"""A published count of cases of one type is at least this (disclosure control for small samples); grade totals, which
the programme has always published, are exempt by decision (docs/decisions/0008-disclosure.md)."""

# What looks like a space or a hyphen to a reader; also the zero-width ones, which look like nothing.
_SPACES: Final = re.compile(r"[\s\u200b-\u200d\u2060\ufeff]+")
_HYPHENS: Final = re.compile(r"[\u2010-\u2015\u2212]")
_POSTCODE: Final = re.compile(
    r"\b(?:GIR ?0AA|ZZ99 ?[0-9][A-Z]{2}|[A-PR-UWYZ][A-HK-Y]?[0-9][0-9A-HJKMNPR-Y]? ?[0-9][ABD-HJLNP-UW-Z]{2})\b",
    re.IGNORECASE,
)
_NHS_NUMBER: Final = re.compile(r"(?<![0-9])([0-9]{3})[ .-]?([0-9]{3})[ .-]?([0-9]{4})(?![0-9])")
_DAY: Final = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_MONTH: Final = r"[a-z]{3,9}"
_BIRTH: Final = re.compile(
    r"\b(?:d\.?o\.?b\.?|born|date of birth)\b.{0,15}?"
    rf"(?:{_DAY}(?: of)?[/.\- ](?:[0-9]{{1,2}}|{_MONTH})[/.\-, ]{{1,2}}|{_MONTH} {_DAY}[, ]{{1,2}})[0-9]{{2,4}}",
    re.IGNORECASE,
)
# Looked for from the beginning of a word only: from every letter of a long one it would take the square of its length.
_EMAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+\.[\w.]+")
_TELEPHONE: Final = re.compile(
    r"(?<![0-9])(?:(?:\+|00)44[ .-]?(?:\(0\)[ .-]?)?|\(?0)[0-9]{2,4}\)?[ .-]?[0-9]{3,4}[ .-]?[0-9]{3,4}(?![0-9])"
)
_INSURANCE: Final = re.compile(r"\b[A-CEGHJ-PR-TW-Z]{2} ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]\b", re.IGNORECASE)
_CASE: Final = re.compile(r"\bCA-[0-9]{4}\b", re.IGNORECASE)
_PATTERNS: Final = {
    "a postcode": _POSTCODE,
    "a date of birth": _BIRTH,
    "an e-mail address": _EMAIL,
    "a telephone number": _TELEPHONE,
    "a National Insurance number": _INSURANCE,
    "a case reference": _CASE,
}


def _is_nhs_number(digits: str) -> bool:
    # Modulus 11 check of the NHS data dictionary: weights 10 to 2, check digit 11 is written 0, 10 is never given out.
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return int(digits[9]) == (0 if check == 11 else check)  # noqa: PLR2004 - the rule's own number


def personal_data_in(text: str) -> tuple[str, ...]:
    """Name the kinds of personal data that a text holds; empty when none was found."""
    text = _HYPHENS.sub("-", _SPACES.sub(" ", text))
    kinds = [kind for kind, pattern in _PATTERNS.items() if pattern.search(text)]
    if any(_is_nhs_number("".join(match.groups())) for match in _NHS_NUMBER.finditer(text)):
        kinds.append("an NHS number")
    return tuple(kinds)


def texts_of(value: object, path: str = "") -> Iterator[tuple[str, str]]:
    """Walk a document and give the path and the words of every text in it."""
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
    """Withhold the counts that are too small to publish, and as many more as it takes that none can be worked out.

    The total is known, and so is this rule. What is withheld adds up to a known sum; a single count follows from it,
    and so do several that can only all be 1, or all be the largest that is small. Then the next smallest go with them,
    all that are equal: from then on two withheld counts differ, and nobody can tell which is which. Where there are no
    more, nothing is published by name at all. Counts of zero are kept: there is nobody to single out.

    Returns:
        None for a count that is withheld; nothing at all where withholding would not help.
    """
    withheld = {name for name, count in counts.items() if 0 < count < SMALLEST_COUNT}
    values = {counts[name] for name in withheld}
    if withheld and (len(withheld) == 1 or values in ({1}, {SMALLEST_COUNT - 1})):
        larger = [count for count in counts.values() if count >= SMALLEST_COUNT]
        if not larger:
            return {}
        withheld |= {name for name, count in counts.items() if count == min(larger)}
    return {name: None if name in withheld else count for name, count in counts.items()}
