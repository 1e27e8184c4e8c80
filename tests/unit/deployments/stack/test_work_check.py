from __future__ import annotations

import threading

from deployments.stack.work_check import CHECK_AGAIN_SECONDS, CHECK_SECONDS, MAX_FAILURES, WorkCheck
from tests.support.servers.running import wait_until


class Asked:
    """A check that gives the answers it was told to, and a clock that is moved past every pause."""

    def __init__(self, *answers: bool | Exception) -> None:
        self.answers = list(answers)
        self.asked = 0
        self.work = WorkCheck(self._answer)
        self._now = 0.0

    def _answer(self) -> bool:
        self.asked += 1
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def once(self, pause: float = CHECK_SECONDS) -> bool:
        """Let one check be made, and say whether it was one too many."""
        before = self.asked
        self.work.has_failed(self._now)
        self._now += pause
        self.work.has_failed(self._now)
        wait_until(lambda: self.asked > before, "the check")
        thread = self.work._thread
        assert thread is not None
        thread.join(5)
        return self.work.has_failed(self._now)


def test_only_failures_one_after_another_count() -> None:
    asked = Asked(*[False] * (MAX_FAILURES - 1), True, *[False] * MAX_FAILURES)
    found = [asked.once() for _ in range(2 * MAX_FAILURES)]
    assert found == [False] * (2 * MAX_FAILURES - 1) + [True]


def test_after_a_failure_it_asks_again_soon_and_else_seldom() -> None:
    asked = Asked(False, True)
    asked.once()
    asked.once(CHECK_AGAIN_SECONDS)
    now = CHECK_SECONDS + CHECK_AGAIN_SECONDS
    assert not asked.work.has_failed(now + CHECK_AGAIN_SECONDS)
    assert asked.asked == 2


def test_a_check_that_does_not_end_makes_nobody_wait_and_one_at_a_time_is_made() -> None:
    ended = threading.Event()
    begun: list[int] = []

    def wait() -> bool:
        begun.append(1)
        return ended.wait(10)

    work = WorkCheck(wait)
    assert not any(work.has_failed(now) for now in range(0, 1000, 25))
    assert len(begun) == 1
    ended.set()


def test_without_a_check_nothing_fails() -> None:
    assert not WorkCheck(None).has_failed(1e9)
