"""The follow-up plan: every due date that follows from a publication."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from schemas.dates import DateRange, SourcedDate
from schemas.identifiers import InspectionId
from schemas.model import Record


class DueDate(Record):
    """One clock: its starting date, its rule and its due date."""

    subject: str = Field(max_length=80, description="What is due: `revisit`, a recommendation id, `action plan`")
    rule: str = Field(max_length=60, description="Name of the rule (domain/documents/clocks.py)")
    text: str = Field(max_length=300, description="The rule in words, with its source")
    starts: SourcedDate = Field(description="The date that started the clock")
    due: DateRange = Field(description="Last day in time, London calendar; a range if `starts` is a month")
    act_by: dt.date = Field(description="Last working day that is in time whatever day of `due` is right")


class RuleNotApplied(Record):
    """A rule that does not bind this publication, with the reason."""

    rule: str
    text: str


class FollowUpPlan(Record):
    """Every due date that follows from the initial report's publication, and the proposed revisit window."""

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
