"""Slots for the runs of one runner: a free slot goes to the highest priority, then to the first that asked."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class PrioritySlots:
    """A fixed number of slots, shared by the tasks of one event loop."""

    def __init__(self, count: int) -> None:
        self._free = count
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._arrivals = itertools.count()

    @property
    def are_taken(self) -> bool:
        """Whether the next task must wait."""
        return self._free == 0

    @asynccontextmanager
    async def slot(self, priority: int) -> AsyncIterator[None]:
        """Wait for a slot and hold it for a block; the higher the priority, the sooner."""
        await self._acquire(priority)
        try:
            yield
        finally:
            self.release()

    async def acquire_within(self, seconds: float, priority: int) -> bool:
        """Wait for a slot for a limited time, and return whether it was acquired; release it afterwards."""
        try:
            async with asyncio.timeout(seconds):
                await self._acquire(priority)
        except TimeoutError:
            return False
        return True

    def release(self) -> None:
        """Pass a slot to the next task."""
        while self._waiting:
            _priority, _arrival, granted = heapq.heappop(self._waiting)
            if not granted.done():
                granted.set_result(None)
                return
        self._free += 1

    async def _acquire(self, priority: int) -> None:
        if self._free:
            self._free -= 1
            return
        granted = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (-priority, next(self._arrivals), granted))
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():
                # The slot was granted at the moment of the cancellation.
                self.release()
            raise
