"""Processes that die at one of their writes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.world import World


class PowerCut(Exception):  # noqa: N818 - it is no error of the system
    """The process died here."""


class DyingWrites:
    """Let the n-th write of a world be the last thing its process does, once."""

    def __init__(self, world: World, fatal: int, *, after: bool) -> None:
        self.count = 0
        for objects in (world.ledger_objects, world.private_objects, world.public_objects):
            self._wrap(objects, "create", fatal, after=after)
            self._wrap(objects, "replace", fatal, after=after)
            self._wrap(objects, "remove", fatal, after=after)

    def _wrap(self, objects, name: str, fatal: int, *, after: bool) -> None:
        write = getattr(objects, name)

        def dying(*args: object, **named: object) -> object:
            self.count += 1
            dies = self.count == fatal
            if dies and not after:
                raise PowerCut
            result = write(*args, **named)
            if dies:
                raise PowerCut
            return result

        setattr(objects, name, dying)
