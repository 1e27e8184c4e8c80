"""Answers to a force's comments on a draft. They may name cases, so they never leave the private bucket."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.documents.accuracy_comments import MAX_COMMENTS, Comment
from schemas.identifiers import InspectionId, Sha256
from schemas.model import Record


class AccuracyAnswer(Record):
    """The answer to one comment."""

    number: int = Field(ge=1, le=MAX_COMMENTS, description="Which comment, counted from 1")
    why_not: Comment | None = Field(description="Why it is not accepted; None where it is")


class AccuracyAnswers(Record):
    """Answers to some or all comments of one answer of the force."""

    kind: Literal["accuracy-answers"] = "accuracy-answers"
    inspection: InspectionId
    comments: Sha256 = Field(description="Digest of the comments")
    answers: Annotated[tuple[AccuracyAnswer, ...], Field(min_length=1, max_length=MAX_COMMENTS)]
