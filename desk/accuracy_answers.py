"""What the force said of the drafts of one inspection."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from schemas.documents.accuracy_comments import AccuracyComments
from schemas.lifecycle.moves import Kind

if TYPE_CHECKING:
    from domain.lifecycle.history import History, Recorded
    from storage.record.documents import Reader


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer of the force, and the entry that records it."""

    recorded: Recorded
    comments: AccuracyComments

    def as_data(self) -> dict[str, object]:
        """Give it for machines."""
        return {"entry": self.recorded.entry, "draft": self.comments.draft, "comments": self.comments.comments}


def read_answers(reader: Reader, history: History) -> tuple[Answer, ...]:
    """Read every answer, oldest first."""
    return tuple(
        Answer(one, reader.read_document(AccuracyComments, history.inspection_id, one.entry.document.sha256))
        for one in history.all_of(Kind.ACCURACY_COMMENTED)
        if one.entry.document is not None
    )
