"""Order that everything of an inspection is taken from the public; the stage does it, and leaves a notice."""

from __future__ import annotations

from desk.acts.acting import EntryContent, perform
from desk.acts.context import DeskContext
from desk.acts.reasons import checked_reason
from domain.lifecycle.history import Recorded
from domain.signing import Signer
from schemas.lifecycle.acts import WITHDRAW


def withdraw(context: DeskContext, inspection_id: str, signer: Signer, reason: str) -> Recorded:
    """Order the withdrawal; it cannot be taken back.

    Args:
        reason: the public reads it in the notice.

    Raises:
        RefusedError: role, head or state forbid it; recorded. Or the reason is unfit; not recorded.
    """
    reason = checked_reason(inspection_id, reason)
    return perform(
        context, context.history(inspection_id), WITHDRAW, signer, lambda _: EntryContent({"reason": reason})
    )
