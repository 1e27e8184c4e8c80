"""Open an inspection."""

from __future__ import annotations

from desk.acts.context import DeskContext
from desk.acts.permission import check_role
from domain.lifecycle.history import Recorded
from domain.signing import Signer
from schemas.errors import IllegalMoveError
from schemas.lifecycle.acts import OPEN
from schemas.programme.forces import force_of


def open_inspection(context: DeskContext, inspection_id: str, signer: Signer) -> Recorded:
    """Open an inspection; if the same person already opened it, return that entry and change nothing.

    Raises:
        IllegalMoveError: somebody else has opened it.
        RefusedError: that role opens none.
    """
    check_role(OPEN, signer, inspection_id)
    force = force_of(inspection_id)
    history = context.stores.ledger.history(inspection_id)
    if history.recorded:
        first = history.recorded[0]
        if first.entry.actor.person == signer.actor.person:
            return first
        raise IllegalMoveError(
            f"{inspection_id}: already opened by {first.entry.actor.person}; see `ncpi status {inspection_id}`"
        )
    entry = history.next_entry(
        OPEN.records,
        id="opened",
        at=context.clock(),
        signer=signer,
        facts={"force": force.slug, "force_name": force.name},
    )
    return context.record(history, entry)
