"""Order that everything of an inspection is taken from the public; the stage does it, and leaves a notice."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk.acts.acting import Deed, perform
from desk.acts.reasons import check_reason
from schemas.lifecycle.acts import WITHDRAW

if TYPE_CHECKING:
    from desk.acts.context import Office
    from domain.lifecycle.history import Recorded
    from domain.signing import Signer


def withdraw(office: Office, inspection_id: str, signer: Signer, reason: str, *, seen: str | None = None) -> Recorded:
    """Order the withdrawal; it cannot be taken back.

    Args:
        reason: the public reads it in the notice.
        seen: beginning of the head of the ledger that the person saw.

    Raises:
        RefusedError: by role, head or state; recorded in the ledger. Or for the reason; of that nothing is recorded.
    """
    check_reason(inspection_id, reason)
    return perform(office, inspection_id, WITHDRAW, signer, lambda _: Deed({"reason": reason}), seen=seen)
