"""Serve the flows: register each with its trigger from the stage table, then run what events and schedules start.

Run it as `python -m deployments.serve`. Several may run side by side; the ledger holds even if two take the same run.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import importlib
import sys
from typing import TYPE_CHECKING, Any, Final, cast

from prefect.deployments.runner import RunnerDeployment
from prefect.events import DeploymentEventTrigger
from prefect.flows import Flow
from prefect.runner import Runner
from prefect.types.entrypoint import EntrypointType

from deployments.serving import READY
from flows.sweep import SWEEP, sweep
from schemas.stages import STAGES
from storage.prefect_server import DEPLOYMENT
from storage.settings import read_settings

if TYPE_CHECKING:
    from schemas.stages import Stage


_POLL_SECONDS: Final = 1


def flow_of(stage: Stage) -> Flow[..., Any]:
    """Find the flow of a stage: `flows/<stage>.py` holds it under the stage's name."""
    name = stage.name.replace("-", "_")
    found = getattr(importlib.import_module(f"flows.{name}"), name)
    if not isinstance(found, Flow):
        message = f"flows/{name}.py: wanted a flow called {name}"
        raise TypeError(message)
    return found


def trigger_of(stage: Stage) -> DeploymentEventTrigger:
    """Make the trigger of a stage: its entries' events, and one checked scalar as parameter.

    The explicit jinja form is the only safe one: a plain template string is interpreted a second time by the server, so
    that a forged event could read its variables and blocks (docs/decisions/0004-events.md).
    """
    return DeploymentEventTrigger(
        name=f"{stage.name} when its turn comes",
        description=f"{stage.name} {stage.summary}",
        expect={kind.event for kind in stage.wakes_on},
        match={"prefect.resource.id": "inspection.*"},
        parameters={
            "inspection_id": {
                "__prefect_kind": "jinja",
                "template": "{{ event.resource.id.removeprefix('inspection.') }}",
            }
        },
    )


def deployments_of(sweep_seconds: int) -> list[RunnerDeployment]:
    """Make the deployment of every stage, and of the sweep. Call it where no event loop runs."""
    stages = [
        flow_of(stage).to_deployment(
            name=DEPLOYMENT,
            description=f"{stage.name} {stage.summary}",
            tags=[f"stage:{stage.name}"],
            triggers=[trigger_of(stage)],
            entrypoint_type=EntrypointType.MODULE_PATH,
        )
        for stage in STAGES
    ]
    sweeping = sweep.to_deployment(
        name=DEPLOYMENT,
        description="Finds what events missed and what an embargo has let go, and starts it",
        tags=[SWEEP],
        interval=dt.timedelta(seconds=sweep_seconds),
        # No concurrency limit: a sweep that was killed would hold its place, and there would be no sweep again.
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    # Prefect types the method as either a deployment or, inside an event loop, the promise of one.
    return cast("list[RunnerDeployment]", [*stages, sweeping])


async def serve(deployments: list[RunnerDeployment], stage_runs: int) -> None:
    """Register the deployments and run what is due until told to stop."""
    runner = Runner(name="ncpi", pause_on_shutdown=False, query_seconds=_POLL_SECONDS, limit=stage_runs)
    for deployment in deployments:
        await runner.aadd_deployment(deployment)
    sys.stdout.write(f"{READY}\n")
    sys.stdout.flush()
    await runner.start()


def main() -> None:
    """Serve with the settings as they are now."""
    settings = read_settings()
    asyncio.run(serve(deployments_of(settings.sweep_seconds), settings.stage_runs))


if __name__ == "__main__":
    main()
