"""A force's comments on the facts of a draft. May name cases, so it never leaves the private bucket."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field, StringConstraints

from schemas.identifiers import InspectionId, Sha256
from schemas.model import Record
from schemas.text import NORMAL

MAX_COMMENTS: Final = 200
MAX_COMMENT_LENGTH: Final = 2_000

Comment = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=MAX_COMMENT_LENGTH), NORMAL]


class AccuracyComments(Record):
    """The comments of one answer; empty when the force found no wrong fact."""

    kind: Literal["accuracy-comments"] = "accuracy-comments"
    inspection: InspectionId
    draft: Sha256
    comments: Annotated[tuple[Comment, ...], Field(max_length=MAX_COMMENTS)]
