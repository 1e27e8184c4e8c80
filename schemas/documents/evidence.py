"""What became of a return that was checked: the evidence, or the rejection."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.documents.returns import FieldworkReturn, Outcome, ReviewReturn
from schemas.identifiers import InspectionId, RecommendationId, Sha256
from schemas.model import Record
from schemas.problems import Problem
from schemas.programme.versions import Grade


class GradeCount(Record):
    """How many cases got one grade, from each party."""

    grade: Grade
    inspectors: int = Field(ge=0, description="Cases the inspectors graded so")
    self_assessed: int = Field(ge=0, description="Self-assessed cases the force graded so")
    regraded: int = Field(ge=0, description="Self-assessed cases the inspectors graded so")


class TypeCount(Record):
    """How many cases of one type were examined; withheld when small (domain/disclosure.py)."""

    case_type: str = Field(max_length=60)
    cases: int | None = Field(description="None: withheld so that no child can be singled out")


class CaseAudit(Record):
    """What may be said of the examined cases: margins only, never a row and never a cross-table."""

    cases: int = Field(ge=1)
    self_assessed: int = Field(ge=0)
    referred_back: int = Field(ge=0, description="Cases handed to the force at once for a continuing risk")
    grades: tuple[GradeCount, ...]
    types: tuple[TypeCount, ...]
    is_synthetic: bool


class Evidence(Record):
    """A return that met its rules: what was said in it and what may be said of its table, never a row of it."""

    kind: Literal["evidence"] = "evidence"
    inspection: InspectionId
    pack: Sha256 = Field(description="Digest of the pack that was checked")
    submission: FieldworkReturn | ReviewReturn = Field(discriminator="kind")
    case_audit: CaseAudit | None = Field(description="Margins of the case audit; None for a review")
    outcomes: dict[RecommendationId, Outcome] = Field(description="From the progress table; empty for fieldwork")
    expectations: int = Field(ge=1, description="Expectations that were run")
    warnings: tuple[Problem, ...] = Field(description="Problems that did not stop the stage")


class Rejection(Record):
    """Why a return was refused: every problem, to be fixed by the sender."""

    kind: Literal["rejection"] = "rejection"
    inspection: InspectionId
    pack: Sha256 | None = Field(description="Digest of the pack, when it was stored at all")
    problems: tuple[Problem, ...]
