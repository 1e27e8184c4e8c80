"""Which version of a document the public reads, by the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemas.lifecycle.moves import Kind

if TYPE_CHECKING:
    from domain.lifecycle.history import History, Recorded
    from schemas.documents.publication import DocumentKind

FIRST_VERSION: Final[dict[DocumentKind, Kind]] = {"initial-report": Kind.PUBLISHED, "review": Kind.REVIEW_PUBLISHED}
"""Which kind records that a document was published first."""
PUBLICATIONS: Final = (Kind.PUBLISHED, Kind.REVIEW_PUBLISHED, Kind.CORRECTION_PUBLISHED)
"""What records that the public can read something."""


def published_versions(history: History, of: DocumentKind) -> tuple[Recorded, ...]:
    """List the publications of a document, the first version first; none when it is not published."""
    corrections = (one for one in history.all_of(Kind.CORRECTION_PUBLISHED) if one.entry.facts.get("of") == of)
    return (*history.all_of(FIRST_VERSION[of]), *corrections)
