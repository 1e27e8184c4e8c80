"""The five stages of an inspection, as one table.

Whatever orders, triggers, checks, publishes or draws the stages reads this table. A rule about stage order that is
neither here nor in `schemas/lifecycle/moves.py` does not exist. A stage does one turn at a time: most have one, the
last has two, because a person approves the review between its draft and its publication.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from schemas.documents.tables import CASE_AUDIT, PROGRESS, TableSpec
from schemas.lifecycle.moves import OFF_PATH, STATE_AFTER, Kind, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One thing a stage does: woken by which entry, recording what, with which document."""

    wakes_on: Kind
    records: Kind
    document: str
    """The document that it makes, in words."""
    done: str
    """What it did, in a word: the state in which its run ends."""
    rejects: Kind | None = None
    """What is recorded instead when the return does not meet its rules."""
    waits_for_embargo: bool = False

    @property
    def state(self) -> State:
        """The state in which it is done: where the entry that wakes it leads."""
        return STATE_AFTER[self.wakes_on]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One row: its turns, and the table of the return that it checks."""

    name: str
    summary: str
    """What the stage does, in a clause for people."""
    turns: tuple[Turn, ...]
    table: TableSpec | None = None

    @property
    def path(self) -> tuple[Turn, ...]:
        """The turns that every inspection needs: none of an interruption."""
        return tuple(turn for turn in self.turns if turn.state not in OFF_PATH)

    @property
    def wakes_on(self) -> tuple[Kind, ...]:
        """The entries whose events start this stage."""
        return tuple(turn.wakes_on for turn in self.turns)

    def turn_in(self, state: State) -> Turn | None:
        """Find what this stage does in a state; None when it is not its turn."""
        return next((turn for turn in self.turns if turn.state is state), None)


FIELDWORK: Final = Stage(
    name="fieldwork",
    summary="checks the fieldwork return and its case audit and records the evidence pack",
    turns=(
        Turn(
            wakes_on=Kind.FIELDWORK_SUBMITTED,
            records=Kind.FIELDWORK_RECORDED,
            document="the checked evidence pack",
            done="checked",
            rejects=Kind.FIELDWORK_REJECTED,
        ),
    ),
    table=CASE_AUDIT,
)
INITIAL_REPORT: Final = Stage(
    name="initial-report",
    summary="assembles the report and the press notice for approval",
    turns=(
        Turn(
            wakes_on=Kind.FIELDWORK_RECORDED,
            records=Kind.REPORT_DRAFTED,
            document="the draft: report (HTML, PDF, JSON) and press notice",
            done="drafted",
        ),
    ),
)
PUBLICATION: Final = Stage(
    name="publication",
    summary="publishes exactly the approved bytes, not before the embargo; corrections and withdrawals too",
    turns=(
        Turn(
            wakes_on=Kind.REPORT_APPROVED,
            records=Kind.PUBLISHED,
            document="the publication, which starts the clocks",
            done="published",
            waits_for_embargo=True,
        ),
        Turn(
            wakes_on=Kind.CORRECTION_APPROVED,
            records=Kind.CORRECTION_PUBLISHED,
            document="the publication of the corrected version, which starts no clock",
            done="published",
            waits_for_embargo=True,
        ),
        Turn(
            wakes_on=Kind.WITHDRAWAL_ORDERED,
            records=Kind.WITHDRAWN,
            document="the notice of withdrawal",
            done="withdrawn",
        ),
    ),
)
FOLLOW_UP: Final = Stage(
    name="follow-up",
    summary="computes every due date and chooses the revisit window",
    turns=(
        Turn(
            wakes_on=Kind.PUBLISHED,
            records=Kind.FOLLOW_UP_RECORDED,
            document="the follow-up plan and its calendar",
            done="planned",
        ),
    ),
)
REVIEW_PUBLICATION: Final = Stage(
    name="review-publication",
    summary="assesses progress, drafts the review and, once approved, publishes it",
    turns=(
        Turn(
            wakes_on=Kind.REVIEW_SUBMITTED,
            records=Kind.REVIEW_DRAFTED,
            document="the draft: review (HTML, PDF, JSON) and press notice",
            done="drafted",
            rejects=Kind.REVIEW_REJECTED,
        ),
        Turn(
            wakes_on=Kind.REVIEW_APPROVED,
            records=Kind.REVIEW_PUBLISHED,
            document="the publication of the review, in time or late and by how much",
            done="published",
            waits_for_embargo=True,
        ),
    ),
    table=PROGRESS,
)

STAGES: Final = (FIELDWORK, INITIAL_REPORT, PUBLICATION, FOLLOW_UP, REVIEW_PUBLICATION)


def stage_in(state: State) -> Stage | None:
    """Find the stage whose turn it is in a state; None when a person must act or nothing is left to do."""
    return next((stage for stage in STAGES if stage.turn_in(state)), None)
