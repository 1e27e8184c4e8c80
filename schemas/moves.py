"""States of an inspection and the legal moves between them, as one dict of dicts.

The state is never stored: it is what the entries of the ledger, read in order, lead to. A kind that is not in a
state's row is illegal there. Kinds that leave the state as it is (a rejection, a refusal) stand there too: they are
recorded, and somebody must act.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class State(StrEnum):
    """Where an inspection stands, in words for the board."""

    UNOPENED = "not opened"
    AWAITING_FIELDWORK = "awaiting fieldwork return"
    FIELDWORK_SUBMITTED = "fieldwork return submitted"
    FIELDWORK_RECORDED = "fieldwork recorded"
    REPORT_DRAFTED = "report awaiting approval"
    REPORT_APPROVED = "report approved"
    PUBLISHED = "report published"
    AWAITING_REVIEW = "awaiting review return"
    REVIEW_SUBMITTED = "review return submitted"
    REVIEW_DRAFTED = "review awaiting approval"
    REVIEW_APPROVED = "review approved"
    COMPLETE = "review published"


class Kind(StrEnum):
    """What an entry records: subject and past participle. The event announced for it is `inspection.<kind>`."""

    OPENED = "opened"
    FIELDWORK_SUBMITTED = "fieldwork-return.submitted"
    FIELDWORK_REJECTED = "fieldwork-return.rejected"
    FIELDWORK_RECORDED = "fieldwork.recorded"
    REPORT_DRAFTED = "initial-report.recorded"
    REPORT_APPROVED = "report.approved"
    REPORT_RETURNED = "report.returned"
    REPORT_REFUSED = "report-approval.refused"
    PUBLISHED = "publication.recorded"
    FOLLOW_UP_RECORDED = "follow-up.recorded"
    REVIEW_SUBMITTED = "review-return.submitted"
    REVIEW_REJECTED = "review-return.rejected"
    REVIEW_DRAFTED = "review.drafted"
    REVIEW_APPROVED = "review.approved"
    REVIEW_RETURNED = "review.returned"
    REVIEW_REFUSED = "review-approval.refused"
    REVIEW_PUBLISHED = "review-publication.recorded"

    @property
    def event(self) -> str:
        """Name of the event announced once the ledger holds this entry."""
        return f"inspection.{self.value}"


MOVES: Final[dict[State, dict[Kind, State]]] = {
    State.UNOPENED: {Kind.OPENED: State.AWAITING_FIELDWORK},
    State.AWAITING_FIELDWORK: {
        Kind.FIELDWORK_SUBMITTED: State.FIELDWORK_SUBMITTED,
        Kind.FIELDWORK_REJECTED: State.AWAITING_FIELDWORK,
    },
    State.FIELDWORK_SUBMITTED: {
        Kind.FIELDWORK_RECORDED: State.FIELDWORK_RECORDED,
        Kind.FIELDWORK_REJECTED: State.AWAITING_FIELDWORK,
    },
    State.FIELDWORK_RECORDED: {Kind.REPORT_DRAFTED: State.REPORT_DRAFTED},
    State.REPORT_DRAFTED: {
        Kind.REPORT_APPROVED: State.REPORT_APPROVED,
        Kind.REPORT_RETURNED: State.AWAITING_FIELDWORK,
        Kind.REPORT_REFUSED: State.REPORT_DRAFTED,
    },
    State.REPORT_APPROVED: {Kind.PUBLISHED: State.PUBLISHED},
    State.PUBLISHED: {Kind.FOLLOW_UP_RECORDED: State.AWAITING_REVIEW},
    State.AWAITING_REVIEW: {
        Kind.REVIEW_SUBMITTED: State.REVIEW_SUBMITTED,
        Kind.REVIEW_REJECTED: State.AWAITING_REVIEW,
    },
    State.REVIEW_SUBMITTED: {
        Kind.REVIEW_DRAFTED: State.REVIEW_DRAFTED,
        Kind.REVIEW_REJECTED: State.AWAITING_REVIEW,
    },
    State.REVIEW_DRAFTED: {
        Kind.REVIEW_APPROVED: State.REVIEW_APPROVED,
        Kind.REVIEW_RETURNED: State.AWAITING_REVIEW,
        Kind.REVIEW_REFUSED: State.REVIEW_DRAFTED,
    },
    State.REVIEW_APPROVED: {Kind.REVIEW_PUBLISHED: State.COMPLETE},
    State.COMPLETE: {},
}

STATE_AFTER: Final[dict[Kind, State]] = {kind: state for moves in MOVES.values() for kind, state in moves.items()}
"""Where an inspection stands after an entry of a kind: each kind leads to one state, wherever it may follow."""
