"""The result of checking a return: evidence, or a rejection."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.documents.returns import FieldworkReturn, Outcome, ReviewReturn
from schemas.identifiers import InspectionId, RecommendationId, Sha256
from schemas.model import Record
from schemas.problems import Problem
from schemas.programme.versions import Grade


class GradeCount(Record):
    """Number of cases with one grade, from each party."""

    grade: Grade
    inspectors: int = Field(ge=0, description="Cases that the inspectors gave this grade")
    self_assessed: int = Field(ge=0, description="Self-assessed cases that the force gave this grade")
    regraded: int = Field(ge=0, description="Self-assessed cases that the inspectors gave this grade")


class TypeCount(Record):
    """Number of examined cases of one type; withheld when small (domain/disclosure.py)."""

    case_type: str = Field(max_length=60)
    cases: int | None = Field(description="None when withheld, so that no child can be identified")


class CaseAudit(Record):
    """The publishable summary of the examined cases: totals only, never a row and never a cross-table."""

    cases: int = Field(ge=1)
    self_assessed: int = Field(ge=0)
    referred_back: int = Field(ge=0, description="Cases referred back to the force at once for a continuing risk")
    grades: tuple[GradeCount, ...]
    types: tuple[TypeCount, ...]
    is_synthetic: bool = Field(description="Whether the rows, and so every number but the totals, were made up")
    are_totals_synthetic: bool = Field(
        description="Whether the number of cases and the inspectors' totals by grade were made up"
    )


class Evidence(Record):
    """A return without critical problems, with a summary of its table but none of its rows."""

    kind: Literal["evidence"] = "evidence"
    inspection: InspectionId
    pack: Sha256 = Field(description="Digest of the pack that was checked")
    submission: FieldworkReturn | ReviewReturn = Field(discriminator="kind")
    case_audit: CaseAudit | None = Field(description="Summary of the case audit; None for a review")
    outcomes: dict[RecommendationId, Outcome] = Field(description="From the progress table; empty for fieldwork")
    expectations: int = Field(ge=1, description="Number of expectations that were run")
    warnings: tuple[Problem, ...] = Field(description="Problems that did not stop the stage")


class Rejection(Record):
    """A return that was rejected, with every problem that the sender must fix."""

    kind: Literal["rejection"] = "rejection"
    inspection: InspectionId
    pack: Sha256 | None = Field(description="Digest of the pack; None if it was not stored")
    problems: tuple[Problem, ...]
