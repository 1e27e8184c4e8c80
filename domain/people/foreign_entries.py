"""Find the entries that were signed with a key that the register did not know."""

from __future__ import annotations

import datetime as dt

from domain.lifecycle.history import History, Recorded
from domain.people.register import Register
from domain.people.register_state import new_keys_of
from schemas.lifecycle.entry import Entry


def is_foreign(register: Register, entry: Entry, by: dt.datetime) -> bool:
    """Return whether an entry was signed with a key that no record of the register bears until an instant (UTC).

    A login at an identity provider has a key that is in no register, so its entries are never foreign. The later of the
    two instants counts, so that nobody can date either one back before the key was registered.
    """
    until = max(by, entry.at)
    known = (key for one in register.recorded if one.record.at <= until for key in new_keys_of(one.record))
    return entry.signature.certificate is None and entry.signature.key not in set(known)


def foreign_entries(register: Register, history: History, by: dt.datetime) -> tuple[Recorded, ...]:
    """List the entries that stand and were signed with a key that the register did not know, oldest first."""
    return tuple(one for one in history.standing if is_foreign(register, one.entry, by))
