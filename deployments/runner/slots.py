"""Slots for the runs of one runner: a free slot goes to the highest priority, then to the first that asked.

One slot more is kept for what is urgent, which never waits for what is slow.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

KEPT: Final = 1
"""How many slots only urgent tasks may take."""


class PrioritySlots:
    """A fixed number of slots, shared by the tasks of one event loop."""

    def __init__(self, count: int) -> None:
        self._free = count + KEPT
        self._waiting: list[tuple[bool, int, int, asyncio.Future[None]]] = []
        self._arrivals = itertools.count()

    @property
    def are_taken(self) -> bool:
        """Whether the next task that is not urgent must wait."""
        return self._free <= KEPT

    @asynccontextmanager
    async def slot(self, priority: int, *, is_urgent: bool = False) -> AsyncIterator[None]:
        """Wait for a slot and hold it for a block; the higher the priority, the sooner.

        Args:
            is_urgent: whether it may take the slot that is kept, and goes before all that is not urgent.
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
        while self._waiting and self._is_free(is_urgent=not self._waiting[0][0]):
            _is_ordinary, _priority, _arrival, granted = heapq.heappop(self._waiting)
            if not granted.done():
                self._free -= 1
                granted.set_result(None)

    async def _acquire(self, priority: int, *, is_urgent: bool = False) -> None:
        if self._is_free(is_urgent=is_urgent):
            self._free -= 1
            return
        granted = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (not is_urgent, -priority, next(self._arrivals), granted))
        try:
            await granted
        except asyncio.CancelledError:
            if granted.done() and not granted.cancelled():
                # The slot was granted at the moment of the cancellation.
                self.release()
            raise

    def _is_free(self, *, is_urgent: bool) -> bool:
        return self._free > (0 if is_urgent else KEPT)
