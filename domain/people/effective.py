"""Values that change over time, each effective from a record of the register."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar

from schemas.people.register import RegisterRecord

V = TypeVar("V")


class Period(NamedTuple, Generic[V]):
    """One value, effective from the instant of the record with this seq, until the next period."""

    at: dt.datetime
    seq: int
    value: V


@dataclass(frozen=True, slots=True)
class EffectiveDated(Generic[V]):
    """Every value that something had, oldest first."""

    periods: tuple[Period[V], ...] = ()

    def with_change(self, record: RegisterRecord, value: V) -> EffectiveDated[V]:
        """Return these values with one more, effective from a record."""
        return EffectiveDated((*self.periods, Period(record.at, record.seq, value)))

    def at(self, at: dt.datetime) -> V | None:
        """Return the value at an instant, the later of two changes at one instant; None before the first."""
        count = self._count_until(at)
        return self.periods[count - 1].value if count else None

    @property
    def current(self) -> V | None:
        """The value since the last change."""
        return self.periods[-1].value if self.periods else None

    def ended(self, at: dt.datetime, is_held: Callable[[V], bool]) -> int | None:
        """Return seq of the record that ended what was held by an instant; None where it still is, or was not by then.

        What was held and had ended before that instant has ended too.
        """
        was_held, ended = False, None
        for period in self.periods:
            if is_held(period.value):
                was_held, ended = (True, None) if period.at <= at else (was_held, ended)
            elif was_held and ended is None:
                ended = period.seq
        return ended

    def _count_until(self, at: dt.datetime) -> int:
        return bisect_right(self.periods, at, key=lambda period: period.at)
