"""The cases referred back to the force at once. This document never leaves the private bucket."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from schemas.identifiers import CaseReference, InspectionId, Sha256
from schemas.model import Record

MAX_CASES: Final = 500


class Referral(Record):
    """The cases of one referral, in order."""

    kind: Literal["referral"] = "referral"
    inspection: InspectionId
    cases: Annotated[tuple[CaseReference, ...], Field(min_length=1, max_length=MAX_CASES)]
    salt: Sha256 = Field(description="Prevents guessing the cases from the digest of this document")
