"""The audit report of an inspection, and of all of them: values made from the record, rendered elsewhere.

No case data and no personal data beyond the account names of those who acted. Lists that a forged ledger could make
endless are bounded, with the number of all.
"""

from __future__ import annotations

import datetime as dt
from typing import Literal

from pydantic import Field

from schemas.audit.check import RecordCheck, SealCoverage
from schemas.audit.open_points import OpenPoint
from schemas.audit.people import PeopleChange
from schemas.audit.side_events import HOLD
from schemas.dates import DateRange, KnownDate
from schemas.documents.review import Timeliness
from schemas.documents.validation import ValidatedRule
from schemas.identifiers import InspectionId, Sha256
from schemas.lifecycle.entry import Fact
from schemas.model import Record

Verdict = Literal["due", "overdue", "in time", "late", "cannot be told", "passed", "no date", "called off"]
"""`passed`: the day is over and nothing records when it was done; `no date`: it came, and no rule set a date."""


class EntrySummary(Record):
    """One entry, and who made it."""

    entry: int = Field(ge=0, description="Place in the ledger")
    at: dt.datetime = Field(description="UTC")
    person: str
    role: str
    assurance: str = Field(description="How sure it is that it was them")


class TrailLine(EntrySummary):
    """One line of the timeline."""

    kind: str
    words: str
    digest: Sha256 = Field(description="SHA-256 of the entry's bytes as stored")
    artefact: Sha256 | None = Field(description="SHA-256 of what it is about")
    is_sealed: bool | None = Field(description="None where the seals were not read")


class Exhibit(Record):
    """What a decision rests on: an artefact by its digest, and what was counted in it."""

    entry: int = Field(ge=0, description="The entry that records it")
    what: str
    sha256: Sha256 | None
    counts: dict[str, int] = Field(description="`findings`, `cases`, `expectations`, `warnings`, where they are known")


class Decision(EntrySummary):
    """Who decided what, on which evidence."""

    decision: str
    draft: Sha256 | None = Field(description="Digest of the draft that was decided on")
    exhibits: tuple[Exhibit, ...]
    reason: str | None
    embargo: dt.datetime | None = Field(description="UTC; not published before")


class Separation(Record):
    """Whether author, moderator and approver are three people."""

    authors: tuple[str, ...]
    moderators: tuple[str, ...]
    approvers: tuple[str, ...]
    in_two_parts: tuple[str, ...] = Field(description="People with more than one of these parts; must be nobody")


class RuleCount(Record):
    """How often one rule was broken."""

    rule: str
    severity: str
    times: int = Field(ge=1)


class Validation(EntrySummary):
    """What became of a return when it was checked."""

    of: str = Field(description="`fieldwork return` or `review return`")
    is_accepted: bool
    sender: str | None
    return_digest: Sha256 | None
    expectations: int | None = Field(description="Checks passed; None where the record does not say")
    warnings: int | None
    problems: int = Field(ge=0)
    rules: tuple[RuleCount, ...] = Field(description="Problems and warnings by rule, as far as they are listed")
    validation: Sha256 | None = Field(description="Digest of the document that says what it was checked against")
    checked: tuple[ValidatedRule, ...] = Field(
        description="Each rule that its table was checked against; none if unread"
    )
    is_all_listed: bool = Field(description="Whether `rules` counts all of them")


class DateChange(EntrySummary):
    """Another day was set."""

    old: str
    new: str
    reason: str


class Due(Record):
    """Something that was due, and what became of it. Days are of the London calendar."""

    subject: str
    rule: str | None = Field(description="The rule in words, with its source; None where the plan was not read")
    starts: KnownDate | None = Field(description="The date from which it counts, to the day or the month")
    planned: DateRange | None
    stands: DateRange | None = Field(description="The plan's, or what it was changed to")
    act_by: dt.date | None = Field(description="Last working day in time on every reading of the day that stands")
    changes: tuple[DateChange, ...]
    done: KnownDate | None = Field(description="When it was done or came, to the day or the month")
    verdict: Verdict
    timeliness: Timeliness | None = Field(
        description="Against the day that stands, or one that had passed when it was moved; None until it was done"
    )
    against_plan: Timeliness | None = Field(description="Against the plan, where the day was changed")
    days_overdue: int = Field(ge=0, description="At least, on the day of the report; 0 unless overdue")
    outcome: str | None = Field(description="What the review found of a recommendation")
    reasons: tuple[str, ...] = Field(description="What the record holds that explains lateness: holds, changed dates")

    @property
    def days_late_at_least(self) -> int:
        """Days that it was late or is overdue, on the reading of the dates that is best for it."""
        return self.timeliness.days_late_at_least if self.timeliness else self.days_overdue

    @property
    def days_late_at_most(self) -> int:
        """Days that it was late or is overdue, on the reading of the dates that is worst for it."""
        return self.timeliness.days_late_at_most if self.timeliness else self.days_overdue


class Referrals(Record):
    """Cases that were referred back to the force at once, by the return and by the record."""

    in_return: int | None = Field(ge=0, description="By the newest fieldwork return that was accepted; None before")
    recorded: int = Field(ge=0, description="Recorded as handed back when it was done")


class SideEvent(EntrySummary):
    """Something beside the path from fieldwork to review, on its opening entry: a hold, a correction, a receipt."""

    what: str = Field(description="Name of its row in schemas/audit/side_events.py: `hold`, `correction` and so on")
    reason: str | None
    artefact: Sha256 | None
    facts: dict[str, Fact] = Field(description="Facts that its row shows; days and instants are ISO")
    state: str | None = Field(description="What became of it, or what it waits for; None where nothing is to follow")
    followed_by: EntrySummary | None = Field(
        description="The newest entry that lifts it, approves it, publishes it ..."
    )
    later_reason: str | None
    days: int | None = Field(
        ge=0, description="Until it was followed, or until the report; None where nothing is to follow"
    )


class Refusal(EntrySummary):
    """An act that was tried and not allowed."""

    act: str
    rule: str
    reason: str


class TrailReview(EntrySummary):
    """Management read the trail up to an entry."""

    up_to: int = Field(ge=0, description="Place of the newest entry that was read")
    concerns: tuple[str, ...] = Field(description="Those that stand, perhaps of an earlier review")
    note: str | None
    since: int = Field(ge=0, description="Entries after that one, without the reviews of the trail")


class BoardLine(Record):
    """One line of the board."""

    inspection: InspectionId
    force: str
    state: str
    waits_for: str = Field(description="Who must act: roles, a stage of the system, nobody")
    next: str
    incident: str | None
    late: tuple[str, ...] = Field(description="What is late or overdue, in words")
    open_points: int = Field(ge=0, description="What is still open of what was published or made due")
    overdue_points: int = Field(ge=0, description="How many of these are past their last day")
    revisit_starts: KnownDate | None = Field(description="The publication from which it counts")
    revisit_due: DateRange | None
    revisit_done: KnownDate | None
    revisit: Verdict | None
    days_late_at_least: int = Field(ge=0)
    days_late_at_most: int = Field(ge=0)
    reviewed: str = Field(description="When management last reviewed the trail, by whom, what came since; `never`")
    hold: str | None = Field(description="Since when it is on hold and why; None when it is not")
    refusals: int = Field(ge=0)
    rejected: int = Field(ge=0, description="Returns that had errors and went back to who sent them")
    entries: int = Field(ge=0)
    changed_at: dt.datetime | None


class Sample(Record):
    """Entries that were drawn to be checked by hand."""

    seed: str = Field(description="What they were drawn by; with it anybody draws the same")
    lines: tuple[TrailLine, ...]


class InspectionTrail(Record):
    """The audit report of one inspection."""

    version: Literal[1] = 1
    kind: Literal["inspection-audit"] = "inspection-audit"
    inspection: InspectionId
    force: str
    at: dt.datetime = Field(description="When the report was made, UTC")
    head: Sha256 = Field(description="Digest of the newest entry; with it the report can be compared with the record")
    fault: str | None = Field(description="Why the ledger, or a part of it, could not be read")
    shown: str | None = Field(default=None, description="Which entries the lists show, in words; None for all")
    standing: BoardLine | None
    review: TrailReview | None = Field(description="The last review of the trail by management")
    changed_since: str = Field(description="Since when `changes` lists: the last review, or what was asked for")
    changes: tuple[TrailLine, ...] = Field(description="Entries since then, without the reviews of the trail")
    sample: Sample | None = Field(default=None, description="None where none was asked for")
    lines: tuple[TrailLine, ...]
    decisions: tuple[Decision, ...]
    separation: Separation
    validations: tuple[Validation, ...]
    dues: tuple[Due, ...]
    open_points: tuple[OpenPoint, ...] = Field(description="What is still open, the longest overdue first")
    not_applied: tuple[str, ...] = Field(description="Rules that do not bind this publication, and why")
    referrals: Referrals
    side_events: tuple[SideEvent, ...] = Field(description="By entry")
    refusals: tuple[Refusal, ...]
    in_all: dict[str, int] = Field(description="How many there are of each list that may be cut short, by its name")
    check: RecordCheck | None = Field(description="None where the record was not verified for this report")
    seals: SealCoverage | None

    @property
    def holds(self) -> tuple[SideEvent, ...]:
        """The holds among the side events."""
        return tuple(one for one in self.side_events if one.what == HOLD.name)


class Unreadable(Record):
    """An inspection that cannot stand on the board, and why."""

    inspection: str
    fault: str


class ProgrammeRefusal(Refusal):
    """A refusal, and where it was."""

    inspection: InspectionId


class ProgrammeHold(SideEvent):
    """A hold that was not lifted, and where."""

    inspection: InspectionId


class InspectionChanges(Record):
    """How much came in one inspection since its last review, or since what was asked for."""

    inspection: InspectionId
    since: str
    entries: int = Field(ge=1)
    newest: TrailLine


class StateCount(Record):
    """How many inspections stand in one state."""

    state: str
    inspections: int = Field(ge=1)


class ProgrammeTrail(Record):
    """The audit report of the whole programme."""

    version: Literal[1] = 1
    kind: Literal["programme-audit"] = "programme-audit"
    at: dt.datetime = Field(description="When the report was made, UTC")
    shown: str | None = Field(default=None, description="Which entries the lists show, in words; None for all")
    board: tuple[BoardLine, ...] = Field(description="By inspection")
    unreadable: tuple[Unreadable, ...]
    states: tuple[StateCount, ...] = Field(description="In the order of an inspection's life")
    revisits: dict[str, int] = Field(description="How many revisits are in time, late, overdue, due, cannot be told")
    changes: tuple[InspectionChanges, ...] = Field(default=(), description="By inspection; none where nothing came")
    open_holds: tuple[ProgrammeHold, ...]
    refusals: tuple[ProgrammeRefusal, ...] = Field(description="Newest first")
    refusals_in_all: int = Field(ge=0)
    people: tuple[PeopleChange, ...] = Field(default=(), description="Changes of people, roles, keys; newest first")
    people_in_all: int = Field(default=0, ge=0)
    check: RecordCheck | None
    seals: SealCoverage | None
