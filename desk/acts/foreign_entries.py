"""Set entries aside that are not believed: one person names them, another confirms."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from desk.acts.acting import EntryContent, perform
from desk.acts.context import DeskContext
from desk.acts.reasons import checked_reason
from domain.lifecycle.history import History, Recorded
from domain.lifecycle.set_aside import MAX_SET_ASIDE, entries_named, fault_of_setting_aside
from domain.people.belief import doubted
from domain.people.foreign_entries import foreign_entries
from domain.signing import Signer
from schemas.errors import RefusedError, SeparationError
from schemas.lifecycle.acts import NAME_FOREIGN, SET_ASIDE_FOREIGN
from schemas.lifecycle.moves import Kind


def name_foreign_entries(
    context: DeskContext, inspection_id: str, digests: Sequence[str], signer: Signer, reason: str
) -> Recorded:
    """Name entries that are to be set aside, by their digests, for a second person to confirm.

    Args:
        digests: SHA-256 of each, or its first 12 digits.

    Raises:
        RefusedError: by role, head or state, or an entry is believed, or there is no such entry; recorded.
            Or for the reason; of that nothing is recorded.
    """
    reason = checked_reason(inspection_id, reason)

    def content(history: History) -> EntryContent:
        foreign = _not_believed(context, history)
        named = tuple(one.digest for one in foreign if any(one.digest.startswith(digest) for digest in digests))
        if not 0 < len(set(digests)) == len(named) <= MAX_SET_ASIDE:
            found = (
                ", ".join(f"{one.digest[:12]}… (entry {one.entry.seq})" for one in foreign[:MAX_SET_ASIDE]) or "none"
            )
            raise RefusedError(
                f"{inspection_id}: expected digests of entries that are not believed; there is {found}; "
                "only such entries can be set aside"
            )
        return EntryContent({"entries": named, "reason": reason})

    return perform(context, context.history(inspection_id), NAME_FOREIGN, signer, content)


def set_foreign_aside(context: DeskContext, inspection_id: str, signer: Signer) -> Recorded:
    """Set the entries aside that another person named last; the inspection goes on from the last entry before them.

    Raises:
        RefusedError: by role, head or state, or nothing was named, or the same person named it, or an entry by a known
            key rests on one of them; recorded.
    """

    def content(history: History) -> EntryContent:
        naming = history.latest(Kind.FOREIGN_NAMED)
        if naming is None:
            raise RefusedError(
                f"{inspection_id}: expected foreign entries that somebody named, found none; name them first"
            )
        if naming.entry.actor.person == signer.actor.person:
            named_by = naming.entry.actor.person
            raise SeparationError(
                f"{inspection_id}: {named_by} named the entries, so another person must {SET_ASIDE_FOREIGN.name}"
            )
        entries = entries_named(naming.entry)
        done = EntryContent({"entries": entries}, because=naming.digest)
        probe = history.next_entry(
            SET_ASIDE_FOREIGN.records, at=context.clock(), signer=signer, facts=done.facts, because=done.because
        )
        fault = fault_of_setting_aside(history.recorded, probe)
        foreign = {one.digest for one in _not_believed(context, history)}
        if fault or not set(entries) <= foreign:
            raise RefusedError(f"{inspection_id}: {fault or 'expected entries that are not believed, found another'}")
        return done

    def find_earlier(history: History) -> Recorded | None:
        newest = history.latest(Kind.FOREIGN_NAMED, Kind.FOREIGN_SET_ASIDE)
        is_done = newest is not None and newest.entry.kind is Kind.FOREIGN_SET_ASIDE
        return newest if is_done and newest and newest.entry.actor.person == signer.actor.person else None

    history = context.history(inspection_id)
    return perform(context, history, SET_ASIDE_FOREIGN, signer, content, find_earlier=find_earlier)


def _not_believed(context: DeskContext, history: History) -> tuple[Recorded, ...]:
    """List the entries that can be set aside: by a key that the register does not know, or one that had ended."""
    register = context.stores.register.read()
    foreign = foreign_entries(register, history, context.clock())
    return (*foreign, *doubted(register, history, cache(lambda: context.stores.ledger.sealed(register))))
