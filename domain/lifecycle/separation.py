"""Who has had which part in an inspection: author, moderator and approver are three people, whatever their roles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from schemas.errors import SeparationError
from schemas.lifecycle.acts import SeparatedDuty
from schemas.lifecycle.moves import Kind
from schemas.people.roles import Role

if TYPE_CHECKING:
    from domain.lifecycle.history import History
    from schemas.lifecycle.acts import Act
    from schemas.lifecycle.entry import Entry

_SUBMISSIONS: Final = frozenset({Kind.FIELDWORK_SUBMITTED, Kind.REVIEW_SUBMITTED, Kind.CORRECTION_DRAFTED})
_APPROVALS: Final = frozenset({Kind.REPORT_APPROVED, Kind.REVIEW_APPROVED, Kind.CORRECTION_APPROVED})
_RETURNS: Final = frozenset({Kind.REPORT_RETURNED, Kind.REVIEW_RETURNED, Kind.CORRECTION_RETURNED})


def people_with(history: History, part: SeparatedDuty) -> frozenset[str]:
    """Name everybody who has had a part; authors are who submitted, and who is named in a return as its team."""
    return frozenset(
        person for recorded in history.recorded for one, person in _parts_in(recorded.entry) if one is part
    )


def check_separation(history: History, act: Act, person: str) -> None:
    """Refuse an act to somebody whose part in the inspection bars them from it.

    Raises:
        SeparationError: naming the part.
    """
    for part in sorted(act.barred):
        if person in people_with(history, part):
            message = (
                f"{history.inspection_id}: {person} had a part in this inspection as {part.value}, so another person "
                f"must {act.name}"
            )
            raise SeparationError(message)


def _parts_in(entry: Entry) -> list[tuple[SeparatedDuty, str]]:
    person = entry.actor.person
    if entry.kind in _SUBMISSIONS:
        return [(SeparatedDuty.AUTHOR, person)]
    if entry.kind in _APPROVALS:
        return [(SeparatedDuty.APPROVER, person)]
    if entry.kind is Kind.MODERATED or (entry.kind in _RETURNS and entry.actor.role is Role.MODERATOR):
        return [(SeparatedDuty.MODERATOR, person)]
    authors = entry.facts.get("authors", ())
    return [(SeparatedDuty.AUTHOR, author) for author in authors] if isinstance(authors, tuple) else []
