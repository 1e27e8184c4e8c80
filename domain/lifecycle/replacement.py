"""Replace a draft that nobody has decided on: one of its authors sends in something else, and the draft is superseded.

A moderation or an accuracy check concerns the draft that it names, so both begin again with the new one.
"""

from __future__ import annotations

from domain.lifecycle.approval import latest_draft
from domain.lifecycle.history import History, Recorded
from schemas.errors import RefusedError
from schemas.lifecycle.acts import Act
from schemas.lifecycle.entry import Fact
from schemas.lifecycle.moves import AWAITING_DECISION, State


def undecided_draft(history: History, state: State) -> Recorded | None:
    """Find the draft that awaits a decision; None where none does.

    Args:
        state: where the inspection stands.
    """
    return latest_draft(history) if state in AWAITING_DECISION else None


def facts_of_replacement(draft: Recorded | None) -> dict[str, Fact]:
    """Name the draft that a submission replaces; nothing where it replaces none."""
    return {"replaces": draft.entry.document.sha256} if draft and draft.entry.document else {}


def check_replacement(draft: Recorded | None, act: Act, person: str) -> None:
    """Check that a draft is replaced by one of its authors.

    Raises:
        RefusedError: naming the authors.
    """
    if draft is None or person in (authors := authors_of(draft)):
        return
    raise RefusedError(
        f"{draft.entry.inspection}: expected an author of the draft that awaits a decision "
        f"({', '.join(sorted(authors))}) to {act.name} in its place, found {person}; ask one of them, or have the "
        "draft returned first"
    )


def authors_of(draft: Recorded) -> frozenset[str]:
    """List who made a draft: who submitted the return and its team; of a correction, who drafted it."""
    authors = draft.entry.facts.get("authors")
    return frozenset(authors) if isinstance(authors, tuple) else frozenset({draft.entry.actor.person})


def draft_before(history: History) -> Recorded | None:
    """Find the draft of the same version before the newest, which was replaced or returned; None for the first."""
    draft = latest_draft(history)
    version = _version(draft)
    earlier = history.before(draft).standing
    return next(
        (one for one in reversed(earlier) if one.entry.kind is draft.entry.kind and _version(one) == version), None
    )


def _version(draft: Recorded) -> tuple[object, object]:
    """Return which version of which document a correction drafts; the same for all other drafts of a kind."""
    return draft.entry.facts.get("of"), draft.entry.facts.get("number")
