"""The threads that run flows, with Prefect's engine set up to do only what a stage needs."""

from __future__ import annotations

import copy
import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, Final

import httpx
from prefect import Flow, State
from prefect.context import SyncClientContext
from prefect.exceptions import PrefectException
from prefect.filesystems import WritableFileSystem
from prefect.flow_engine import run_flow
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from deployments.runner.flow_specs import FlowSpec
from deployments.runner.waiting_runs import keep_one_waiting
from storage.prefect.quick_retries import ANSWER_SECONDS, quick_retries
from storage.prefect.runs import WAITING

if TYPE_CHECKING:
    from prefect.client.schemas.objects import FlowRun

_log = logging.getLogger("ncpi.runner")
_thread = threading.local()


class NullResultStorage(WritableFileSystem):
    """Discards results, which nobody reads: Prefect's engine would pickle the error of each failed run."""

    async def read_path(self, path: str) -> bytes:
        """Raise FileNotFoundError."""
        raise FileNotFoundError(path)

    async def write_path(self, path: str, content: bytes) -> None:
        """Discard the result."""

    def _resolve_path(self, path: str) -> str:
        # The engine also asks for the name of the storage itself, and treats it as a folder.
        return path


_RESULTS: Final = NullResultStorage()


def flow_threads(count: int) -> ThreadPoolExecutor:
    """Return a pool of threads; each opens its Prefect client once, with its first run."""
    return ThreadPoolExecutor(count, thread_name_prefix="flow")


def execute(spec: FlowSpec, run: FlowRun) -> bool:
    """Execute a flow run in this thread, and return whether the engine completed it, as a success or a failure.

    Errors of the engine are logged, not raised.
    """
    about = {"run": str(run.id), "run_name": run.name, "flow": spec.name}
    started = time.monotonic()
    try:
        prepare_thread()
        # For a run with a deployment the engine opens a thread and an event stream to see whether it is suspended,
        # which costs a second at its end. The flow reads its run from the server, where the deployment is not missing.
        ended: Any = run_flow(
            _flow_for(spec, run), flow_run=run.model_copy(update={"deployment_id": None}), return_type="state"
        )
    except Exception as error:  # noqa: BLE001 - a failed run must not end the runner
        # Not its text, which may quote what somebody sent.
        _log.error("run broke off", extra={**about, "error": type(error).__name__})
        return False
    state = ended.name if isinstance(ended, State) else None
    _log.info("run ended", extra={**about, "state": state, "seconds": round(time.monotonic() - started, 3)})
    if state == WAITING:
        with suppress(httpx.HTTPError, PrefectException):  # then the next sweep does it
            keep_one_waiting(run)
    return True


def prepare_thread() -> None:
    """Set this thread up, once; the next run tries again if Prefect was unreachable.

    Not an initializer of the pool: one that fails breaks the pool for good.
    """
    if hasattr(_thread, "open"):
        return
    with ExitStack() as opened:
        # A heartbeat thread delays the end of each run by a second; `stale_runs.py` finds dead runs without it.
        opened.enter_context(temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}))
        # One client for each thread, not for each run.
        opened.enter_context(SyncClientContext({"transport": quick_retries(), "timeout": ANSWER_SECONDS}))
        _thread.open = opened.pop_all()  # for as long as the thread lives


def _flow_for(spec: FlowSpec, run: FlowRun) -> Flow[..., Any]:
    """Return a copy of the flow that makes no needless requests for this run."""
    flow = copy.copy(spec.flow)
    # Otherwise each run asks the server for a default storage, and would use one that somebody has set there. The
    # decorator of a flow only takes a storage that the server knows.
    flow.result_storage = _RESULTS
    if run.name == spec.run_name(run.parameters):
        flow.flow_run_name = None
    return flow
