"""Counts and choices in words, the same in messages, in the audit trail and on pages."""

from __future__ import annotations

from collections.abc import Iterable


def counted(number: object, one: str, many: str = "") -> str:
    """Return a count in words: `1 case`, `3 cases`, `4,095 days`."""
    shown = f"{number:,}" if isinstance(number, int) else number
    return f"{shown} {one if number == 1 else many or one + 's'}"


def one_of(names: Iterable[str]) -> str:
    """Return a choice in words: `inspector`, `inspector or hmi`, `inspector, moderator or hmi`."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last
