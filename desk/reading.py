"""Read an inspection's history for looking at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.errors import NotFoundError

if TYPE_CHECKING:
    from domain.lifecycle.history import History
    from storage.record.stores import Stores


def history_of(stores: Stores, inspection: str) -> History:
    """Read and verify the ledger of an inspection.

    Raises:
        NotFoundError: it was never opened.
    """
    history = stores.ledger.history(inspection)
    if not history.recorded:
        message = f"{inspection}: no such inspection; `ncpi status` lists them all"
        raise NotFoundError(message)
    return history
