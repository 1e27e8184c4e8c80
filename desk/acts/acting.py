"""How every act of a person goes: read, ask the rules, sign, record; a refusal is an entry too.

What a crash leaves: before the entry nothing but artefacts that nothing refers to; after it the act, recorded and
perhaps not announced, which the sweep makes good. Doing the same again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from desk.acts.permission import check_permission
from schemas.errors import NotFoundError, RefusedError
from schemas.lifecycle.moves import SIDE_ENTRIES, Kind

if TYPE_CHECKING:
    from desk.acts.context import DeskContext
    from domain.lifecycle.history import History, Recorded
    from domain.signing import Signer
    from schemas.lifecycle.acts import Act
    from schemas.lifecycle.entry import DocumentReference, Fact

LONGEST_REASON: Final = 600
"""Longest text that an entry bears as a fact."""


@dataclass(frozen=True, slots=True)
class EntryContent:
    """What an act records besides who did it when."""

    facts: Mapping[str, Fact] = field(default_factory=dict)
    document: DocumentReference | None = None
    because: str | None = None
    """Digest of the entry that it is about; the newest when left out."""
    id: str | None = None
    """Names its one cause; its own place in the ledger when left out."""


def perform(
    context: DeskContext,
    inspection_id: str,
    act: Act,
    signer: Signer,
    content: Callable[[History], EntryContent],
    *,
    expected_head: str | None = None,
) -> Recorded:
    """Do an act, or record that it was refused; the same act again changes nothing and gives its entry.

    Args:
        content: says what is recorded, or refuses, once the acts table allows the act.
        expected_head: beginning of the head of the ledger that the person saw; None when they were shown none.

    Raises:
        NotFoundError: the inspection was never opened.
        RefusedError: by role, force, head, state, part, or by the act's own rules.
        AlreadyWrittenError: somebody else was first; doing it again reads what they wrote.
    """
    history = opened(context, inspection_id)
    try:
        if earlier := _same_before(history, act, signer, content):
            return earlier
        check_permission(history, act, signer, expected_head)
        done = content(history)
    except RefusedError as error:
        record_refusal(context, history, act, signer, error)
        raise
    entry = history.next_entry(
        act.records,
        id=done.id or f"{act.records.value}/{len(history.recorded):08d}",
        at=context.clock(),
        signer=signer,
        document=done.document,
        facts=done.facts,
        because=done.because,
    )
    return context.record(history, entry)


def opened(context: DeskContext, inspection_id: str) -> History:
    """Read the history of an inspection that was opened.

    Raises:
        NotFoundError: it was not.
    """
    history = context.stores.ledger.history(inspection_id)
    if not history.recorded:
        message = f"{inspection_id}: no such inspection; open it first with `ncpi open`"
        raise NotFoundError(message)
    return history


def record_refusal(context: DeskContext, history: History, act: Act, signer: Signer, error: RefusedError) -> None:
    """Record that an act was refused, by which rule."""
    kind = act.refusal if act.refusal in history.position.legal else Kind.ACT_REFUSED
    if kind not in history.position.legal:
        return  # there is no ledger yet
    entry = history.next_entry(
        kind,
        id=f"{kind.value}/{len(history.recorded):08d}",
        at=context.clock(),
        signer=signer,
        facts={
            "act": act.name,
            "decision": "refused",
            "rule": type(error).__name__,
            "reason": str(error)[:LONGEST_REASON],
        },
    )
    context.record(history, entry)


def _same_before(
    history: History, act: Act, signer: Signer, content: Callable[[History], EntryContent]
) -> Recorded | None:
    """Find the very act if it stands already: its reply was lost, or somebody pressed twice."""
    latest = history.latest(act.records)
    if latest is None or latest.entry.actor.person != signer.actor.person:
        return None
    if act.records not in SIDE_ENTRIES and latest != history.last_on_path:
        return None
    try:
        again = content(history.before(latest))
    except RefusedError:
        return None
    entry = latest.entry
    return latest if (entry.facts, entry.document) == (dict(again.facts), again.document) else None
