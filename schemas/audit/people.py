"""A change of people, roles or keys, as the audit report shows it."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from schemas.model import Record


class PeopleChange(Record):
    """One record of the register."""

    record: int = Field(ge=0, description="Place in the register")
    at: dt.datetime = Field(description="UTC")
    by: str
    person: str = Field(description="Whom it is about")
    what: str
    roles: tuple[str, ...] = Field(description="That they were invited to or given; none where it changed no roles")
    reason: str | None
