"""Record what came from outside: the force's action plan, the local policing body's response."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

from desk.acts.acting import EntryContent, perform
from desk.acts.context import DeskContext
from desk.acts.reasons import checked_reason
from domain.calendar import london_date
from domain.lifecycle.history import History, Recorded
from domain.signing import Signer
from schemas.dates import in_words
from schemas.errors import RefusedError
from schemas.lifecycle.acts import RECEIVE_ACTION_PLAN, RECEIVE_RESPONSE, Act
from schemas.lifecycle.entry import Fact
from storage.record.documents import read_publication

MAX_BYTES: Final = 20_000_000
RECEIPTS: Final = {"action-plan": RECEIVE_ACTION_PLAN, "response": RECEIVE_RESPONSE}


def read_file(inspection_id: str, path: Path) -> bytes:
    """Read a file that was received, up to one byte more than the largest that is kept.

    Raises:
        RefusedError: it cannot be read.
    """
    try:
        with path.open("rb") as opened:
            return opened.read(MAX_BYTES + 1)
    except OSError:
        raise RefusedError(
            f"{inspection_id}: expected a file that can be read, found none at {path}; fix its name or rights"
        ) from None


def receive(
    context: DeskContext,
    inspection_id: str,
    act: Act,
    received: dt.date,
    signer: Signer,
    *,
    file: bytes | None = None,
    reason: str | None = None,
) -> Recorded:
    """Record that something was received, and store its file unopened in the private bucket if there is one.

    Args:
        act: which of the two receipts.
        received: day of the London calendar on which it came.
        reason: why it came late, if somebody said why.

    Raises:
        RefusedError: role, force, head or state forbid it, the day is still to come or before the report was
            published, or the file is too large; recorded. Or the reason says nothing, is too long or holds personal
            data; of that nothing is recorded.
    """
    why: dict[str, Fact] = {} if reason is None else {"reason": checked_reason(inspection_id, reason)}

    def content(history: History) -> EntryContent:
        if received > london_date(context.clock()):
            raise RefusedError(
                f"{inspection_id}: expected the day on which it came, found {in_words(received)}, which is still to "
                "come; fix the day"
            )
        published = read_publication(context.stores.artefacts, history).published
        if received < published.earliest:
            raise RefusedError(
                f"{inspection_id}: expected the day on which it came, found {in_words(received)}, before the report "
                f"was published ({published.words}); fix the day"
            )
        if file is not None and len(file) > MAX_BYTES:
            raise RefusedError(f"{inspection_id}: expected a file of at most {MAX_BYTES:,} bytes, found more")
        facts: dict[str, Fact] = {"received": received.isoformat(), **why}
        if file is None:
            return EntryContent(facts)
        # Stored as it came and named by its digest: nothing opens it here.
        return EntryContent(facts, context.stores.artefacts.store(inspection_id, file, "application/octet-stream"))

    return perform(context, context.history(inspection_id), act, signer, content)
