"""Keep one run of those that wait for one embargo: a person may start a second beside it, or two events come at once.

Whoever lets a run wait looks afterwards, so that the last to do so sees all of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateName,
)
from prefect.context import SyncClientContext
from prefect.states import Cancelled

from storage.prefect.runs import WAITING

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun


def keep_one_waiting(run: FlowRun) -> None:
    """Cancel all runs but one that wait for the same embargo of the same inspection as a run that waits now.

    Raises:
        httpx.HTTPError: the Prefect server cannot be reached; the next sweep does it.
    """
    if run.deployment_id is None:
        return
    of_deployment = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=[run.deployment_id]),
        state=FlowRunFilterState(name=FlowRunFilterStateName(any_=[WAITING])),
    )
    with SyncClientContext.get_or_create() as context:
        found = context.client.read_flow_runs(flow_run_filter=of_deployment)
        waiting = [one for one in found if one.parameters == run.parameters]
        until = {one.next_scheduled_start_time for one in waiting if one.id == run.id}
        same = sorted((one for one in waiting if one.next_scheduled_start_time in until), key=lambda one: one.id)
        for double in same[1:]:
            context.client.set_flow_run_state(double.id, Cancelled(message="Another run waits for this embargo"))
