"""The initial report on a force."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.dates import SourcedDate
from schemas.documents.evidence import CaseAudit
from schemas.documents.returns import Fieldwork, Finding, PersonName, Quotation, Recommendation
from schemas.identifiers import InspectionId
from schemas.model import Record
from schemas.programme.versions import ProgrammeVersion


class PrintedSeal(Record):
    """The beginning of a checkpoint, printed where many keep it: the record as it stood when a document was drafted."""

    n: int = Field(ge=0, description="Number of the seal")
    made: dt.date = Field(description="Day on which it was made, UTC")
    entries: int = Field(ge=1, description="How many entries of all ledgers it fixes")
    root: Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9a-f]{16}$")] = Field(
        description="First 16 hexadecimal digits of the root over them"
    )


PrintedSealOrNone = Annotated[
    PrintedSeal | None,
    # Documents of before there were seals have no such field, and keep their bytes.
    Field(default=None, exclude_if=lambda seal: seal is None, description="Absent when nothing was sealed yet"),
]


class InitialReport(Record):
    """The report on a force, assembled from validated findings, grades and recommendations."""

    kind: Literal["initial-report"] = "initial-report"
    inspection: InspectionId
    force: str
    programme: ProgrammeVersion
    title: str
    fieldwork: Fieldwork
    hmi: PersonName
    findings: tuple[Finding, ...]
    recommendations: tuple[Recommendation, ...]
    case_audit: CaseAudit
    quotation: Quotation
    published: SourcedDate | None
    seal: PrintedSealOrNone = None
