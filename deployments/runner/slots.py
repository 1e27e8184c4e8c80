"""Slots for what may run at a time: a free slot goes to the most urgent, then to the first that asked."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class PrioritySlots:
    """So many places, used by the tasks of one event loop."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._arrivals = itertools.count()

    @property
    def are_taken(self) -> bool:
        """Whether whoever comes now must wait."""
        return self._free == 0

    @asynccontextmanager
    async def place(self, urgency: int) -> AsyncIterator[None]:
        """Hold a place for a block, once one is free; the higher the urgency, the sooner."""
        await self._take(urgency)
        try:
            yield
        finally:
            self.give_back()

    async def take_within(self, seconds: float, urgency: int) -> bool:
        """Take a place, to be given back, if one falls free soon; tell whether it did."""
        try:
            async with asyncio.timeout(seconds):
                await self._take(urgency)
        except TimeoutError:
            return False
        return True

    def give_back(self) -> None:
        """Let the next one have a place."""
        while self._waiting:
            _urgency, _arrival, granted = heapq.heappop(self._waiting)
            if not granted.done():
                granted.set_result(None)
                return
        self._free += 1

    async def _take(self, urgency: int) -> None:
        if self._free:
            self._free -= 1
            return
        granted = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (-urgency, next(self._arrivals), granted))
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():
                # It was given the place in the very moment in which it gave up waiting.
                self.give_back()
            raise
