"""When a runner looks again, and what it takes: at the very time of a run that Prefect holds, and never before."""

from __future__ import annotations

import asyncio
import datetime as dt
from types import SimpleNamespace
from typing import Any, cast
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prefect.client.schemas.objects import FlowRun
from prefect.states import Scheduled

import deployments.runner.runner
from deployments.runner.runner import StageRunner

NOW = dt.datetime(2026, 12, 1, 0, 1, tzinfo=dt.UTC)


class Watching(StageRunner):
    """A runner that notes what it would take."""

    def _queue(self, run: FlowRun) -> None:
        self.queued = [*getattr(self, "queued", []), run]


def looked(now: dt.datetime, due: list[dt.datetime], within: float) -> tuple[list[dt.datetime], float]:
    """Look once, and return the times of the runs that are taken and in how many seconds to look again."""

    async def found(*, deployment_ids: list[object], scheduled_before: dt.datetime) -> list[FlowRun]:
        assert deployment_ids == []
        runs = [
            FlowRun(flow_id=uuid4(), state=Scheduled(scheduled_time=one), next_scheduled_start_time=one) for one in due
        ]
        return [run for run in runs if run.next_scheduled_start_time <= scheduled_before]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(deployments.runner.runner, "exact_now", lambda: now)
        runner = Watching("this", cast("Any", SimpleNamespace(get_scheduled_flow_runs_for_deployments=found)), {}, 1)
        again = asyncio.run(runner.queue_scheduled(within))
        return [run.next_scheduled_start_time for run in getattr(runner, "queued", [])], again


@given(st.lists(st.integers(-10_000, 10_000), max_size=6))
def test_a_runner_takes_what_is_due_and_wakes_for_the_next(milliseconds: list[int]) -> None:
    due = [NOW + dt.timedelta(milliseconds=one) for one in milliseconds]
    taken, again = looked(NOW, due, 5)
    assert taken == [one for one in due if one <= NOW]
    assert again == min([5, *((one - NOW).total_seconds() for one in due if one > NOW)])
    assert again > 0
    # Looking again then takes exactly those that were next.
    later = NOW + dt.timedelta(seconds=again)
    assert looked(later, due, 5)[0] == [one for one in due if one <= later]
