"""What is recorded beside the path from fieldwork to review, as a table: a row for each kind of thing in the report.

The audit report reads, prints and exports every side event by its row, so a new one needs a row here and nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from schemas.lifecycle.moves import Kind


@dataclass(frozen=True, slots=True)
class ShownFact:
    """A fact of an entry that the report shows: its name in the entry, its heading, and what it must be."""

    name: str
    heading: str
    form: Literal["text", "texts", "count", "day", "instant", "flag"]
    """`day` is of the London calendar, `instant` in UTC, both ISO; a `flag` is shown by its heading where it is set."""

    @property
    def column(self) -> str:
        """Its column in a spreadsheet."""
        return f"{self.name}_utc" if self.form == "instant" else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class SideEventKind:
    """One row: what opens it, what may follow it, and what is shown of both."""

    name: str
    opened_by: Kind
    followed_by: Mapping[Kind, str] = field(default_factory=dict)
    """Each kind that takes it further, and what it then is; the kind that opens it, where one may replace another."""
    waiting: str | None = None
    """What it is while nothing has followed; None where nothing is to follow."""
    facts: tuple[ShownFact, ...] = ()
    """Of the entry that opens it."""
    later_facts: tuple[ShownFact, ...] = ()
    """Of the newest entry that follows it."""


_RECEIVED: Final = ShownFact("received", "received on", "day")

HOLD: Final = SideEventKind(
    name="hold",
    opened_by=Kind.HOLD_PLACED,
    followed_by={Kind.HOLD_LIFTED: "lifted"},
    waiting="not lifted yet",
    facts=(ShownFact("programme", "with the whole programme", "flag"),),
)
ACTION_PLAN: Final = SideEventKind(name="action plan", opened_by=Kind.ACTION_PLAN_RECEIVED, facts=(_RECEIVED,))
POLICING_BODY_RESPONSE: Final = SideEventKind(
    name="local policing body's response", opened_by=Kind.POLICING_BODY_RESPONDED, facts=(_RECEIVED,)
)
RECEIPTS: Final = (ACTION_PLAN, POLICING_BODY_RESPONSE)
"""What comes from outside, each by the subject of its due date (domain/documents/clocks.py)."""

SIDE_EVENTS: Final = (
    HOLD,
    *RECEIPTS,
    SideEventKind(
        name="correction",
        opened_by=Kind.CORRECTION_DRAFTED,
        followed_by={
            Kind.CORRECTION_DRAFTED: "replaced by another draft",
            Kind.CORRECTION_APPROVED: "approved",
            Kind.APPROVAL_TAKEN_BACK: "approval taken back",
            Kind.CORRECTION_RETURNED: "returned",
            Kind.CORRECTION_PUBLISHED: "published",
        },
        waiting="waits for approval",
        facts=(
            ShownFact("of", "of", "text"),
            ShownFact("number", "version", "count"),
            ShownFact("errata", "errata", "count"),
        ),
    ),
    SideEventKind(
        name="withdrawal",
        opened_by=Kind.WITHDRAWAL_ORDERED,
        followed_by={Kind.WITHDRAWN: "carried out"},
        waiting="not carried out yet",
        later_facts=(ShownFact("files", "files no longer public", "count"),),
    ),
    SideEventKind(
        name="cases referred back", opened_by=Kind.CASE_REFERRED_BACK, facts=(ShownFact("cases", "cases", "count"),)
    ),
    SideEventKind(
        name="accuracy check",
        opened_by=Kind.ACCURACY_OPENED,
        followed_by={Kind.ACCURACY_COMMENTED: "answered"},
        waiting="no answer recorded",
        facts=(ShownFact("until", "open until", "instant"),),
        later_facts=(ShownFact("comments", "comments", "count"),),
    ),
    SideEventKind(
        name="entries that nobody believes",
        opened_by=Kind.FOREIGN_NAMED,
        followed_by={Kind.FOREIGN_SET_ASIDE: "set aside"},
        waiting="not set aside yet",
        facts=(ShownFact("entries", "entries", "texts"),),
    ),
    SideEventKind(
        name="answers to the force's comments",
        opened_by=Kind.ACCURACY_ANSWERED,
        facts=(ShownFact("accepted", "accepted", "texts"), ShownFact("not_accepted", "not accepted", "texts")),
    ),
    SideEventKind(
        name="trail review",
        opened_by=Kind.TRAIL_REVIEWED,
        facts=(
            ShownFact("up_to", "up to entry", "count"),
            ShownFact("concerns", "concerns", "texts"),
            ShownFact("note", "note", "text"),
        ),
    ),
)
SHOWN_FACTS: Final = {kind.name: {fact.name: fact for fact in (*kind.facts, *kind.later_facts)} for kind in SIDE_EVENTS}
"""What is shown of each, by its name and the fact's."""
