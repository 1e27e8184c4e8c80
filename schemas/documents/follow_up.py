"""The follow-up plan: every due date that follows from a publication, and every change of one since."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from schemas.dates import DateRange, SourcedDate, UtcInstant, in_words
from schemas.identifiers import InspectionId
from schemas.model import Record


class DueDateChange(Record):
    """Another last day was set."""

    at: UtcInstant = Field(description="When it was recorded")
    old: DateRange
    new: dt.date = Field(description="London calendar")
    reason: str

    @property
    def words(self) -> str:
        """The change as part of a sentence: `moved from 28 May 2027 to 30 June 2027: the force moves house`."""
        return f"moved from {self.old.words} to {in_words(self.new)}: {self.reason}"


DueDateChanges = Annotated[
    tuple[DueDateChange, ...],
    # What is due on the day of its plan leaves the field out.
    Field(default=(), exclude_if=lambda changes: not changes, description="Oldest first; absent if there is none"),
]


class DueDate(Record):
    """One clock: its starting date, its rule and its due date."""

    subject: str = Field(max_length=80, description="What is due: `revisit`, a recommendation id, `action plan`")
    rule: str = Field(max_length=60, description="Name of the rule (domain/documents/clocks.py)")
    text: str = Field(max_length=300, description="The rule in words, with its source")
    starts: SourcedDate = Field(description="The date that started the clock")
    due: DateRange = Field(description="Last day in time, London calendar; a range if `starts` is a month")
    act_by: dt.date = Field(description="Last working day that is in time whatever day of `due` is right")
    changes: DueDateChanges = ()

    @property
    def planned(self) -> DateRange:
        """The last day before any change."""
        return self.changes[0].old if self.changes else self.due


class RuleNotApplied(Record):
    """A rule that does not bind this publication, with the reason."""

    rule: str
    text: str


class FollowUpPlan(Record):
    """Every due date that follows from the initial report's publication, and the proposed revisit window.

    As a stage records it, without changes; or as it stands, with those that the ledger holds
    (domain/documents/current_plan.py).
    """

    kind: Literal["follow-up-plan"] = "follow-up-plan"
    inspection: InspectionId
    force: str
    published: SourcedDate
    due_dates: tuple[DueDate, ...]
    not_applied: tuple[RuleNotApplied, ...]
    window_start: dt.date = Field(
        description="First day proposed for the revisit; confidential until the revisit is over"
    )
    window_end: dt.date = Field(description="Last day proposed for the revisit; always in time")

    def due(self, subject: str) -> DueDate | None:
        """Return the clock of a subject; None if it has none."""
        return next((due for due in self.due_dates if due.subject == subject), None)
