"""Entries that two people set aside, because nobody believes them.

Objects of the ledger are never overwritten, so such an entry stays in its place and in the chain; it counts for nothing
else. Here is what the ledger alone can show; that an entry is not believed is checked with the register and the seals
(`domain/people/belief.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Final, Protocol

from schemas.lifecycle.entry import Entry, Fact
from schemas.lifecycle.moves import START, Kind

MAX_SET_ASIDE: Final = 50
"""How many entries one act may name."""


class Stored(Protocol):
    """An entry with the digest of its stored bytes."""

    @property
    def entry(self) -> Entry:
        """The entry."""
        ...

    @property
    def digest(self) -> str:
        """SHA-256 of its bytes."""
        ...


def entries_named(entry: Entry) -> tuple[str, ...]:
    """List the digests of the entries that an act of setting aside names."""
    return named_in(entry.kind, entry.facts)


def named_in(kind: Kind, facts: Mapping[str, Fact]) -> tuple[str, ...]:
    """List the same of the facts of such an act; none of other kinds."""
    named = facts.get("entries") if kind in {Kind.FOREIGN_NAMED, Kind.FOREIGN_SET_ASIDE} else None
    return named if isinstance(named, tuple) else ()


def set_aside(recorded: Sequence[Stored]) -> frozenset[str]:
    """Return the digests of all entries that are set aside; a later act may set an earlier one aside."""
    aside: set[str] = set()
    for place in range(len(recorded) - 1, -1, -1):
        one = recorded[place]
        is_act = one.entry.kind is Kind.FOREIGN_SET_ASIDE and one.digest not in aside
        if is_act and fault_of_setting_aside(recorded[:place], one.entry) is None:
            aside.update(entries_named(one.entry))
    return frozenset(aside)


def fault_of_setting_aside(before: Sequence[Stored], entry: Entry) -> str | None:
    """Return what is wrong with an entry that sets others aside, by the ledger alone; None when nothing is.

    Args:
        before: every entry before it.
    """
    naming = next((one for one in before if one.digest == entry.because), None)
    if naming is None or naming.entry.kind is not Kind.FOREIGN_NAMED:
        return "expected an entry that names foreign entries as the cause, found a different one"
    named = entries_named(entry)
    if not 0 < len(named) <= MAX_SET_ASIDE or named != entries_named(naming.entry):
        return "expected exactly the entries that were named, found different ones"
    if naming.entry.actor.person == entry.actor.person:
        return "expected a second person, found the one who named the entries"
    earlier = {one.digest for one in before[: naming.entry.seq]} - set_aside(before)
    if not set(named) <= earlier:
        return "expected entries that stood when they were named, found others"
    return _fault_of_rest(before, {*named, *set_aside(before)})


def _fault_of_rest(before: Sequence[Stored], aside: Collection[str]) -> str | None:
    """Return which entry could not stand without those that are set aside."""
    position = START
    for one in before:
        if one.digest in aside:
            continue
        if one.entry.kind not in position.legal:
            return f"entry {one.entry.seq} ({one.entry.kind.value}) rests on an entry that is to be set aside"
        position = position.after(one.entry.kind)
    return None
