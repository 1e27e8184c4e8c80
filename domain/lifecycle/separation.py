"""Who has had which part in an inspection: author, moderator and approver are three people, whatever their roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.errors import SeparationError
from schemas.lifecycle.acts import ACT_OF, SeparatedDuty

if TYPE_CHECKING:
    from domain.lifecycle.history import History
    from schemas.lifecycle.acts import Act
    from schemas.lifecycle.entry import Entry


def people_with(history: History, part: SeparatedDuty) -> frozenset[str]:
    """List who has had a part; authors are who submitted a return or correction, and the team that a return names."""
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
    act = ACT_OF.get(entry.kind)
    if act and (part := act.part_of(entry.actor.role)):
        return [(part, entry.actor.person)]
    authors = entry.facts.get("authors", ())
    return [(SeparatedDuty.AUTHOR, author) for author in authors] if isinstance(authors, tuple) else []
