"""What may be published: no personal data in text, no count so small that it could identify a child.

The patterns are a minimum. They do not find names, so a person reads every text before approval. They look at each
way to read a text (domain/interpretations.py), so that neither typesetting nor intent hides a number from them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from pydantic import BaseModel

from domain.interpretations import interpretations_of, without_dates
from schemas.programme.helplines import HELPLINES

MIN_SHOWN_COUNT: Final = 5
"""A published count of cases of one type is at least this (disclosure control for small samples); grade totals, which
the programme has always published, are exempt by decision (docs/decisions/0008-disclosure.md)."""

KINDS: Final = (
    "a postcode",
    "a date of birth",
    "an e-mail address",
    "a telephone number",
    "a National Insurance number",
    "a case reference",
    "an NHS number",
)
"""What is looked for in a text that would be published."""

# Between the parts of a number stands what people write there, or what somebody writes who wants to hide one.
_GAP: Final = r"[^0-9A-Za-z]{0,3}"
_SPLIT: Final = r"[^0-9A-Za-z]{1,3}"
_BEGINS: Final = r"(?<![0-9A-Za-z])"
_ENDS: Final = r"(?![0-9A-Za-z])"
_POSTCODE: Final = re.compile(
    rf"{_BEGINS}(?:GIR{_GAP}0AA|ZZ99{_GAP}[0-9][A-Z]{{2}}"
    rf"|[A-PR-UWYZ][A-HK-Y]?[0-9][0-9A-HJKMNPR-Y]?{_GAP}[0-9][ABD-HJLNP-UW-Z]{{2}}){_ENDS}",
    re.IGNORECASE,
)
# Letters and digits apart too, but then in capitals: anything else would be many an ordinary phrase.
_POSTCODE_APART: Final = re.compile(
    rf"{_BEGINS}[A-PR-UWYZ](?:{_GAP}[A-HK-Y])?{_GAP}[0-9](?:{_GAP}[0-9A-HJKMNPR-Y])?{_SPLIT}[0-9]{_GAP}[ABD-HJLNP-UW-Z]"
    rf"{_GAP}[ABD-HJLNP-UW-Z]{_ENDS}"
)
# Letters for digits in it, again in capitals: `SWII 2TL`.
_POSTCODE_LETTERS: Final = re.compile(
    rf"{_BEGINS}[A-PR-UWYZ][A-HK-Y]?(?:[0-9OI][0-9OI]?{_GAP}[0-9]|[0-9][0-9OIA-Z]?{_GAP}[OI])[ABD-HJLNP-UW-Z]{{2}}{_ENDS}"
)
_ORDINAL: Final = re.compile(rf"(?i:[ACDFH-KO-VX-Z])[0-9]{{1,2}}{_GAP}(?:1st|2nd|3rd|[04-9]th)")
"""No postcode: `s47 2nd strategy meetings were late`. One letter that is no postcode area, or S, as of sections."""
_DAY: Final = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_MONTH: Final = r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}"
_BIRTH: Final = re.compile(
    r"(?<![a-z])(?:d\.?o\.?b\.?|born(?: ?on)?|date[ -]{0,3}of[ -]{0,3}birth|birth ?date|birth ?day)(?![a-z]{3})"
    r".{0,15}?(?<![0-9])"
    rf"(?:{_DAY}(?: of)?{_GAP}{_MONTH}{_GAP}[0-9]{{2,4}}|{_MONTH}{_GAP}{_DAY}{_GAP}[0-9]{{2,4}}"
    rf"|[0-9]{{1,2}}{_SPLIT}[0-9]{{1,2}}{_SPLIT}[0-9]{{2,4}}|[0-9]{{4}}{_SPLIT}[0-9]{{1,2}}{_SPLIT}[0-9]{{1,2}}"
    r"|[0-9]{6}(?:[0-9]{2})?)(?![0-9])",
    re.IGNORECASE,
)
# Matched from the beginning of a word only: from every letter, a long word would take quadratic time.
_EMAIL: Final = re.compile(r"(?<![\w.+-])[\w.+-]+@[\w-]+\.\w")
_DOMAIN: Final = r"\. ?(?:com|org|net|info|co|ac|gov|police|nhs|sch|uk|wales|cymru|me|eu|ie|io)\b"
_EMAIL_APART: Final = re.compile(rf"\w ?@ ?[\w.-]*(?: [\w.-]+)? ?{_DOMAIN}", re.IGNORECASE)
_EMAIL_IN_WORDS: Final = re.compile(
    r"\w at (?:gmail|googlemail|hotmail|outlook|live|msn|yahoo|icloud|aol|btinternet|sky|virginmedia|talktalk|proton)"
    rf"(?:mail)?{_DOMAIN}",
    re.IGNORECASE,
)
_INSURANCE: Final = re.compile(
    rf"{_BEGINS}[A-CEGHJ-PR-TW-Z]{_GAP}[A-Z](?:{_GAP}[0-9]){{6}}{_GAP}[A-D]{_ENDS}", re.IGNORECASE
)
# Without a hyphen `CA 1989` is the Children Act.
_CASE: Final = re.compile(
    rf"{_BEGINS}CA(?: ?-{{1,2}} ?|{_GAP}(?!19|20))[0-9](?:{_GAP}[0-9]){{3}}{_ENDS}", re.IGNORECASE
)

_PATTERNS: Final = {
    "a postcode": (_POSTCODE_APART, _POSTCODE_LETTERS),
    "a date of birth": (_BIRTH,),
    "an e-mail address": (_EMAIL, _EMAIL_APART, _EMAIL_IN_WORDS),
    "a National Insurance number": (_INSURANCE,),
    "a case reference": (_CASE,),
}
_DIGITS: Final = re.compile(r"\+?[0-9](?:[^0-9A-Za-z]{0,5}[0-9])*")
_MIN_DIGITS: Final = 8
_MAX_DIGITS: Final = 15
"""Of a telephone number (ITU-T E.164), the longest number looked for."""
_NATIONAL: Final = re.compile(r"0[1-35789][0-9]{8,9}")
_PUBLIC_NUMBERS: Final = frozenset(number.replace(" ", "") for number in HELPLINES)
_NHS_DIGITS: Final = 10
_CLUE: Final = re.compile("[0-9@]| at ", re.IGNORECASE)
"""What each of the kinds has, and most texts have not."""
_PROSE: Final = re.compile(r"(?:.*\.)?(?:text|source|basis|place|why|methods\[\d+\]|paragraphs\[\d+\])")
_PLACE: Final = re.compile(r"\[\d+\]")


class _Number(NamedTuple):
    """Digits that a reader may take for one number: whole groups, and what stands between them."""

    groups: tuple[str, ...]
    gaps: tuple[str, ...]
    has_plus: bool


def personal_data_in(text: str) -> tuple[str, ...]:
    """List the kinds of personal data found in a text, in whichever way it can be read."""
    found = {kind for reading in interpretations_of(text) if _CLUE.search(reading) for kind in _kinds_in(reading)}
    return tuple(kind for kind in KINDS if kind in found)


def personal_data_across(texts: Sequence[str]) -> tuple[str, ...]:
    """List the kinds found only in texts read one after the other: `07700` ends one, `900123` begins the next."""
    alone = {kind for text in texts for kind in personal_data_in(text)}
    joined = {kind for between in (" ", "") for kind in personal_data_in(between.join(texts))}
    return tuple(kind for kind in KINDS if kind in joined - alone)


def _kinds_in(reading: str) -> Iterator[str]:
    yield from (kind for kind, patterns in _PATTERNS.items() if any(pattern.search(reading) for pattern in patterns))
    if any(not _ORDINAL.fullmatch(match[0]) for match in _POSTCODE.finditer(reading)):
        yield "a postcode"
    for number in _numbers_in(reading):
        if _is_telephone_number(number):
            yield "a telephone number"
        if _is_nhs_number(number):
            yield "an NHS number"


def _numbers_in(reading: str) -> Iterator[_Number]:
    for run in _DIGITS.finditer(without_dates(reading)):
        has_plus = run[0].startswith("+")
        groups, gaps = re.findall("[0-9]+", run[0]), re.findall("[^0-9]+", run[0].removeprefix("+"))
        for start in range(len(groups)):
            length = 0
            for end in range(start, len(groups)):
                length += len(groups[end])
                if length > _MAX_DIGITS:
                    break
                if length >= _MIN_DIGITS:
                    before = has_plus if start == 0 else gaps[start - 1].endswith("+")
                    yield _Number(tuple(groups[start : end + 1]), tuple(gaps[start:end]), before)


def _is_telephone_number(number: _Number) -> bool:
    digits = "".join(number.groups)
    if digits in _PUBLIC_NUMBERS:
        return False
    is_foreign = number.has_plus and not digits.startswith("44")
    if is_foreign:
        return len(digits) >= len("33123456")
    # Of the United Kingdom, from abroad or within: +44 20 7946 0000, 0044 (0)20 7946 0000, 020 7946 0000.
    code = re.match("(?:00)?44(?=0?[1-35789])", digits) if number.has_plus or len(digits) > len("02079460000") else None
    national = "0" + digits[code.end() :].removeprefix("0") if code else digits
    return _NATIONAL.fullmatch(national) is not None and national not in _PUBLIC_NUMBERS


def _is_nhs_number(number: _Number) -> bool:
    digits, sizes = "".join(number.groups), tuple(map(len, number.groups))
    if len(digits) != _NHS_DIGITS or f"0{digits}" in _PUBLIC_NUMBERS:
        return False
    # Counts in a row are ten digits too, but they have commas between them.
    if sizes not in {(3, 3, 4), (1,) * _NHS_DIGITS} and any(set(gap) & set(",;") for gap in number.gaps):
        return False
    # Modulus 11 check of the NHS data dictionary: weights 10 to 2, check digit 11 is written 0, 10 is never issued.
    check = 11 - sum(int(digit) * weight for digit, weight in zip(digits, range(10, 1, -1), strict=False)) % 11
    return int(digits[9]) == (0 if check == 11 else check)  # noqa: PLR2004 - the rule's own number


def personal_data_of(texts: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """List the kinds of personal data in the texts of a document, each with its path, alone and one after the other."""
    neighbours: dict[str, list[tuple[str, str]]] = {}
    for path, text in texts:
        yield from ((path, kind) for kind in personal_data_in(text))
        if _PROSE.fullmatch(path):
            neighbours.setdefault(_PLACE.sub("[]", path), []).append((path, text))
    for row in neighbours.values():
        for kind in personal_data_across([text for _, text in row]):
            pairs = (pair[1][0] for pair in pairwise(row) if kind in personal_data_across([text for _, text in pair]))
            yield next(pairs, row[0][0]), kind


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
    withheld = {name for name, count in counts.items() if 0 < count < MIN_SHOWN_COUNT}
    values = {counts[name] for name in withheld}
    if withheld and (len(withheld) == 1 or values in ({1}, {MIN_SHOWN_COUNT - 1})):
        larger = [count for count in counts.values() if count >= MIN_SHOWN_COUNT]
        if not larger:
            return {}
        withheld |= {name for name, count in counts.items() if count == min(larger)}
    return {name: None if name in withheld else count for name, count in counts.items()}
