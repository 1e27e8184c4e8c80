from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deployments.runner.slots import PrioritySlots


def order_of(priorities: list[int], *, is_urgent: bool = False) -> list[int]:
    """Return the order in which those who wait for the one slot get it."""

    async def run() -> list[int]:
        slots, had = PrioritySlots(1, kept=0), []

        async def wait(number: int, priority: int) -> None:
            async with slots.slot(priority, is_urgent=is_urgent):
                had.append(number)

        async with slots.slot(0):
            assert slots.are_taken()
            waiting = [asyncio.create_task(wait(number, one)) for number, one in enumerate(priorities)]
            await asyncio.sleep(0)
        await asyncio.gather(*waiting)
        assert not slots.are_taken()
        return had

    return asyncio.run(run())


@given(st.lists(st.integers(0, 5), max_size=20))
def test_the_highest_priority_goes_first_and_among_equals_the_first_come(priorities: list[int]) -> None:
    assert order_of(priorities) == sorted(range(len(priorities)), key=lambda one: (-priorities[one], one))


@given(st.integers(1, 4), st.lists(st.sampled_from(["runs", "gives up", "is cancelled"]), max_size=12))
def test_no_slot_is_ever_lost_or_given_twice(count: int, ways: list[str]) -> None:
    async def run() -> None:
        slots, inside, most = PrioritySlots(count, kept=3), 0, 0

        async def hold() -> None:
            nonlocal inside, most
            inside, most = inside + 1, max(most, inside + 1)
            try:
                await asyncio.sleep(0)
            finally:
                inside -= 1

        async def use(way: str) -> None:
            if way == "gives up":
                if await slots.acquire_within(0, 1):
                    slots.release()
                return
            async with slots.slot(1):
                await hold()

        tasks = [asyncio.create_task(use(way)) for way in ways]
        for turn, doomed in enumerate(task for task, way in zip(tasks, ways, strict=True) if way == "is cancelled"):
            for _ in range(turn % 3):
                await asyncio.sleep(0)
            doomed.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert most <= count
        assert [await slots.acquire_within(1, 0) for _ in range(count)] == [True] * count
        assert slots.are_taken()

    asyncio.run(run())


def test_what_is_urgent_goes_in_the_order_of_arrival_whatever_its_priority() -> None:
    assert order_of([1, 4, 2], is_urgent=True) == [0, 1, 2]


@pytest.mark.parametrize("is_cancelled_first", [True, False])
def test_a_slot_granted_in_the_moment_of_giving_up_goes_to_the_next(*, is_cancelled_first: bool) -> None:
    async def run() -> bool:
        slots = PrioritySlots(1, kept=3)
        assert await slots.acquire_within(1, 0)
        waiting = asyncio.create_task(slots.acquire_within(60, 0))
        await asyncio.sleep(0)
        acts: list[Callable[[], object]] = [waiting.cancel, slots.release]
        for act in acts if is_cancelled_first else reversed(acts):
            act()
        await _ended(waiting)
        return await slots.acquire_within(0, 0)

    assert asyncio.run(run())


@given(st.integers(1, 4), st.integers(1, 4), st.lists(st.booleans(), max_size=12))
def test_what_is_urgent_has_more_slots_and_goes_before_all_else(count: int, kept: int, urgent: list[bool]) -> None:
    async def run() -> None:
        slots, had = PrioritySlots(count, kept), []
        for _ in range(count):
            assert await slots.acquire_within(1, 9)
        async with AsyncExitStack() as held:
            for _ in range(kept):
                assert slots.are_taken()
                assert not slots.are_taken(is_urgent=True)
                await held.enter_async_context(slots.slot(0, is_urgent=True))
            assert slots.are_taken(is_urgent=True)

            async def wait(*, is_urgent: bool) -> None:
                async with slots.slot(0 if is_urgent else 5, is_urgent=is_urgent):
                    had.append(is_urgent)
                    await asyncio.sleep(0)

            waiting = [asyncio.create_task(wait(is_urgent=one)) for one in urgent]
            for _ in range(3):
                await asyncio.sleep(0)
            assert had == []
        await asyncio.gather(*(task for task, one in zip(waiting, urgent, strict=True) if one))
        # Of what is not urgent nothing got a slot that is kept.
        assert had == [True] * sum(urgent)
        slots.release()
        await asyncio.gather(*waiting)
        assert had == sorted(urgent, reverse=True)

    asyncio.run(run())


async def _ended(task: Awaitable[object]) -> None:
    await asyncio.gather(task, return_exceptions=True)
