"""Five empty stages chained by events on the stage runner: what the orchestration costs, apart from the work.

Run as a program, this is the runner of `benchmarks.hops`.
"""

from __future__ import annotations

import asyncio
import os
from typing import TYPE_CHECKING, Any

from prefect import flow

from benchmarks.events import emit
from benchmarks.stage_body import STAGES, work
from deployments.runner.flow_specs import FlowSpec
from deployments.runner.health import health_endpoint
from deployments.runner.runner_process import RunnerProcess
from deployments.runner.structured_log import log_as_json
from schemas.identifiers import InspectionId
from storage.settings import read_settings

if TYPE_CHECKING:
    from prefect import Flow


def _stage(number: int) -> Flow[..., Any]:
    @flow(name=f"bench-{number}", flow_run_name=f"{{inspection_id}}: bench-{number}", persist_result=False)
    def stage(inspection_id: InspectionId) -> None:
        work(inspection_id, number)
        if number < STAGES:
            emit(inspection_id, number)

    return stage


bench_1, bench_2, bench_3, bench_4, bench_5 = (_stage(number) for number in range(1, STAGES + 1))


def main() -> None:
    """Serve the five stages."""
    log_as_json("ncpi")
    settings = read_settings()
    flows = tuple(
        FlowSpec(
            flow=made,
            description="empty",
            tags=(f"stage:bench-{n}",),
            wakes_on=frozenset({f"bench.{n - 1}.ended"}),
            priority=n,
        )
        for n, made in enumerate((bench_1, bench_2, bench_3, bench_4, bench_5), 1)
    )
    process = RunnerProcess(flows, settings.stage_runs, lambda: None, lambda _inspection, _entry: True)
    with health_endpoint(int(os.environ["NCPI_RUNNER_PORT"]), process.health):
        asyncio.run(process.run())


if __name__ == "__main__":
    main()
