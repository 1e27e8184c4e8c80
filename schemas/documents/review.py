"""The post-inspection review, with progress and timeliness."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.dates import DateRange, SourcedDate
from schemas.documents.follow_up import DueDateChanges
from schemas.documents.report import PrintedSealOrNone
from schemas.documents.returns import (
    Fieldwork,
    Finding,
    FindingProgress,
    Outcome,
    PersonName,
    Quotation,
    Recommendation,
)
from schemas.identifiers import InspectionId
from schemas.model import Record
from schemas.programme.versions import ProgrammeVersion


class ProgressCount(Record):
    """Number of recommendations with one outcome."""

    outcome: Outcome
    recommendations: int = Field(ge=0)


class RecommendationProgress(Record):
    """What became of one recommendation."""

    recommendation: Recommendation
    due: DateRange | None = Field(description="None for a recommendation to act immediately, which has no date")
    changes: DueDateChanges = ()
    outcome: Outcome


class Timeliness(Record):
    """Whether something was in time, for every day that a date known to the month can be."""

    verdict: Literal["in time", "late", "cannot be told"]
    days_late_at_least: int = Field(ge=0, description="0 unless it was late")
    days_late_at_most: int = Field(ge=0, description="0 if it was in time whatever the days")


class Review(Record):
    """The post-inspection review: what became of each finding and recommendation, and whether it came in time."""

    kind: Literal["review"] = "review"
    inspection: InspectionId
    force: str
    programme: ProgrammeVersion
    title: str
    initial_fieldwork: Fieldwork
    initial_published: SourcedDate
    fieldwork: Fieldwork
    hmi: PersonName
    findings: tuple[Finding, ...]
    initial_findings: tuple[Finding, ...]
    finding_progress: tuple[FindingProgress, ...]
    recommendation_progress: tuple[RecommendationProgress, ...]
    progress_counts: tuple[ProgressCount, ...]
    revisit_due: DateRange
    revisit_changes: DueDateChanges = ()
    revisit: Timeliness
    is_progress_synthetic: bool
    quotation: Quotation
    published: SourcedDate | None
    seal: PrintedSealOrNone = None
