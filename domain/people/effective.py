"""The values of one thing in the course of time, each from the record that made it so."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, NamedTuple, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from schemas.people.register import RegisterRecord

V = TypeVar("V")


class Spell(NamedTuple, Generic[V]):
    """One value, and since when: the instant and the place in the register of the record that made it so."""

    at: dt.datetime
    seq: int
    value: V


@dataclass(frozen=True, slots=True)
class Course(Generic[V]):
    """All values, oldest first."""

    spells: tuple[Spell[V], ...] = ()

    def then(self, record: RegisterRecord, value: V) -> Course[V]:
        """Give the course in which this value holds from a record on."""
        return Course((*self.spells, Spell(record.at, record.seq, value)))

    def at(self, at: dt.datetime) -> V | None:
        """Give what held at an instant, the later of two changes at one instant; None before the first."""
        place = self._place(at)
        return self.spells[place - 1].value if place else None

    @property
    def now(self) -> V | None:
        """What holds since the last change."""
        return self.spells[-1].value if self.spells else None

    def ended_after(self, at: dt.datetime, is_ended_by: Callable[[V], bool]) -> int | None:
        """Find the record after an instant by which what held then came to an end."""
        return next((spell.seq for spell in self.spells[self._place(at) :] if is_ended_by(spell.value)), None)

    def _place(self, at: dt.datetime) -> int:
        return bisect_right(self.spells, at, key=lambda spell: spell.at)
