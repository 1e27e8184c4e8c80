"""The public record that everything of an inspection was withdrawn, and why; it stays when the files are gone."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.dates import SourcedDate, UtcInstant
from schemas.documents.publication import DocumentKind, PublishedFile
from schemas.identifiers import InspectionId, Sha256
from schemas.model import Record


class WithdrawnPublication(Record):
    """One version of one document that the public can no longer read."""

    of: DocumentKind
    number: int = Field(ge=1, description="1 as first published, more for corrections")
    title: str
    published: SourcedDate
    files: tuple[PublishedFile, ...] = Field(description="With digests, so that a copy can be recognised")


class Withdrawal(Record):
    """Everything in it follows from the ledger, so that it is the same however often it is made."""

    kind: Literal["withdrawal"] = "withdrawal"
    inspection: InspectionId
    reason: Annotated[str, StringConstraints(strict=True, min_length=1, max_length=600)]
    ordered_at: UtcInstant
    day: dt.date = Field(description="The same, as a London day")
    order: Sha256 = Field(description="Digest of the ledger's entry that ordered it")
    withdrawn: tuple[WithdrawnPublication, ...]
