"""What a person approves, and what was then published."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AwareDatetime, Field

from schemas.dates import SourcedDate
from schemas.documents.pack import StoredFile
from schemas.identifiers import InspectionId, PersonId, Sha256
from schemas.model import Record

DocumentKind = Literal["initial-report", "review"]
"""A document that is approved and published."""


class Draft(Record):
    """What a person approves: a document and every rendering of it, by digest."""

    kind: Literal["draft"] = "draft"
    inspection: InspectionId
    of: DocumentKind
    round: int = Field(ge=1, description="1 for the first draft; one more each time it was returned")
    author: PersonId = Field(description="Who submitted the return it was made from; may not approve it")
    files: Annotated[tuple[StoredFile, ...], Field(min_length=1)]


class PublishedFile(Record):
    """One file of a publication, where the public reads it."""

    name: str
    key: str = Field(max_length=200, description="Key in the public bucket")
    sha256: Sha256
    size_bytes: int = Field(ge=0)
    media_type: str


class Publication(Record):
    """What was published, when, on whose approval."""

    kind: Literal["publication"] = "publication"
    inspection: InspectionId
    of: DocumentKind
    title: str
    draft: Sha256 = Field(description="Digest that was approved")
    approver: PersonId
    embargo: AwareDatetime = Field(description="UTC; not published before this instant")
    published_at: AwareDatetime = Field(description="UTC; when this system published it")
    published: SourcedDate = Field(description="Date of publication that starts the clocks; London calendar")
    files: tuple[PublishedFile, ...]
