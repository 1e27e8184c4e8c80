from __future__ import annotations

from evidence.limits import CPU_SECONDS, WALL_SECONDS
from schemas.lifecycle.time_limits import CHECK_ENDED_AFTER, MARKED_CRASHED_AFTER, STAGE_STARTED_AGAIN_AFTER
from tasks.guard import PAUSES


def test_nobody_takes_a_run_for_dead_that_may_still_check_a_return() -> None:
    assert CHECK_ENDED_AFTER.total_seconds() == WALL_SECONDS > CPU_SECONDS
    # A step before the check and one after it may each be tried again after every pause.
    longest_run = CHECK_ENDED_AFTER.total_seconds() + 2 * sum(PAUSES)
    assert longest_run < STAGE_STARTED_AGAIN_AFTER.total_seconds()
    assert STAGE_STARTED_AGAIN_AFTER < MARKED_CRASHED_AFTER
