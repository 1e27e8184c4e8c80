"""Identifiers, each with its pattern. Keys and run names are built from these alone, never from free text."""

from __future__ import annotations

import hashlib
import re
from typing import Annotated, Final

from pydantic import StringConstraints

# Anchors are pydantic's (Rust regex): `$` there does not match before a trailing newline.
INSPECTION_PATTERN: Final = r"^[a-z]{2,20}(-[a-z]{2,20}){0,3}-20[0-9]{2}(-[2-9])?$"
SHA256_PATTERN: Final = r"^[0-9a-f]{64}$"
PERSON_PATTERN: Final = r"^[a-z][a-z'-]{0,28}(\.[a-z][a-z'-]{0,28}){1,2}$"

InspectionId = Annotated[str, StringConstraints(strict=True, max_length=60, pattern=INSPECTION_PATTERN)]
"""Force, year of fieldwork and, from the second inspection of a year on, a number: `south-wales-2015`."""

Sha256 = Annotated[str, StringConstraints(strict=True, pattern=SHA256_PATTERN)]
"""Lower-case hexadecimal SHA-256 of bytes as stored."""

PersonId = Annotated[str, StringConstraints(strict=True, max_length=60, pattern=PERSON_PATTERN)]
"""A person's account name: `wendy.williams`. One person has one; two roles do not make two people."""

IdempotencyKey = Annotated[str, StringConstraints(strict=True, max_length=120, pattern=r"^[a-z0-9][a-z0-9./-]{0,119}$")]
"""Names the one cause of one entry; the same key is never appended twice to one ledger."""

CaseReference = Annotated[str, StringConstraints(strict=True, pattern=r"^CA-[0-9]{4}$")]
"""A case of the case audit, numbered by the inspection team; never the force's own crime number."""

FindingId = Annotated[str, StringConstraints(strict=True, pattern=r"^[IR][0-9]{1,2}$")]
"""`I1` … for findings of the initial inspection, `R1` … for those of the review."""

RecommendationId = Annotated[str, StringConstraints(strict=True, pattern=r"^REC-20[0-9]{2}-[0-9]{2}$")]
"""One id for life, through report, action plan and review: `REC-2015-03`."""


def digest_of(data: bytes) -> str:
    """Return the SHA-256 of bytes, lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def is_inspection_id(text: str) -> bool:
    """Return whether `text` is an inspection id, whole, with no newline hidden at its end."""
    return len(text) <= 60 and re.fullmatch(INSPECTION_PATTERN.strip("^$"), text) is not None  # noqa: PLR2004 - the pattern's own bound


def is_person_id(text: str) -> bool:
    """Return whether `text` is an account name, whole, with no newline hidden at its end."""
    return len(text) <= 60 and re.fullmatch(PERSON_PATTERN.strip("^$"), text) is not None  # noqa: PLR2004 - as above
