"""When an entry is believed: by what it rests on, by the register and by the seals; never by its own instant alone.

* It is dated no earlier than any entry that it follows.
* It was signed by its actor, with the key and in the role that the register gave them at that instant.
* Where a record of the register ended that key, login or role, an earlier seal holds the entry than holds the record.
  In one seal the entry counts as the later of the two, because nothing shows that it was not.

What is not believed is never acted on; two people can set it aside, and nothing else (`set_aside.py` of the lifecycle).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Protocol

from domain.lifecycle.history import History, Recorded
from domain.lifecycle.set_aside import entries_named
from domain.people.foreign_entries import is_foreign
from domain.people.register import Register
from schemas.errors import LedgerError
from schemas.lifecycle.moves import Kind
from schemas.sealing.seal import key_in_ledger, key_in_register


class Sealed(Protocol):
    """What is sealed."""

    @property
    def seal_of(self) -> Mapping[str, int]:
        """Number of the seal that holds an object, by its key."""
        ...


Seals = Callable[[], Sealed]
"""Reads the seals; called only where a key has ended, for few entries need them."""


def is_sealed_first(entry: int | None, ending: int | None) -> bool | None:
    """Return whether an entry was sealed before the record that ended its key; None while neither is sealed.

    Args:
        entry: number of the seal that holds it; None while none does.
        ending: the same of the record.
    """
    if entry is None and ending is None:
        return None
    return entry is not None and (ending is None or entry < ending)


def doubted(register: Register, history: History, seals: Seals) -> tuple[Recorded, ...]:
    """List the entries that stand, whose key, login or role ended before they were sealed, oldest first."""
    return tuple(one for one in history.standing if _is_sealed_first(register, one, seals) is False)


def check_believed(register: Register, history: History, entries: Collection[Recorded], seals: Seals) -> None:
    """Refuse to act on entries of a history that are not believed, or that set something aside that is.

    Raises:
        LedgerError: naming the first, and who must do what.
        TimeoutError: only the next seal shows whether an entry is believed; a later try finds out.
    """
    places = {one.entry.seq for one in entries}
    for seq, words in history.dated_back():
        if seq in places:
            raise _not_believed(history, seq, words)
    for one in entries:
        if (fault := register.fault_of(one.entry)) is not None:
            raise _not_believed(history, one.entry.seq, fault)
        is_first = _is_sealed_first(register, one, seals)
        if is_first is None:
            raise TimeoutError(
                f"{history.inspection_id} entry {one.entry.seq}: its key or role has ended, and only the next seal "
                "shows whether it was recorded before; nothing was done, and the sweep tries again"
            )
        if not is_first:
            raise _not_believed(
                history,
                one.entry.seq,
                f"expected it to be sealed before its key or role ended (register record "
                f"{register.ended_by(one.entry)}), found it sealed later",
            )
    for seq, words in faults_of_set_aside(register, history, seals):
        raise _not_believed(history, seq, words)


def faults_of_set_aside(register: Register, history: History, seals: Seals) -> Iterator[tuple[int, str]]:
    """Yield the place of each entry that sets aside one that is believed, and words."""
    by_digest = {one.digest: one for one in history.recorded}
    for act in history.all_of(Kind.FOREIGN_SET_ASIDE):
        for digest in entries_named(act.entry):
            named = by_digest.get(digest)
            if named is None or is_foreign(register, named.entry, act.entry.at):
                continue
            if _is_sealed_first(register, named, seals) is not False:
                yield act.entry.seq, f"expected an entry that is not believed, found entry {named.entry.seq}"


def _is_sealed_first(register: Register, recorded: Recorded, seals: Seals) -> bool | None:
    ended = register.ended_by(recorded.entry)
    if ended is None:
        return True
    seal_of = seals().seal_of
    own = key_in_ledger(recorded.entry.inspection, recorded.entry.seq)
    return is_sealed_first(seal_of.get(own), seal_of.get(key_in_register(ended)))


def _not_believed(history: History, seq: int, fault: str) -> LedgerError:
    entry = history.recorded[seq].entry
    return LedgerError(
        f"{history.inspection_id} entry {seq} ({entry.kind.value}): {fault}; it is not believed, and nothing was done "
        "because of it: tell management and keep the bucket as it is. Two people in charge can set it aside "
        "(`ncpi foreign name`; docs/operations.md)"
    )
