"""Perform an act of a person: check the rules, sign, record; a refusal is recorded too.

What a crash leaves: before the entry nothing but artefacts that nothing refers to; after it the act, recorded and
perhaps not announced, which the sweep repairs. Doing the same again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from desk.acts.context import DeskContext
from desk.acts.permission import check_permission
from domain.lifecycle.history import History, Recorded
from domain.signing import Signer
from schemas.errors import NcpiError, RefusedError
from schemas.lifecycle.acts import Act
from schemas.lifecycle.entry import MAX_FACT_LENGTH, DocumentReference, Fact
from schemas.lifecycle.moves import SIDE_ENTRIES, Kind
from schemas.text import plain


@dataclass(frozen=True, slots=True)
class EntryContent:
    """What an act records, besides who did it and when."""

    facts: Mapping[str, Fact] = field(default_factory=dict)
    document: DocumentReference | None = None
    because: str | None = None
    """Digest of the entry that it is about; by default the newest."""
    id: str | None = None
    """Name of its one cause; by default its own place in the ledger."""


def perform(
    context: DeskContext,
    history: History,
    act: Act,
    signer: Signer,
    content: Callable[[History], EntryContent],
    *,
    find_earlier: Callable[[History], Recorded | None] | None = None,
) -> Recorded:
    """Do an act, or record that it was refused; the same act again changes nothing and returns its entry.

    Args:
        history: what the rules are checked against, and what the entry follows.
        content: returns what is recorded, or refuses, once the acts table allows the act.
        find_earlier: finds the entry of the same act when it is recorded already; by default the newest of its kind,
            if this person would record the same again.

    Raises:
        RefusedError: role, force, head, state, separation of duties or the act's own rules forbid it.
        AlreadyWrittenError: another writer was first; acting again on a history that is read again finds its entry.
    """
    earlier = find_earlier(history) if find_earlier else _earlier(history, act, signer, content)
    if earlier:
        context.end_links(history)  # the act may have broken off before
        return earlier
    try:
        check_permission(history, act, signer, context.expected_head)
        done = content(history)
    except RefusedError as error:
        _record_refusal(context, history, act, signer, error)
        raise
    entry = history.next_entry(
        act.records,
        id=done.id,
        at=context.clock(),
        signer=signer,
        document=done.document,
        facts=done.facts,
        because=done.because,
    )
    return context.record(history, entry)


def _record_refusal(context: DeskContext, history: History, act: Act, signer: Signer, error: RefusedError) -> None:
    """Record that an act was refused, and by which rule."""
    kind = act.refusal if act.refusal in history.position.legal else Kind.ACT_REFUSED
    if kind not in history.position.legal:
        return  # there is no ledger yet
    entry = history.next_entry(
        kind,
        at=context.clock(),
        signer=signer,
        facts={
            "act": act.name,
            "decision": "refused",
            "rule": error.rule,
            # What the act named may be repeated in it, such as the head that was seen.
            "reason": plain(str(error))[:MAX_FACT_LENGTH].strip(),
        },
    )
    context.record(history, entry)


def _earlier(history: History, act: Act, signer: Signer, content: Callable[[History], EntryContent]) -> Recorded | None:
    """Find this act if it is recorded already: its reply was lost, or somebody pressed twice."""
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
    is_same = (entry.facts, entry.document) == (dict(again.facts), again.document)
    return latest if is_same and not _is_about_another(content, history, again) else None


def _is_about_another(content: Callable[[History], EntryContent], history: History, again: EntryContent) -> bool:
    """Return whether the same words are about another entry now: the same answer to a later question."""
    try:
        return content(history).because != again.because
    except NcpiError:
        return False  # it cannot be done a second time
