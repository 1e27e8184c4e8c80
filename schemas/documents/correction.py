"""Corrections of what is published: what a person sends, the new version, the record of its publication.

The new version wraps the whole document and keeps every erratum since the first version. Documents themselves have no
field for it, so those that were never corrected keep their bytes.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.documents.publication import DocumentKind, Publication
from schemas.documents.report import InitialReport
from schemas.documents.review import Review
from schemas.identifiers import InspectionId
from schemas.model import Record

Words = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=2_000)]
Number = Annotated[int, Field(ge=2, le=99, description="2 for the first correction of a document; 1 was published")]


class Erratum(Record):
    """One thing that was wrong; the public reads all four fields."""

    place: Annotated[str, StringConstraints(strict=True, min_length=3, max_length=120)] = Field(
        description="Where it stood, in words: `finding I6, page 4`"
    )
    was: Words = Field(description="The words as published; they stand exactly once in the document's texts")
    now: Words = Field(description="The words that take their place")
    why: Annotated[str, StringConstraints(strict=True, min_length=3, max_length=600)] = Field(
        description="Why it was wrong"
    )


ErrataList = Annotated[tuple[Erratum, ...], Field(min_length=1, max_length=50)]


class Errata(Record):
    """What a person sends to have a published document corrected: `errata.json`."""

    kind: Literal["errata"]
    inspection: InspectionId
    of: DocumentKind = Field(description="Which document; its newest version is corrected")
    errata: ErrataList


class Correction(Record):
    """What one version changed."""

    number: Number
    corrected: dt.date = Field(description="London day on which the correction was drafted")
    errata: ErrataList


class CorrectedDocument(Record):
    """A later version of a document, whole, with what every version since the first changed."""

    kind: Literal["corrected"] = "corrected"
    inspection: InspectionId
    of: DocumentKind
    document: InitialReport | Review = Field(discriminator="kind")
    corrections: Annotated[tuple[Correction, ...], Field(min_length=1, description="Oldest first")]

    @property
    def newest(self) -> Correction:
        """What made this version."""
        return self.corrections[-1]


class CorrectedPublication(Record):
    """That a later version was published; what was published before it stays where it is."""

    kind: Literal["corrected-publication"] = "corrected-publication"
    number: Number
    errata: int = Field(ge=1, description="How many errata this version fixes")
    publication: Publication = Field(description="Its `published` is the day of this version and starts no clock")
