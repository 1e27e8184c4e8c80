"""What the runner serves: each flow of our own table, what wakes it, and its deployment in Prefect.

Nothing else is ever run: the flow of a run is found here by the id of its deployment, and what Prefect's database says
of entry points, storage or infrastructure is not read.
"""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from prefect.deployments.runner import DeploymentApplyError, RunnerDeployment
from prefect.flows import Flow
from prefect.types.entrypoint import EntrypointType

from flows.sweep import SWEEP, sweep
from schemas.lifecycle.stages import STAGES
from storage.prefect.api import DEPLOYMENT

if TYPE_CHECKING:
    from uuid import UUID

    from schemas.lifecycle.stages import Stage


@dataclass(frozen=True, slots=True)
class Served:
    """One flow that the runner runs."""

    flow: Flow[..., Any]
    description: str
    tags: tuple[str, ...]
    wakes_on: frozenset[str] = frozenset()
    """Names of the events that start it, with the inspection they are about as its one parameter."""
    urgency: int = 0
    """Which goes first when places are few: the higher."""
    every: dt.timedelta | None = None
    """How often Prefect's scheduler starts it; None for never."""

    @property
    def name(self) -> str:
        """Name of the flow."""
        return str(self.flow.name)


def flow_of(stage: Stage) -> Flow[..., Any]:
    """Find the flow of a stage: `flows/<stage>.py` holds it under the stage's name."""
    name = stage.name.replace("-", "_")
    found = getattr(importlib.import_module(f"flows.{name}"), name)
    if not isinstance(found, Flow):
        message = f"flows/{name}.py: expected a flow called {name}"
        raise TypeError(message)
    return found


def served_flows(sweep_seconds: int) -> tuple[Served, ...]:
    """List the flow of every stage, in the order of the table, and the sweep."""
    stages = tuple(
        Served(
            flow=flow_of(stage),
            description=f"{stage.name} {stage.summary}",
            tags=(f"stage:{stage.name}",),
            wakes_on=frozenset(kind.event for kind in stage.wakes_on),
            # An inspection that is far on its way is finished before another one is begun, so that none waits for all.
            urgency=place,
        )
        for place, stage in enumerate(STAGES)
    )
    sweeping = Served(
        flow=sweep,
        description="Finds what events missed and what an embargo has let go, and starts it",
        tags=(SWEEP,),
        urgency=len(STAGES),
        every=dt.timedelta(seconds=sweep_seconds),
    )
    return (*stages, sweeping)


async def register(flows: Sequence[Served]) -> dict[UUID, Served]:
    """Make or renew the deployment of each flow and give them by its id.

    Raises:
        httpx.HTTPError: the Prefect server cannot be reached.
    """
    try:
        return {await _deployment(served).aapply(): served for served in flows}
    except DeploymentApplyError as error:
        # So it is wrapped where a deployment is made for the first time, and only there.
        raise error.__cause__ or error from None


def _deployment(served: Served) -> RunnerDeployment:
    # No trigger: the runner listens itself. No concurrency limit: a sweep that was killed would hold its place, and
    # there would be no sweep again.
    return RunnerDeployment.from_flow(
        served.flow,
        name=DEPLOYMENT,
        description=served.description,
        tags=list(served.tags),
        interval=served.every,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
