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
    """The start of a checkpoint, printed in a document so that its readers keep evidence of what was sealed."""

    n: int = Field(ge=0, description="Number of the seal")
    made: dt.date = Field(description="Day on which it was made, London calendar")
    entries: int = Field(ge=1, description="Number of sealed entries, of all ledgers and the register")
    root: Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9a-f]{16}$")] = Field(
        description="First 16 hexadecimal digits of the root over them"
    )


PrintedSealOrNone = Annotated[
    PrintedSeal | None,
    # A document drafted when nothing was sealed leaves the field out.
    Field(default=None, exclude_if=lambda seal: seal is None, description="Absent if nothing was sealed yet"),
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
