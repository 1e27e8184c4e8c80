"""Find the entries that were signed with a key the register did not know, and check what two people set aside.

Nothing else can be set aside: an entry whose key the register knew at its time stands for ever, whoever signed it and
whatever became of the key since.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from domain.lifecycle.history import History, Recorded
from domain.lifecycle.set_aside import entries_named
from domain.people.register import Register
from domain.people.register_state import new_keys_of
from schemas.lifecycle.entry import Entry
from schemas.lifecycle.moves import Kind


def is_foreign(register: Register, entry: Entry, by: dt.datetime) -> bool:
    """Return whether an entry was signed with a key that no record of the register bears until an instant (UTC).

    A login at an identity provider has a key that is in no register, so its entries are never foreign. The later of the
    two instants counts, so that nobody can date either one back before the key was registered.
    """
    until = max(by, entry.at)
    known = (key for one in register.recorded if one.record.at <= until for key in new_keys_of(one.record))
    return entry.signature.certificate is None and entry.signature.key not in set(known)


def faults_of_set_aside(register: Register, history: History) -> Iterator[tuple[int, str]]:
    """Yield the place of each entry that sets aside one whose key the register knew, and words."""
    by_digest = {one.digest: one.entry for one in history.recorded}
    for one in history.all_of(Kind.FOREIGN_SET_ASIDE):
        for digest in entries_named(one.entry):
            named = by_digest.get(digest)
            if named is not None and not is_foreign(register, named, one.entry.at):
                yield (
                    one.entry.seq,
                    f"expected an entry by a key that the register did not know, found entry {named.seq}",
                )


def foreign_entries(register: Register, history: History, by: dt.datetime) -> tuple[Recorded, ...]:
    """List the entries that stand and were signed with a key that the register did not know, oldest first."""
    return tuple(one for one in history.standing if is_foreign(register, one.entry, by))
