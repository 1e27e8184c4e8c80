"""Who has had which duty in an inspection: author, moderator and approver are three people, whatever their roles."""

from __future__ import annotations

from domain.lifecycle.history import History
from schemas.errors import SeparationError
from schemas.lifecycle.acts import ACT_OF, Act, SeparatedDuty
from schemas.lifecycle.entry import Entry


def people_with(history: History, duty: SeparatedDuty) -> frozenset[str]:
    """List who has had a duty; authors are who submitted a return or correction, and the team that a return names."""
    return frozenset(person for one in history.standing for had, person in _duties_in(one.entry) if had is duty)


def check_separation(history: History, act: Act, person: str) -> None:
    """Refuse an act to a person whose earlier duty in the inspection bars them from it.

    Raises:
        SeparationError: naming the duty.
    """
    for duty in sorted(act.barred):
        if person in people_with(history, duty):
            raise SeparationError(
                f"{history.inspection_id}: {person} had a part in this inspection as {duty.value}, so another person "
                f"must {act.name}"
            )


def _duties_in(entry: Entry) -> list[tuple[SeparatedDuty, str]]:
    act = ACT_OF.get(entry.kind)
    if act and (duty := act.duty_of(entry.actor.role)):
        return [(duty, entry.actor.person)]
    authors = entry.facts.get("authors", ())
    return [(SeparatedDuty.AUTHOR, author) for author in authors] if isinstance(authors, tuple) else []
