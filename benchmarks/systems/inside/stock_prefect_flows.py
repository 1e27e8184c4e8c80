"""The empty stages as flows of stock Prefect; run as a program it registers a deployment of each with its trigger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from prefect import flow
from prefect.events import DeploymentEventTrigger, emit_event

from benchmarks.stage_body import STAGES, work

if TYPE_CHECKING:
    from prefect import Flow


def _stage(number: int) -> Flow[..., Any]:
    @flow(name=f"bench-{number}")
    def stage(instance: str) -> None:
        work(instance, number)
        if number < STAGES:
            emit_event(
                f"bench.{number}.ended", {"prefect.resource.id": f"inspection.{instance}", "bench.instance": instance}
            )

    return stage


bench_1, bench_2, bench_3, bench_4, bench_5 = (_stage(number) for number in range(1, STAGES + 1))


def main() -> None:
    """Register the deployments."""
    here = Path(__file__)
    instance = {"__prefect_kind": "jinja", "template": "{{ event.resource['bench.instance'] }}"}
    for number in range(1, STAGES + 1):
        flow.from_source(source=str(here.parent), entrypoint=f"{here.name}:bench_{number}").deploy(
            name="stock",
            work_pool_name="bench",
            build=False,
            push=False,
            print_next_steps=False,
            triggers=[DeploymentEventTrigger(expect={f"bench.{number - 1}.ended"}, parameters={"instance": instance})],
        )


if __name__ == "__main__":
    main()
