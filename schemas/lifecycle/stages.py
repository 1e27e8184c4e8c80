"""The five stages of an inspection, as one table.

Whatever orders, triggers, checks, publishes or draws the stages reads this table. A rule about stage order that is
neither here nor in `schemas/lifecycle/moves.py` does not exist. A stage does one turn at a time: most have one, the
last has two, because a person approves the review between its draft and its publication.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from schemas.documents.tables import CASE_AUDIT, PROGRESS, TableSpec
from schemas.lifecycle.moves import Kind, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One thing a stage does: in which state, woken by which entry, recording what."""

    state: State
    wakes_on: Kind
    records: Kind
    rejects: Kind | None = None
    """What is recorded instead when the return does not meet its rules."""
    waits_for_embargo: bool = False
    is_interruption: bool = False
    """Whether it is part of an interruption, so that not every inspection needs it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One row: its turns, the document that it makes, whether the public reads that."""

    name: str
    summary: str
    """What the stage does, in a clause for people."""
    turns: tuple[Turn, ...]
    document: str
    """The document it makes, in words."""
    table: TableSpec | None = None
    is_public: bool = False

    @property
    def path(self) -> tuple[Turn, ...]:
        """The turns that every inspection needs."""
        return tuple(turn for turn in self.turns if not turn.is_interruption)

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
            state=State.FIELDWORK_SUBMITTED,
            wakes_on=Kind.FIELDWORK_SUBMITTED,
            records=Kind.FIELDWORK_RECORDED,
            rejects=Kind.FIELDWORK_REJECTED,
        ),
    ),
    document="the checked evidence pack",
    table=CASE_AUDIT,
)
INITIAL_REPORT: Final = Stage(
    name="initial-report",
    summary="assembles the report and the press notice for approval",
    turns=(Turn(state=State.FIELDWORK_RECORDED, wakes_on=Kind.FIELDWORK_RECORDED, records=Kind.REPORT_DRAFTED),),
    document="the draft: report (HTML, PDF, JSON) and press notice",
)
PUBLICATION: Final = Stage(
    name="publication",
    summary="publishes exactly the approved bytes, not before the embargo; corrections and withdrawals too",
    turns=(
        Turn(
            state=State.REPORT_APPROVED,
            wakes_on=Kind.REPORT_APPROVED,
            records=Kind.PUBLISHED,
            waits_for_embargo=True,
        ),
        Turn(
            state=State.CORRECTION_APPROVED,
            wakes_on=Kind.CORRECTION_APPROVED,
            records=Kind.CORRECTION_PUBLISHED,
            waits_for_embargo=True,
            is_interruption=True,
        ),
        Turn(
            state=State.WITHDRAWAL_ORDERED,
            wakes_on=Kind.WITHDRAWAL_ORDERED,
            records=Kind.WITHDRAWN,
            is_interruption=True,
        ),
    ),
    document="the publication, which starts the clocks",
    is_public=True,
)
FOLLOW_UP: Final = Stage(
    name="follow-up",
    summary="computes every due date and chooses the revisit window",
    turns=(Turn(state=State.PUBLISHED, wakes_on=Kind.PUBLISHED, records=Kind.FOLLOW_UP_RECORDED),),
    document="the follow-up plan and its calendar",
)
REVIEW_PUBLICATION: Final = Stage(
    name="review-publication",
    summary="assesses progress, drafts the review and, once approved, publishes it",
    turns=(
        Turn(
            state=State.REVIEW_SUBMITTED,
            wakes_on=Kind.REVIEW_SUBMITTED,
            records=Kind.REVIEW_DRAFTED,
            rejects=Kind.REVIEW_REJECTED,
        ),
        Turn(
            state=State.REVIEW_APPROVED,
            wakes_on=Kind.REVIEW_APPROVED,
            records=Kind.REVIEW_PUBLISHED,
            waits_for_embargo=True,
        ),
    ),
    document="the post-inspection review, in time or late and by how much",
    table=PROGRESS,
    is_public=True,
)

STAGES: Final = (FIELDWORK, INITIAL_REPORT, PUBLICATION, FOLLOW_UP, REVIEW_PUBLICATION)


def stage_in(state: State) -> Stage | None:
    """Find the stage whose turn it is in a state; None when a person must act or nothing is left to do."""
    return next((stage for stage in STAGES if stage.turn_in(state)), None)
