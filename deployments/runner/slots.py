"""Slots for the runs of one runner: a free slot goes to the highest priority, then to the first that asked.

Some slots more are kept for what is urgent, which never waits for what is slow.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class PrioritySlots:
    """A fixed number of slots, shared by the tasks of one event loop."""

    def __init__(self, count: int, kept: int) -> None:
        """Divide the slots.

        Args:
            kept: how many slots more there are, which only urgent tasks may take.
        """
        self._free = count + kept
        self._kept = kept
        self._waiting: list[tuple[bool, int, int, asyncio.Future[None]]] = []
        self._arrivals = itertools.count()

    def are_taken(self, *, is_urgent: bool = False) -> bool:
        """Return whether the next task must wait."""
        return self._free <= (0 if is_urgent else self._kept)

    @asynccontextmanager
    async def slot(self, priority: int, *, is_urgent: bool = False) -> AsyncIterator[None]:
        """Wait for a slot and hold it for a block; the higher the priority, the sooner.

        Args:
            is_urgent: whether it may take the slots that are kept, and goes before all that is not urgent; among each
                other they go in the order in which they asked.
        """
        await self._acquire(priority, is_urgent=is_urgent)
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
        self._free += 1
        while self._waiting and not self.are_taken(is_urgent=not self._waiting[0][0]):
            _is_ordinary, _priority, _arrival, granted = heapq.heappop(self._waiting)
            if not granted.done():
                self._free -= 1
                granted.set_result(None)

    async def _acquire(self, priority: int, *, is_urgent: bool = False) -> None:
        if not self.are_taken(is_urgent=is_urgent):
            self._free -= 1
            return
        granted = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (not is_urgent, 0 if is_urgent else -priority, next(self._arrivals), granted))
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():
                # The slot was granted at the moment of the cancellation.
                self.release()
            raise
