"""The public record that all publications of an inspection were withdrawn, and why. It remains public."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.dates import SourcedDate, UtcInstant
from schemas.documents.publication import DocumentKind, PublishedFile
from schemas.identifiers import InspectionId, Sha256
from schemas.model import Record
from schemas.text import PUBLISHABLE


class WithdrawnPublication(Record):
    """One version of a document that is no longer public."""

    of: DocumentKind
    number: int = Field(ge=1, description="Version; 1 as first published, more for corrections")
    title: str
    published: SourcedDate
    files: tuple[PublishedFile, ...] = Field(description="With their digests, so that copies can be recognised")


class Withdrawal(Record):
    """What was withdrawn, and why. Made from the ledger alone, so that making it again gives the same bytes."""

    kind: Literal["withdrawal"] = "withdrawal"
    inspection: InspectionId
    reason: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=600), PUBLISHABLE]
    ordered_at: UtcInstant
    day: dt.date = Field(description="London day of `ordered_at`")
    order: Sha256 = Field(description="Digest of the ledger entry that ordered it")
    withdrawn: tuple[WithdrawnPublication, ...]
