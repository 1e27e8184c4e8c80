"""Stop an inspection where it stands, and let it go on; for one, or for the whole programme as in March 2020."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from desk.acts.acting import EntryContent, perform
from desk.acts.context import DeskContext
from desk.acts.reasons import check_reason
from domain.lifecycle.history import Recorded
from domain.signing import Signer
from schemas.errors import IllegalMoveError, NcpiError
from schemas.lifecycle.acts import LIFT_HOLD, PLACE_HOLD, Act
from storage.record.conflict import retry_on_conflict


@dataclass(frozen=True, slots=True)
class Done:
    """The result for one inspection of an act on the whole programme."""

    inspection: str
    recorded: Recorded | None = None
    fault: str | None = None


def place_hold(
    context: DeskContext, inspection_id: str, signer: Signer, reason: str, *, expected_head: str | None = None
) -> Recorded:
    """Stop an inspection: no stage runs and nothing is submitted or approved until the hold is lifted.

    Raises:
        RefusedError: by role, head or state, which is recorded; or for the reason, which is not.
    """
    return _act(context, inspection_id, PLACE_HOLD, signer, reason, expected_head=expected_head)


def lift_hold(
    context: DeskContext, inspection_id: str, signer: Signer, reason: str, *, expected_head: str | None = None
) -> Recorded:
    """Let an inspection go on from where it was stopped; a stage whose turn it is starts with the next sweep.

    Raises:
        RefusedError: by role, head or state, which is recorded; or for the reason, which is not.
    """
    return _act(context, inspection_id, LIFT_HOLD, signer, reason, expected_head=expected_head)


def act_on_all(context: DeskContext, act: Act, signer: Signer, reason: str) -> Iterator[Done]:
    """Place or lift a hold on every inspection in which that is legal, one signed entry each.

    An act that breaks off is completed by doing it again. An inspection opened meanwhile is not on hold.

    Raises:
        RefusedError: for the reason.
    """
    check_reason("programme", reason)
    for inspection_id, read in context.stores.ledger.histories():
        if isinstance(read, NcpiError):
            yield Done(inspection_id, fault=str(read))
        elif read.state in act.states:
            yield _one_of_all(context, inspection_id, act, signer, reason)


def _one_of_all(context: DeskContext, inspection_id: str, act: Act, signer: Signer, reason: str) -> Done:
    try:
        return Done(
            inspection_id,
            retry_on_conflict(lambda: _act(context, inspection_id, act, signer, reason, is_programme=True)),
        )
    except IllegalMoveError:
        return Done(inspection_id)  # it moved on meanwhile, out of the act's reach
    except NcpiError as error:
        return Done(inspection_id, fault=str(error))


def _act(
    context: DeskContext,
    inspection_id: str,
    act: Act,
    signer: Signer,
    reason: str,
    *,
    is_programme: bool = False,
    expected_head: str | None = None,
) -> Recorded:
    check_reason(inspection_id, reason)
    return perform(
        context,
        context.history(inspection_id),
        act,
        signer,
        lambda _: EntryContent({"reason": reason, "programme": is_programme}),
        expected_head=expected_head,
    )
