"""States of an inspection and the legal moves between them, as tables.

The state is never stored: it is what the entries of the ledger, read in order, lead to. A kind that is not in a
state's row is illegal there. Kinds that leave the state as it is (a rejection, a refusal) stand there too: they are
recorded, and somebody must act.

Two kinds of entry stand beside this path. A side entry (`SIDE_ENTRIES`) is recorded where it happens and moves
nothing: an action plan came, a due date was changed. An interruption (`INTERRUPTIONS`) leaves the path and comes back
(`RESUMPTIONS`) to where it was left: a hold, a correction.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple, Self


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
    ON_HOLD = "on hold"
    CORRECTION_DRAFTED = "correction awaiting approval"
    CORRECTION_APPROVED = "correction approved"
    WITHDRAWAL_ORDERED = "withdrawal ordered"
    WITHDRAWN = "withdrawn"


class Kind(StrEnum):
    """What an entry records: its name, subject and past participle, and a sentence about it for people.

    Names in braces are facts of the entry, or what `domain/lifecycle/timeline.py` makes of them; after the name of a
    count stands what is counted.
    """

    OPENED = "opened", "inspection of {force_name} opened"
    FIELDWORK_SUBMITTED = "fieldwork-return.submitted", "fieldwork return submitted{replacing}"
    FIELDWORK_REJECTED = "fieldwork-return.rejected", "fieldwork return rejected: {problems:problem} to fix"
    FIELDWORK_RECORDED = (
        "fieldwork.recorded",
        (
            "evidence checked and recorded: {cases:case}, {findings:finding}, "
            "{expectations:check} passed, {warnings:warning}"
        ),
    )
    REPORT_DRAFTED = "initial-report.recorded", "initial report drafted, round {round}; awaits a second person"
    REPORT_APPROVED = "report.approved", "initial report approved{with_embargo}"
    REPORT_RETURNED = "report.returned", "initial report returned: {reason}"
    REPORT_REFUSED = "report-approval.refused", "{refused_decision} refused: {reason}"
    PUBLISHED = "publication.recorded", "initial report published ({published}), {files:file}"
    FOLLOW_UP_RECORDED = "follow-up.recorded", "follow-up planned: revisit due by {revisit_due}, {due_dates:due date}"
    REVIEW_SUBMITTED = "review-return.submitted", "review return submitted{replacing}"
    REVIEW_REJECTED = "review-return.rejected", "review return rejected: {problems:problem} to fix"
    REVIEW_DRAFTED = "review.drafted", "review drafted, round {round}; revisit {revisit_lateness}"
    REVIEW_APPROVED = "review.approved", "review approved{with_embargo}"
    REVIEW_RETURNED = "review.returned", "review returned: {reason}"
    REVIEW_REFUSED = "review-approval.refused", "{refused_decision} refused: {reason}"
    REVIEW_PUBLISHED = "review-publication.recorded", "review published ({published}), {files:file}"
    APPROVAL_TAKEN_BACK = "approval.taken-back", "approval taken back: {reason}"
    MODERATED = "draft.moderated", "draft moderated: read against its evidence"
    ACCURACY_OPENED = "factual-accuracy.opened", "draft given to the force to check its facts, until {until}"
    ACCURACY_COMMENTED = "factual-accuracy.commented", "the force answered on the draft's facts: {comments:comment}"
    ACCURACY_ANSWERED = "factual-accuracy.answered", "comments of the force answered: {answered_comments}"
    HOLD_PLACED = "hold.placed", "put on hold{with_programme}: {reason}"
    HOLD_LIFTED = "hold.lifted", "hold lifted{with_programme}: {reason}"
    DUE_DATE_CHANGED = "due-date.changed", "due date of {subject} changed from {old} to {new}: {reason}"
    ACTION_PLAN_RECEIVED = "action-plan.received", "action plan of the force received on {received}"
    POLICING_BODY_RESPONDED = (
        "policing-body-response.received",
        "response of the local policing body received on {received}",
    )
    CASE_REFERRED_BACK = "case.referred-back", "{cases:case} referred back to the force at once"
    CORRECTION_DRAFTED = (
        "correction.drafted",
        "correction of the {of} drafted, version {number}, {errata:erratum/errata}{replacing}",
    )
    CORRECTION_APPROVED = "correction.approved", "correction approved{with_embargo}"
    CORRECTION_RETURNED = "correction.returned", "correction returned: {reason}"
    CORRECTION_REFUSED = "correction-approval.refused", "{refused_decision} refused: {reason}"
    CORRECTION_PUBLISHED = "correction.recorded", "correction of the {of} published, version {number}, {files:file}"
    WITHDRAWAL_ORDERED = "withdrawal.ordered", "withdrawal ordered: {reason}"
    WITHDRAWN = "withdrawal.recorded", "withdrawn; the notice stays ({files:file} no longer public)"
    TRAIL_REVIEWED = "trail.reviewed", "trail reviewed by management up to entry {up_to}: {concerns}"
    FOREIGN_NAMED = "foreign-entry.named", "{entries_counted} that nobody believes named, to be set aside: {reason}"
    FOREIGN_SET_ASIDE = "foreign-entry.set-aside", "{entries_counted} set aside that nobody believes"
    ACT_REFUSED = "act.refused", "{act} refused: {reason}"

    _value_: str
    words: str

    def __new__(cls, value: str, words: str) -> Self:
        """Make a member that equals its name."""
        kind = str.__new__(cls, value)
        kind._value_ = value
        kind.words = words
        return kind

    @property
    def subject(self) -> str:
        """What the entry is about: `review` of `review.drafted`."""
        return self.value.partition(".")[0]

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
        Kind.FIELDWORK_SUBMITTED: State.FIELDWORK_SUBMITTED,
        Kind.FIELDWORK_REJECTED: State.REPORT_DRAFTED,
    },
    State.REPORT_APPROVED: {Kind.PUBLISHED: State.PUBLISHED, Kind.APPROVAL_TAKEN_BACK: State.REPORT_DRAFTED},
    State.PUBLISHED: {Kind.FOLLOW_UP_RECORDED: State.AWAITING_REVIEW},
    State.AWAITING_REVIEW: {Kind.REVIEW_SUBMITTED: State.REVIEW_SUBMITTED, Kind.REVIEW_REJECTED: State.AWAITING_REVIEW},
    State.REVIEW_SUBMITTED: {Kind.REVIEW_DRAFTED: State.REVIEW_DRAFTED, Kind.REVIEW_REJECTED: State.AWAITING_REVIEW},
    State.REVIEW_DRAFTED: {
        Kind.REVIEW_APPROVED: State.REVIEW_APPROVED,
        Kind.REVIEW_RETURNED: State.AWAITING_REVIEW,
        Kind.REVIEW_REFUSED: State.REVIEW_DRAFTED,
        Kind.REVIEW_SUBMITTED: State.REVIEW_SUBMITTED,
        Kind.REVIEW_REJECTED: State.REVIEW_DRAFTED,
    },
    State.REVIEW_APPROVED: {Kind.REVIEW_PUBLISHED: State.COMPLETE, Kind.APPROVAL_TAKEN_BACK: State.REVIEW_DRAFTED},
    State.COMPLETE: {},
    State.ON_HOLD: {},
    State.CORRECTION_DRAFTED: {
        Kind.CORRECTION_APPROVED: State.CORRECTION_APPROVED,
        Kind.CORRECTION_REFUSED: State.CORRECTION_DRAFTED,
        Kind.CORRECTION_DRAFTED: State.CORRECTION_DRAFTED,
    },
    State.CORRECTION_APPROVED: {Kind.APPROVAL_TAKEN_BACK: State.CORRECTION_DRAFTED},
    State.WITHDRAWAL_ORDERED: {Kind.WITHDRAWN: State.WITHDRAWN},
    State.WITHDRAWN: {},
}
"""The moves on the path and within an interruption."""

AWAITING_DECISION: Final = frozenset({State.REPORT_DRAFTED, State.REVIEW_DRAFTED, State.CORRECTION_DRAFTED})
"""A draft awaits approval or return; until then its authors may replace it."""
_OPEN: Final = frozenset(MOVES) - {State.UNOPENED, State.COMPLETE, State.WITHDRAWN, State.WITHDRAWAL_ORDERED}
_PLANNED: Final = frozenset({State.AWAITING_REVIEW, State.REVIEW_SUBMITTED, State.REVIEW_DRAFTED})
OFF_PATH: Final = frozenset(
    {State.ON_HOLD, State.CORRECTION_DRAFTED, State.CORRECTION_APPROVED, State.WITHDRAWAL_ORDERED, State.WITHDRAWN}
)
"""The states of interruptions."""
_PATH_UNDER_WAY: Final = frozenset(MOVES) - OFF_PATH - {State.UNOPENED, State.COMPLETE}

SIDE_ENTRIES: Final[dict[Kind, frozenset[State]]] = {
    Kind.MODERATED: AWAITING_DECISION,
    Kind.ACCURACY_OPENED: frozenset({State.REPORT_DRAFTED, State.REVIEW_DRAFTED}),
    Kind.ACCURACY_COMMENTED: frozenset({State.REPORT_DRAFTED, State.REVIEW_DRAFTED}),
    Kind.ACCURACY_ANSWERED: frozenset({State.REPORT_DRAFTED, State.REVIEW_DRAFTED}),
    Kind.DUE_DATE_CHANGED: _PLANNED | {State.ON_HOLD},
    Kind.ACTION_PLAN_RECEIVED: _PLANNED | {State.ON_HOLD, State.REVIEW_APPROVED, State.COMPLETE},
    Kind.POLICING_BODY_RESPONDED: _PLANNED | {State.ON_HOLD, State.REVIEW_APPROVED, State.COMPLETE},
    Kind.CASE_REFERRED_BACK: _OPEN,
    Kind.TRAIL_REVIEWED: frozenset(MOVES) - {State.UNOPENED},
    Kind.FOREIGN_NAMED: frozenset(MOVES) - {State.UNOPENED},
    Kind.FOREIGN_SET_ASIDE: frozenset(MOVES) - {State.UNOPENED},
    Kind.ACT_REFUSED: frozenset(MOVES) - {State.UNOPENED},
}
"""In which states each side entry may be recorded; it leaves the state as it is."""

INTERRUPTIONS: Final[dict[Kind, tuple[State, frozenset[State]]]] = {
    Kind.HOLD_PLACED: (State.ON_HOLD, _PATH_UNDER_WAY),
    Kind.CORRECTION_DRAFTED: (State.CORRECTION_DRAFTED, frozenset({State.AWAITING_REVIEW, State.COMPLETE})),
    Kind.WITHDRAWAL_ORDERED: (
        State.WITHDRAWAL_ORDERED,
        frozenset(
            {
                State.AWAITING_REVIEW,
                State.REVIEW_DRAFTED,
                State.REVIEW_APPROVED,
                State.COMPLETE,
                State.CORRECTION_DRAFTED,
                State.CORRECTION_APPROVED,
            }
        ),
    ),
}
"""Where each interruption leads, and from which states it may begin."""

RESUMPTIONS: Final[dict[Kind, State]] = {
    Kind.HOLD_LIFTED: State.ON_HOLD,
    Kind.CORRECTION_RETURNED: State.CORRECTION_DRAFTED,
    Kind.CORRECTION_PUBLISHED: State.CORRECTION_APPROVED,
}
"""What ends an interruption, in which of its states: the inspection then stands where it stood before."""

MOVES_ON_HOLD: Final = frozenset({Kind.APPROVAL_TAKEN_BACK})
"""Moves of the path that may be made on hold too: the hold stays, and lifting it leads to where the move has led."""

_LEADS_TO: Final = {
    kind: {moves[kind] for moves in MOVES.values() if kind in moves}
    | {state for interruption, (state, _) in INTERRUPTIONS.items() if interruption is kind}
    for kind in Kind
}
STATE_AFTER: Final[dict[Kind, State]] = {
    kind: next(iter(after)) for kind, after in _LEADS_TO.items() if len(after) == 1
}
"""Where an inspection stands after an entry of a kind that leads to one state wherever it may follow.

The others have none, because the state after them depends on the whole ledger: side entries, resumptions, and what
leads from each of several states to another one.
"""


class Position(NamedTuple):
    """Where an inspection stands, and where it stands again after an interruption."""

    state: State
    left: State | None = None
    """The state in which the path was left; None on the path."""

    @property
    def legal(self) -> frozenset[Kind]:
        """The kinds that may follow here."""
        if self.state is State.ON_HOLD and self.left:
            return _LEGAL[self.state] | MOVES_ON_HOLD.intersection(MOVES[self.left])
        return _LEGAL[self.state]

    def after(self, kind: Kind) -> Position:
        """Return the position after an entry of a kind that is legal here."""
        if kind in SIDE_ENTRIES:
            return self
        if kind in MOVES[self.state]:
            return Position(MOVES[self.state][kind], self.left)
        if kind in INTERRUPTIONS:
            return Position(INTERRUPTIONS[kind][0], left=self.state)
        if kind in RESUMPTIONS:
            return Position(self.left or State.UNOPENED)
        return Position(self.state, MOVES[self.left or self.state][kind])


START: Final = Position(State.UNOPENED)


def _legal_in(state: State) -> frozenset[Kind]:
    return frozenset(
        {
            *MOVES[state],
            *(kind for kind, states in SIDE_ENTRIES.items() if state in states),
            *(kind for kind, (_, states) in INTERRUPTIONS.items() if state in states),
            *(kind for kind, where in RESUMPTIONS.items() if where is state),
        }
    )


_LEGAL: Final = {state: _legal_in(state) for state in State}


def states_before(kind: Kind) -> frozenset[State]:
    """List the states in which an entry of a kind may be recorded; on hold, if it may where the path was left."""
    on_hold = {State.ON_HOLD} if kind in MOVES_ON_HOLD else set()
    return frozenset(state for state, kinds in _LEGAL.items() if kind in kinds) | on_hold
