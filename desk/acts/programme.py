"""Do an act in every inspection of the programme in which it is due, one signed entry each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from desk.acts.context import DeskContext
from domain.lifecycle.history import History, Recorded
from schemas.errors import IllegalMoveError, NcpiError, RoleError
from storage.record.conflict import retry_on_conflict


@dataclass(frozen=True, slots=True)
class InspectionResult:
    """What became of an act in one inspection."""

    inspection: str
    recorded: Recorded | None = None
    fault: str | None = None


def act_on_all(
    context: DeskContext, is_due: Callable[[History], bool], act: Callable[[str], Recorded]
) -> Iterator[InspectionResult]:
    """Act in every inspection in which that is due, and return each result as soon as it is recorded.

    Raises:
        RoleError: the first inspection refused the role, as every other would.
    """
    for inspection_id, read in context.stores.ledger.histories():
        if isinstance(read, NcpiError):
            yield InspectionResult(inspection_id, fault=str(read))
        elif is_due(read):
            yield _result(inspection_id, act)


def _result(inspection_id: str, act: Callable[[str], Recorded]) -> InspectionResult:
    try:
        return InspectionResult(inspection_id, retry_on_conflict(lambda: act(inspection_id)))
    except IllegalMoveError:
        return InspectionResult(inspection_id)  # it moved on meanwhile, out of the act's reach
    except RoleError:
        raise
    except NcpiError as error:
        return InspectionResult(inspection_id, fault=str(error))
