"""End the runs of a killed runner, which Prefect would show as Pending or Running for ever.

The ledger loses nothing: it holds what the run recorded, and the sweep starts the stage again if it recorded nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.exceptions import Abort
from prefect.states import Cancelled, Crashed
from prefect.utilities.engine import propose_state

from deployments.runner.runner_id import is_known_dead, taker
from schemas.lifecycle.time_limits import MARKED_CRASHED_AFTER

if TYPE_CHECKING:
    from prefect import State
    from prefect.client.orchestration import PrefectClient
    from prefect.client.schemas.objects import FlowRun

_UNDER_WAY: Final = [StateType.PENDING, StateType.RUNNING, StateType.CANCELLING]


async def end_stale_runs(
    client: PrefectClient, deployments: Iterable[UUID], name: str, running: Collection[UUID], now: dt.datetime
) -> int:
    """Mark stale runs as Crashed, or as Cancelled where somebody has asked for that, and return their number.

    Args:
        name: this runner; its runs are stale if they are not among `running`.

    Raises:
        httpx.HTTPError: the Prefect server cannot be reached.
    """
    found = await client.read_flow_runs(
        flow_run_filter=FlowRunFilter(
            deployment_id=FlowRunFilterDeploymentId(any_=list(deployments)),
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=_UNDER_WAY)),
        )
    )
    ended = 0
    for run in found:
        if run.id not in running and await _is_stale(client, run, name, now):
            ended += await _end(client, run)
    return ended


async def _is_stale(client: PrefectClient, run: FlowRun, name: str, now: dt.datetime) -> bool:
    states = await client.read_flow_run_states(run.id)
    takers = [one for state in states if (one := taker(state.message))]
    if takers and (takers[-1] == name or is_known_dead(takers[-1])):
        return True
    return run.state is not None and now - run.state.timestamp > MARKED_CRASHED_AFTER


async def _end(client: PrefectClient, run: FlowRun) -> bool:
    state: State[Any]
    if run.state is not None and run.state.is_cancelling():
        state = Cancelled(message="Cancelled; the sweep starts the stage again if it is still its turn")
    else:
        state = Crashed(message="Its runner was killed; the sweep starts the stage again if it is still its turn")
    try:
        await propose_state(client, state, flow_run_id=run.id)
    except Abort:
        return False  # it has ended meanwhile
    return True
