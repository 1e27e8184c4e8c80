"""The draft that a person approves, and the record of its publication."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import AwareDatetime, Field

from schemas.dates import SourcedDate
from schemas.documents.pack import StoredFile
from schemas.identifiers import InspectionId, PersonId, Sha256
from schemas.model import Record

DocumentKind = Literal["initial-report", "review"]
"""A document that is approved and published."""


class Draft(Record):
    """A document and all its renderings, by digest, for approval."""

    kind: Literal["draft"] = "draft"
    inspection: InspectionId
    of: DocumentKind
    round: int = Field(ge=1, description="1 for the first draft, one more after each time it was returned")
    author: PersonId = Field(description="Who submitted the return that it was made from; may not approve it")
    files: Annotated[tuple[StoredFile, ...], Field(min_length=1)]


class PublishedFile(Record):
    """A file of a publication, and its public address."""

    name: str
    key: str = Field(max_length=200, description="Key in the public bucket")
    sha256: Sha256
    size_bytes: int = Field(ge=0)
    media_type: str


class Publication(Record):
    """The public record of what was published, when and on whose approval; of a document's first version."""

    number: ClassVar[int] = 1
    errata: ClassVar[int] = 0
    kind: Literal["publication"] = "publication"
    inspection: InspectionId
    of: DocumentKind
    title: str
    draft: Sha256 = Field(description="Digest of the approved draft")
    approver: PersonId
    embargo: AwareDatetime = Field(description="UTC; not published before this instant")
    published_at: AwareDatetime = Field(description="UTC; the instant at which this system published it")
    published: SourcedDate = Field(description="Date of publication that starts the clocks; London calendar")
    files: tuple[PublishedFile, ...]

    @property
    def publication(self) -> Publication:
        """Itself; a later version wraps its publication (schemas/documents/correction.py)."""
        return self
