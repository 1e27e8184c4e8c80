"""Read an instant or a day from the facts of an entry, and refuse the entry where there is none."""

from __future__ import annotations

import datetime as dt

from domain.lifecycle.history import Recorded
from schemas.errors import LedgerError


def instant_of(recorded: Recorded, name: str) -> dt.datetime:
    """Read an instant (UTC).

    Raises:
        LedgerError: there is none in the entry; the desk writes one always, so something else wrote the entry.
    """
    text = recorded.entry.facts.get(name)
    try:
        moment = dt.datetime.fromisoformat(str(text))
    except ValueError:
        moment = None
    if moment is not None and moment.utcoffset() == dt.timedelta(0):
        return moment
    raise _unreadable(recorded, f"its {name}, an instant in UTC", is_there=text is not None)


def day_of(recorded: Recorded, name: str) -> dt.date:
    """Read a day of the London calendar.

    Raises:
        LedgerError: there is none in the entry.
    """
    text = recorded.entry.facts.get(name)
    try:
        return dt.date.fromisoformat(str(text))
    except ValueError:
        raise _unreadable(recorded, f"a day as {name}", is_there=text is not None) from None


def _unreadable(recorded: Recorded, expected: str, *, is_there: bool) -> LedgerError:
    entry, found = recorded.entry, "something else" if is_there else "none"
    return LedgerError(
        f"{entry.inspection} entry {entry.seq}: expected {expected}, found {found}; the "
        "ledger is not what was written, so nothing is published: tell management and keep the bucket as it is "
        "(docs/operations.md)"
    )
