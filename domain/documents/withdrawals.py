"""The public record of a withdrawal, made from the ledger alone."""

from __future__ import annotations

from collections.abc import Sequence

from domain.calendar import london_date
from domain.lifecycle.history import Recorded
from schemas.documents.correction import PublishedVersion
from schemas.documents.withdrawal import Withdrawal, WithdrawnPublication


def draft_withdrawal(order: Recorded, published: Sequence[PublishedVersion]) -> Withdrawal:
    """Return the public record of what an order withdraws, and why."""
    entry = order.entry
    return Withdrawal(
        inspection=entry.inspection,
        reason=str(entry.facts["reason"]),
        ordered_at=entry.at,
        day=london_date(entry.at),
        order=order.digest,
        withdrawn=tuple(_withdrawn(one) for one in published),
    )


def _withdrawn(version: PublishedVersion) -> WithdrawnPublication:
    publication = version.publication
    return WithdrawnPublication(
        of=publication.of,
        number=version.number,
        title=publication.title,
        published=publication.published,
        files=publication.files,
    )
