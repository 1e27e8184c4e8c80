"""The flows that a runner executes: what starts each, its priority, and its deployment in Prefect.

Nothing else is ever run. The flow of a run is looked up here by the id of its deployment; entry points, storage and
infrastructure in Prefect's database are not read.
"""

from __future__ import annotations

import datetime as dt
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from prefect.deployments.runner import DeploymentApplyError, RunnerDeployment
from prefect.flows import Flow
from prefect.schedules import Interval
from prefect.types.entrypoint import EntrypointType
from prefect.utilities.callables import get_parameter_defaults

from flows.seal import SEAL, seal
from flows.sweep import SWEEP, sweep
from schemas.lifecycle.kinds import APPROVALS, PUBLICATIONS
from schemas.lifecycle.moves import Kind
from schemas.lifecycle.stages import STAGES, Stage
from storage.prefect.api import REGISTER_CHANGED
from storage.prefect.hindrances import DEPLOYMENTS
from storage.prefect.sweep import SWEPT_AT_ONCE

_ANCHOR: Final = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
"""From where intervals are counted. Without a fixed one each registration would begin a new interval, and restarts more
frequent than that would leave no sweep."""
_SEALED_AT_ONCE: Final = PUBLICATIONS | APPROVALS | {Kind.WITHDRAWAL_ORDERED, Kind.WITHDRAWN}
"""What the public can see, or is about to, never stays unsealed for long."""


@dataclass(frozen=True, slots=True)
class FlowSpec:
    """A flow, and when it runs."""

    flow: Flow[..., Any]
    description: str
    tags: tuple[str, ...]
    wakes_on: frozenset[str] = frozenset()
    """Names of the events that start it; its only parameter is the inspection that the event is about, if any."""
    priority: int = 0
    """The flow with the highest takes the next free slot."""
    interval: dt.timedelta | None = None
    """How often Prefect's scheduler starts it; None for never."""

    @property
    def name(self) -> str:
        """Name of the flow."""
        return str(self.flow.name)

    def run_name(self, parameters: Mapping[str, Any]) -> str | None:
        """Return the name of a run with these parameters; None where they are others than the flow takes."""
        template = self.flow.flow_run_name
        try:
            named = {**get_parameter_defaults(self.flow.fn), **parameters}
            return template.format(**named) if isinstance(template, str) else None
        except (KeyError, IndexError, AttributeError, ValueError):
            return None  # parameters that the flow will refuse


def flow_of(stage: Stage) -> Flow[..., Any]:
    """Return the flow of a stage, which bears the stage's name in `flows/<stage>.py`."""
    name = stage.name.replace("-", "_")
    found = getattr(importlib.import_module(f"flows.{name}"), name)
    if not isinstance(found, Flow):
        raise TypeError(f"flows/{name}.py: expected a flow called {name}")
    return found


def stage_flow_specs(sweep_seconds: int) -> tuple[FlowSpec, ...]:
    """List the flow of every stage, in the order of the table, and the sweep."""
    stages = tuple(
        FlowSpec(
            flow=flow_of(stage),
            description=f"{stage.name} {stage.summary}",
            tags=(f"stage:{stage.name}",),
            wakes_on=frozenset(kind.event for kind in stage.wakes_on),
            # Late stages go first: an inspection is finished before another is begun, so that all do not wait for all.
            priority=position,
        )
        for position, stage in enumerate(STAGES)
    )
    sweeping = FlowSpec(
        flow=sweep,
        description="Starts stages whose event was lost, holds what an embargo holds, ends what waits for nothing",
        tags=(SWEEP,),
        wakes_on=frozenset(kind.event for kind in SWEPT_AT_ONCE),
        priority=len(STAGES),
        interval=dt.timedelta(seconds=sweep_seconds),
    )
    return (*stages, sweeping)


def sealing_flow_specs(seal_seconds: int) -> tuple[FlowSpec, ...]:
    """List the one flow of the sealing process, started by publications, records of the register and a schedule."""
    return (
        FlowSpec(
            flow=seal,
            description="Seals new entries with one signed note, and delivers the note to management",
            tags=(SEAL,),
            # An entry counts for nothing that is not sealed before its key has ended.
            wakes_on=frozenset({REGISTER_CHANGED, *(kind.event for kind in _SEALED_AT_ONCE)}),
            interval=dt.timedelta(seconds=seal_seconds),
        ),
    )


async def register_deployments(flows: Sequence[FlowSpec]) -> dict[UUID, FlowSpec]:
    """Create or update the deployment of each flow, and return the flows by its id.

    Raises:
        httpx.HTTPError: the Prefect server cannot be reached.
    """
    try:
        return {await _deployment(spec).aapply(): spec for spec in flows}
    except DeploymentApplyError as error:
        # Prefect wraps errors where it creates a deployment, but not where it updates one.
        raise error.__cause__ or error from None


def _deployment(spec: FlowSpec) -> RunnerDeployment:
    # No trigger: the runner listens itself. No concurrency limit: a sweep that was killed would hold its slot, and
    # there would never be another sweep.
    return RunnerDeployment.from_flow(
        spec.flow,
        name=DEPLOYMENTS[spec.name],
        description=spec.description,
        tags=list(spec.tags),
        schedule=Interval(spec.interval, anchor_date=_ANCHOR) if spec.interval else None,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
