"""Counts in words, the same in messages, in the audit trail and on pages."""

from __future__ import annotations


def counted(number: object, one: str, many: str = "") -> str:
    """Return a count in words: `1 case`, `3 cases`."""
    return f"{number} {one if number == 1 else many or one + 's'}"
