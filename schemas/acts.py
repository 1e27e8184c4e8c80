"""What people do, as one table: who may, in which state, what it records.

An act is always a person's, never the system's. What the system does is a stage (`schemas/stages.py`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from schemas.moves import Kind, State
from schemas.roles import Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One row: the words for it, the roles that may, what it records or leaves when refused."""

    name: str
    summary: str
    roles: tuple[Role, ...]
    state: State
    """The state in which it is legal."""
    records: Kind
    refusal: Kind | None = None
    """Recorded when the act is refused in a state where the inspection exists."""
    of: Literal["initial-report", "review"] | None = None
    """Which draft an approval or return concerns."""


OPEN: Final = Act(
    name="open",
    summary="opens an inspection of a force",
    roles=(Role.PROGRAMME_MANAGER,),
    state=State.UNOPENED,
    records=Kind.OPENED,
)
SUBMIT_FIELDWORK: Final = Act(
    name="submit fieldwork",
    summary="submits the fieldwork return",
    roles=(Role.INSPECTOR,),
    state=State.AWAITING_FIELDWORK,
    records=Kind.FIELDWORK_SUBMITTED,
    refusal=Kind.FIELDWORK_REJECTED,
)
APPROVE_REPORT: Final = Act(
    name="approve report",
    summary="approves the initial report for publication",
    roles=(Role.HMI,),
    state=State.REPORT_DRAFTED,
    records=Kind.REPORT_APPROVED,
    refusal=Kind.REPORT_REFUSED,
    of="initial-report",
)
RETURN_REPORT: Final = Act(
    name="return report",
    summary="returns the initial report to the lead inspector, with reasons",
    roles=(Role.HMI, Role.MODERATOR),
    state=State.REPORT_DRAFTED,
    records=Kind.REPORT_RETURNED,
    refusal=Kind.REPORT_REFUSED,
    of="initial-report",
)
SUBMIT_REVIEW: Final = Act(
    name="submit review",
    summary="submits the review return",
    roles=(Role.INSPECTOR,),
    state=State.AWAITING_REVIEW,
    records=Kind.REVIEW_SUBMITTED,
    refusal=Kind.REVIEW_REJECTED,
)
APPROVE_REVIEW: Final = Act(
    name="approve review",
    summary="approves the review for publication",
    roles=(Role.HMI,),
    state=State.REVIEW_DRAFTED,
    records=Kind.REVIEW_APPROVED,
    refusal=Kind.REVIEW_REFUSED,
    of="review",
)
RETURN_REVIEW: Final = Act(
    name="return review",
    summary="returns the review to the lead inspector, with reasons",
    roles=(Role.HMI, Role.MODERATOR),
    state=State.REVIEW_DRAFTED,
    records=Kind.REVIEW_RETURNED,
    refusal=Kind.REVIEW_REFUSED,
    of="review",
)

ACTS: Final = (
    OPEN,
    SUBMIT_FIELDWORK,
    APPROVE_REPORT,
    RETURN_REPORT,
    SUBMIT_REVIEW,
    APPROVE_REVIEW,
    RETURN_REVIEW,
)


def acts_in(state: State) -> tuple[Act, ...]:
    """List what people may do in a state."""
    return tuple(act for act in ACTS if act.state is state)
