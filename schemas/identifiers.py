"""Identifiers and their patterns. Keys and run names are made from these alone, never from free text."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Final

from pydantic import Field, StringConstraints

# For pydantic, whose regular expressions are those of Rust: `$` does not match before a trailing newline.
INSPECTION_PATTERN: Final = r"^[a-z]{2,20}(-[a-z]{2,20}){0,3}-20[0-9]{2}(-[2-9])?$"
_MAX_ID_LENGTH: Final = 60
SHA256_PATTERN: Final = r"^[0-9a-f]{64}$"
FINDING_PATTERN: Final = r"^[IR][0-9]{1,2}$"
RECOMMENDATION_PATTERN: Final = r"^REC-20[0-9]{2}-[0-9]{2}$"
CASE_REFERENCE_PATTERN: Final = r"^CA-(?:0[0-9]{2}[1-9]|0[0-9][1-9]0|0[1-9]00|[1-9][0-9]{3,4})$"
"""`CA-0001` to `CA-9999`, then `CA-10000` to `CA-99999`: one way to write each number, and none for case 0."""
PERSON_PATTERN: Final = r"^[a-z][a-z'-]{0,28}(\.[a-z][a-z'-]{0,28}){1,2}[0-9]{0,4}$"

InspectionId = Annotated[
    str,
    StringConstraints(strict=True, max_length=_MAX_ID_LENGTH, pattern=INSPECTION_PATTERN),
    Field(examples=["south-wales-2015", "south-wales-2015-2"]),
]
"""Force, year of fieldwork and, after the first inspection in a year, a number: `south-wales-2015-2`."""

Sha256 = Annotated[str, StringConstraints(strict=True, pattern=SHA256_PATTERN)]
"""Lower-case hexadecimal SHA-256 of bytes as stored."""

PersonId = Annotated[str, StringConstraints(strict=True, max_length=_MAX_ID_LENGTH, pattern=PERSON_PATTERN)]
"""A person's account name: `wendy.williams`; a second person of that name has another, `wendy.williams2`.

Each person has one, whatever their roles.
"""

IdempotencyKey = Annotated[str, StringConstraints(strict=True, max_length=120, pattern=r"^[a-z0-9][a-z0-9./-]{0,119}$")]
"""Names the cause of an entry; each is used once in a ledger."""

CaseReference = Annotated[str, StringConstraints(strict=True, pattern=CASE_REFERENCE_PATTERN)]
"""A case of the case audit: the inspection team's own number, never the force's crime number."""

FindingId = Annotated[str, StringConstraints(strict=True, pattern=FINDING_PATTERN)]
"""`I1`, `I2` … for findings of the initial inspection, `R1` … for those of the review."""

RecommendationId = Annotated[str, StringConstraints(strict=True, pattern=RECOMMENDATION_PATTERN)]
"""The same in report, action plan and review: `REC-2015-03`."""


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of bytes, lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def is_inspection_id(text: str) -> bool:
    """Return whether a text is an inspection id."""
    return _matches(INSPECTION_PATTERN, text)


def is_person_id(text: str) -> bool:
    """Return whether a text is an account name."""
    return _matches(PERSON_PATTERN, text)


def is_digest(value: object) -> bool:
    """Return whether a value is a digest."""
    return isinstance(value, str) and re.fullmatch(SHA256_PATTERN.strip("^$"), value) is not None


def _matches(pattern: str, text: str) -> bool:
    # `fullmatch` without anchors: Python's `$` would match before a trailing newline.
    return len(text) <= _MAX_ID_LENGTH and re.fullmatch(pattern.strip("^$"), text) is not None
