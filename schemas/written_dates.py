"""The ways in which people and spreadsheets write dates, named without repeating any date."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final

_LONGEST: Final = 60
_MAX_WAYS: Final = 2
_WAYS: Final = tuple(
    (re.compile(pattern, re.ASCII), words)
    for pattern, words in (
        (r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}", "written with slashes (like 31/12/2015)"),
        (r"[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}", "written with two digits for the year (like 31/12/15)"),
        (r"[0-9]{1,2}[.-][0-9]{1,2}[.-][0-9]{4}", "written day first (like 31.12.2015)"),
        (r"[0-9]{1,2}[.-][0-9]{1,2}[.-][0-9]{2}", "written with two digits for the year (like 31-12-15)"),
        (r"[0-9]{4}[/.][0-9]{1,2}[/.][0-9]{1,2}", "written without hyphens (like 2015/12/31)"),
        (
            r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}",
            "written without two digits each for month and day, or with a month or year out of range",
        ),
        (r"[0-9]{8}", "written without hyphens (like 20151231)"),
        (r"[0-9]{5}(?:\.[0-9]+)?", "written as a spreadsheet's number of days (like 42369)"),
        (r"\S+[ T][0-9]{1,2}:[0-9]{2}.*", "written with a time of day"),
        (r".*[A-Za-z]{3}.*", "written with the month in words"),
    )
)


def way_of_writing(text: str) -> str:
    """Return in words how a text that should be a date is written."""
    # A longer text is no date, and need not be searched.
    known = (words for pattern, words in _WAYS if len(text) <= _LONGEST and pattern.fullmatch(text))
    return next(known, "written in no way that is known for dates")


def ways_of_writing(texts: Sequence[str]) -> str:
    """Return in words how texts that should be dates are written, and how many so: `74 written day first …`."""
    counts = Counter(way_of_writing(text) for text in texts)
    named = [f"{count} {words}" for words, count in counts.most_common(_MAX_WAYS)]
    if others := len(texts) - sum(count for _, count in counts.most_common(_MAX_WAYS)):
        named.append(f"{others} in other ways")
    return ", ".join(named)
