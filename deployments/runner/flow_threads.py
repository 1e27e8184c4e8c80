"""The threads in which runs happen, with Prefect's engine set up to do nothing that a stage does not need."""

from __future__ import annotations

import copy
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

from prefect import Flow, State
from prefect.context import SyncClientContext
from prefect.flow_engine import run_flow
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from deployments.runner.null_results import NullResultStorage
from storage.prefect.quick_retries import quick_retries

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun

    from deployments.runner.flow_specs import Served

_RESULTS: Final = NullResultStorage()
_log = logging.getLogger("ncpi.runner")
_thread = threading.local()


def stage_threads(count: int) -> ThreadPoolExecutor:
    """Make the threads; each opens its client of Prefect once, with its first run."""
    return ThreadPoolExecutor(count, thread_name_prefix="stage")


def run_here(served: Served, run: FlowRun) -> bool:
    """Run a flow run that was taken, in one of the threads; tell whether it came to an end, well or not.

    What goes wrong is logged, not raised.
    """
    about = {"run": str(run.id), "run_name": run.name, "flow": served.name}
    started = time.monotonic()
    try:
        _prepare()
        # Without its deployment the engine opens no thread and no event stream to see whether this one run is
        # suspended, which costs a second at its end. What the flow reads of its run comes from the server and is whole.
        ended: Any = run_flow(
            _flow_for(served, run), flow_run=run.model_copy(update={"deployment_id": None}), return_type="state"
        )
    except Exception as error:  # noqa: BLE001 - a run that cannot end well must not end the runner
        # Not its text, which is unknown.
        _log.error("run broke off", extra={**about, "error": type(error).__name__})
        return False
    state = ended.name if isinstance(ended, State) else None
    _log.info("run ended", extra={**about, "state": state, "seconds": round(time.monotonic() - started, 3)})
    return True


def _prepare() -> None:
    """Set this thread up, once; tried again with the next run when Prefect is away.

    An initializer of the pool would not do: one that fails breaks the pool for as long as the process lives.
    """
    if hasattr(_thread, "kept"):
        return
    with ExitStack() as opened:
        # A heartbeat thread would hold up the end of each run by a second; `abandoned.py` finds the dead without.
        opened.enter_context(temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}))
        # One client for the thread rather than one for each run.
        opened.enter_context(SyncClientContext({"transport": quick_retries()}))
        _thread.kept = opened.pop_all()  # for as long as the thread lives


def _flow_for(served: Served, run: FlowRun) -> Flow[..., Any]:
    """Return the flow as this run needs it, which spares requests that tell nothing new."""
    flow = copy.copy(served.flow)
    # Without it each run asks the server for a default place, and would use one that somebody has set there. Set here
    # and not where the flow is made, which takes only places that the server knows.
    flow.result_storage = _RESULTS
    if run.name == _name_of(served, run):
        flow.flow_run_name = None
    return flow


def _name_of(served: Served, run: FlowRun) -> str | None:
    template = served.flow.flow_run_name
    try:
        return template.format(**run.parameters) if isinstance(template, str) else None
    except (KeyError, IndexError, AttributeError, ValueError):
        return None  # parameters that the flow will refuse
