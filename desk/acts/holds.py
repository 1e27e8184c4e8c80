"""Stop an inspection where it stands, and let it go on; for one, or for the whole programme as in March 2020."""

from __future__ import annotations

from collections.abc import Iterator

from desk.acts.acting import EntryContent, perform
from desk.acts.context import DeskContext
from desk.acts.programme import InspectionResult, act_on_all
from desk.acts.reasons import checked_reason
from domain.lifecycle.history import Recorded
from domain.signing import Signer
from schemas.lifecycle.acts import Act


def change_hold(
    context: DeskContext, act: Act, inspection_id: str, signer: Signer, reason: str, *, is_programme: bool = False
) -> Recorded:
    """Place or lift the hold of an inspection.

    On hold, no stage runs and nothing is submitted or approved; once it is lifted, a stage whose turn it is starts
    at once, or with the next sweep if the event is lost.

    Args:
        act: which of the two.
        is_programme: whether the whole programme is stopped or let go on.

    Raises:
        RefusedError: role, head or state forbid it; recorded. Or the reason is unfit; not recorded.
    """
    reason = checked_reason(inspection_id, reason)
    content = EntryContent({"reason": reason, "programme": is_programme})
    return perform(context, context.history(inspection_id), act, signer, lambda _: content)


def change_hold_of_all(context: DeskContext, act: Act, signer: Signer, reason: str) -> Iterator[InspectionResult]:
    """Place or lift a hold on every inspection in which that is legal, one signed entry each.

    An act that breaks off is completed by doing it again. An inspection opened meanwhile is not on hold.

    Raises:
        RefusedError: for the reason, or the role.
    """
    reason = checked_reason("programme", reason)
    return act_on_all(
        context,
        lambda history: history.state in act.states,
        lambda inspection_id: change_hold(context, act, inspection_id, signer, reason, is_programme=True),
    )
