"""What the public is told of a withdrawal: everything in it follows from the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.calendar import london_date
from schemas.documents.correction import CorrectedPublication
from schemas.documents.withdrawal import Withdrawal, WithdrawnPublication

if TYPE_CHECKING:
    from collections.abc import Sequence

    from domain.lifecycle.history import Recorded
    from schemas.documents.publication import Publication


def draft_withdrawal(order: Recorded, published: Sequence[Publication | CorrectedPublication]) -> Withdrawal:
    """Say what is withdrawn by an order, and why."""
    entry = order.entry
    return Withdrawal(
        inspection=entry.inspection,
        reason=str(entry.facts["reason"]),
        ordered_at=entry.at,
        day=london_date(entry.at),
        order=order.digest,
        withdrawn=tuple(_withdrawn(one) for one in published),
    )


def _withdrawn(one: Publication | CorrectedPublication) -> WithdrawnPublication:
    publication = one.publication if isinstance(one, CorrectedPublication) else one
    return WithdrawnPublication(
        of=publication.of,
        number=one.number if isinstance(one, CorrectedPublication) else 1,
        title=publication.title,
        published=publication.published,
        files=publication.files,
    )
