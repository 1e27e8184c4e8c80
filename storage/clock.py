"""The clock, read here alone: rules take the time as a value."""

from __future__ import annotations

import datetime as dt


def utc_now() -> dt.datetime:
    """Return the present instant in UTC, to the second: the precision of the ledger."""
    return exact_now().replace(microsecond=0)


def exact_now() -> dt.datetime:
    """Return the present instant in UTC, to the microsecond: for what must happen at a time, not for records."""
    return dt.datetime.now(dt.UTC)
