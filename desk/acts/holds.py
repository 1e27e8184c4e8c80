"""Stop an inspection where it stands, and let it go on; for one, or for the whole programme as in March 2020."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from desk.acts.acting import EntryContent, perform
from desk.acts.context import DeskContext
from desk.acts.reasons import checked_reason
from domain.lifecycle.history import Recorded
from domain.signing import Signer
from schemas.errors import IllegalMoveError, NcpiError
from schemas.lifecycle.acts import Act
from storage.record.conflict import retry_on_conflict


@dataclass(frozen=True, slots=True)
class HoldResult:
    """The result for one inspection of an act on the whole programme."""

    inspection: str
    recorded: Recorded | None = None
    fault: str | None = None


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


def change_hold_of_all(context: DeskContext, act: Act, signer: Signer, reason: str) -> Iterator[HoldResult]:
    """Place or lift a hold on every inspection in which that is legal, one signed entry each.

    An act that breaks off is completed by doing it again. An inspection opened meanwhile is not on hold.

    Raises:
        RefusedError: for the reason.
    """
    reason = checked_reason("programme", reason)
    for inspection_id, read in context.stores.ledger.histories():
        if isinstance(read, NcpiError):
            yield HoldResult(inspection_id, fault=str(read))
        elif read.state in act.states:
            yield _one_of_all(context, inspection_id, act, signer, reason)


def _one_of_all(context: DeskContext, inspection_id: str, act: Act, signer: Signer, reason: str) -> HoldResult:
    try:
        return HoldResult(
            inspection_id,
            retry_on_conflict(lambda: change_hold(context, act, inspection_id, signer, reason, is_programme=True)),
        )
    except IllegalMoveError:
        return HoldResult(inspection_id)  # it moved on meanwhile, out of the act's reach
    except NcpiError as error:
        return HoldResult(inspection_id, fault=str(error))
