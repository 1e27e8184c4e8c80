"""The follow-up plan: every due date that a publication started."""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from schemas.dates import DateRange, SourcedDate
from schemas.identifiers import InspectionId
from schemas.model import Record


class DueDate(Record):
    """One clock: what started it, the rule, when it runs out."""

    subject: str = Field(max_length=80, description="What is due: `revisit`, a recommendation id, `action plan`")
    rule: str = Field(max_length=60, description="Name of the rule (domain/documents/clocks.py)")
    text: str = Field(max_length=300, description="The rule in words, with its source")
    starts: SourcedDate = Field(description="The date that started the clock")
    due: DateRange = Field(description="Last day, London calendar; a range when the start is known to the month")
    act_by: dt.date = Field(description="Last working day that is in time on every reading of `due`")


class RuleNotApplied(Record):
    """A rule that does not bind this publication, and why; said so that nobody has to wonder."""

    rule: str
    text: str


class FollowUpPlan(Record):
    """Every due date that publication of the initial report started, and the chosen revisit window."""

    kind: Literal["follow-up-plan"] = "follow-up-plan"
    inspection: InspectionId
    force: str
    published: SourcedDate
    due_dates: tuple[DueDate, ...]
    not_applied: tuple[RuleNotApplied, ...]
    window_start: dt.date = Field(description="First day proposed for the revisit; restricted until it happened")
    window_end: dt.date = Field(description="Last day proposed for the revisit; in time on every reading")

    def due(self, subject: str) -> DueDate | None:
        """Find the clock of one subject."""
        return next((due for due in self.due_dates if due.subject == subject), None)
