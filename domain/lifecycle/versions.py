"""Which version of a document the public reads, by the ledger."""

from __future__ import annotations

from domain.lifecycle.history import History, Recorded
from schemas.documents.publication import DocumentKind
from schemas.lifecycle.kinds import FIRST_PUBLICATIONS
from schemas.lifecycle.moves import Kind


def published_versions(history: History, of: DocumentKind) -> tuple[Recorded, ...]:
    """List the publications of a document, the first version first; none when it is not published."""
    corrections = (one for one in history.all_of(Kind.CORRECTION_PUBLISHED) if one.entry.facts.get("of") == of)
    return (*history.all_of(FIRST_PUBLICATIONS[of]), *corrections)
