"""Values with the record that made each effective."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.people.register import RegisterRecord

V = TypeVar("V")


class Period(NamedTuple, Generic[V]):
    """One value, and since when: the instant and the place in the register of the record that made it so."""

    at: dt.datetime
    seq: int
    value: V


@dataclass(frozen=True, slots=True)
class EffectiveDated(Generic[V]):
    """All values, oldest first."""

    periods: tuple[Period[V], ...] = ()

    def with_change(self, record: RegisterRecord, value: V) -> EffectiveDated[V]:
        """Return these values with one more, effective from a record."""
        return EffectiveDated((*self.periods, Period(record.at, record.seq, value)))

    def at(self, at: dt.datetime) -> V | None:
        """Return what held at an instant, the later of two changes at one instant; None before the first."""
        place = self._place(at)
        return self.periods[place - 1].value if place else None

    @property
    def current(self) -> V | None:
        """What holds since the last change."""
        return self.periods[-1].value if self.periods else None

    def ended_after(self, at: dt.datetime, is_ended_by: Callable[[V], bool]) -> int | None:
        """Find the record after an instant by which what held then came to an end."""
        return next((period.seq for period in self.periods[self._place(at) :] if is_ended_by(period.value)), None)

    def _place(self, at: dt.datetime) -> int:
        return bisect_right(self.periods, at, key=lambda period: period.at)
