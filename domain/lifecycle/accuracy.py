"""The force's check of a draft's facts: open for a time, ended by its comments or by that time."""

from __future__ import annotations

import datetime as dt

from domain.lifecycle.history import History, Recorded
from domain.lifecycle.strict_facts import instant_of
from schemas.lifecycle.moves import Kind


def open_check(history: History, draft: Recorded, now: dt.datetime) -> Recorded | None:
    """Find the check of a draft that the force has not answered and whose time is not over; None when there is none."""
    opened = history.latest(Kind.ACCURACY_OPENED)
    if opened is None or opened.entry.because != draft.digest:
        return None
    commented = history.latest(Kind.ACCURACY_COMMENTED)
    if commented is not None and commented.entry.seq > opened.entry.seq:
        return None
    return opened if now < instant_of(opened, "until") else None
