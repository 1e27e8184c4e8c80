"""Which version of a document the public reads, by the ledger."""

from __future__ import annotations

from domain.lifecycle.history import History, Recorded
from schemas.documents.publication import DocumentKind
from schemas.lifecycle.kinds import FIRST_PUBLICATIONS, PUBLICATION_OF
from schemas.lifecycle.moves import Kind


def published_versions(history: History, of: DocumentKind) -> tuple[Recorded, ...]:
    """List the publications of a document, the first version first; none when it is not published."""
    corrections = (one for one in history.all_of(Kind.CORRECTION_PUBLISHED) if one.entry.facts.get("of") == of)
    return (*history.all_of(FIRST_PUBLICATIONS[of]), *corrections)


def is_published(history: History, draft: Kind) -> bool:
    """Return whether the public can read the newest draft of a kind: it is published, and nothing was withdrawn."""
    drafted, publication = history.latest(draft), history.latest(PUBLICATION_OF[draft])
    if drafted is None or publication is None or history.latest(Kind.WITHDRAWAL_ORDERED):
        return False
    return publication.entry.seq > drafted.entry.seq
