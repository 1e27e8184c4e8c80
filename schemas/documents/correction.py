"""Corrections of a published document: the errata sent in, the new version, the record of its publication.

The new version wraps the whole document and keeps every erratum since the first version. Documents have no field for
them, so that a document without corrections keeps its bytes.
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
from schemas.text import PUBLISHABLE

ErratumText = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=2_000), PUBLISHABLE]
VersionNumber = Annotated[int, Field(ge=2, le=99, description="Version; 2 for the first correction of a document")]


class Erratum(Record):
    """One error and its correction; the public reads all four fields."""

    place: Annotated[str, StringConstraints(strict=True, min_length=3, max_length=120), PUBLISHABLE] = Field(
        description="Where it was, in words: `finding I6, page 4`"
    )
    was: ErratumText = Field(description="The words as published; they must occur exactly once in the document's texts")
    now: ErratumText = Field(description="The words that replace them")
    why: Annotated[str, StringConstraints(strict=True, min_length=3, max_length=600), PUBLISHABLE] = Field(
        description="Why it was wrong"
    )


ErrataList = Annotated[tuple[Erratum, ...], Field(min_length=1, max_length=50)]


class Errata(Record):
    """A request to correct a published document: `errata.json`."""

    kind: Literal["errata"] = Field(description="Which form this is")
    inspection: InspectionId = Field(description="The inspection whose document is corrected")
    of: DocumentKind = Field(description="Which document; its newest version is corrected")
    errata: ErrataList = Field(description="What was wrong, and what it should be")


class Correction(Record):
    """The errata that one version corrects."""

    number: VersionNumber
    corrected: dt.date = Field(description="London day on which the correction was drafted")
    errata: ErrataList


class CorrectedDocument(Record):
    """A later version of a document, complete, with the corrections of every version since the first."""

    kind: Literal["corrected"] = "corrected"
    inspection: InspectionId
    of: DocumentKind
    document: InitialReport | Review = Field(discriminator="kind")
    corrections: Annotated[tuple[Correction, ...], Field(min_length=1, description="Oldest first")]

    @property
    def newest(self) -> Correction:
        """The corrections of this version."""
        return self.corrections[-1]


class CorrectedPublication(Record):
    """The public record of a later version; earlier versions stay published."""

    kind: Literal["corrected-publication"] = "corrected-publication"
    number: VersionNumber
    errata: int = Field(ge=1, description="Number of errata that this version corrects")
    publication: Publication = Field(description="Its `published` is the day of this version, which starts no clock")


PublishedVersion = Publication | CorrectedPublication
"""A version of a document, as published."""
