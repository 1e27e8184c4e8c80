"""What is still open after a publication: who owes it, since when and until when."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.dates import DateRange, KnownDate
from schemas.model import Record

Subject = Literal["recommendation", "finding of the initial report", "concern of the review", "due"]
"""`due` is what a rule makes due: the revisit, the action plan, the local policing body's response."""


class OpenPoint(Record):
    """One thing that somebody still owes."""

    subject: Subject
    name: str = Field(description="Its number as published, or what is due")
    text: str | None = Field(description="As published; None where it is no sentence of a published document")
    owner: str = Field(description="Who owes it: the force, its local policing body, the inspectorate")
    since: KnownDate | None = Field(description="Publication from which it is open")
    due: DateRange | None = Field(description="Last day, London calendar; None where no day was set")
    state: str = Field(description="`still a concern`, `not assessed`, `no review yet`, `overdue by 5 days` ...")
    days_overdue: int = Field(ge=0, description="At least, on the day of the report; 0 where nothing is overdue")
