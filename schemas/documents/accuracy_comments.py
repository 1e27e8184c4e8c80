"""What the force says of a draft's facts; a document that never leaves the private bucket, for it may name cases."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from schemas.identifiers import InspectionId, Sha256
from schemas.model import Record

MOST_COMMENTS: Final = 200
LONGEST_COMMENT: Final = 2_000

Comment = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=LONGEST_COMMENT)]


class AccuracyComments(Record):
    """The comments of one answer; none says that the force found no fact wrong."""

    kind: Literal["accuracy-comments"] = "accuracy-comments"
    inspection: InspectionId
    draft: Sha256
    comments: Annotated[tuple[Comment, ...], Field(max_length=MOST_COMMENTS)]
