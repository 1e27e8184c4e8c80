"""Count the requests that each stage makes: to S3 and to the Prefect API, by the process of its run.

Run it as `python -m benchmarks.requests`. It starts S3 and Prefect of its own, takes the South Wales inspection through
its stages in this process, and prints a table; `--json` prints the figures. What the runner asks of Prefect to
start a run is not counted.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from prefect.settings import PREFECT_API_AUTH_STRING, PREFECT_API_URL, PREFECT_LOGGING_LEVEL, temporary_settings

from benchmarks.local_stack import report, use
from deployments.demo.demonstration import EXAMPLES, INSPECTION, steps_of
from deployments.runner.flow_specs import flow_of
from deployments.stack.buckets import create_buckets
from deployments.stack.ports import free_ports
from deployments.stack.secrets import SERVICE_KEY, read_secret
from deployments.stack.stack import Stack
from desk.acts.context import open_desk
from schemas.lifecycle.stages import stage_in
from storage.s3.client import client_for
from storage.settings import Duty
from tests.support.servers.stack_people import ReadyPeople, enrol_everybody


def main() -> None:
    """Measure and print."""
    with (
        tempfile.TemporaryDirectory(prefix="ncpi-requests-") as data,
        Stack(Path(data), free_ports(), report=report, prepare=create_buckets, serve=False) as stack,
    ):
        use(stack)
        own = {
            PREFECT_API_URL: stack.ports.prefect_api_url,
            PREFECT_API_AUTH_STRING: stack.prefect_login,
            PREFECT_LOGGING_LEVEL: "ERROR",
        }
        # Prefect has read its settings at import, before there was a server to name.
        with temporary_settings(own):
            os.environ["NCPI_SERVICE_KEY"] = read_secret(SERVICE_KEY, stack.data)
            enrol_everybody(stack.environment)
            figures = _measure()
    if "--json" in sys.argv[1:]:
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
        return
    sys.stdout.write(f"{'stage':<30}{'S3':>5}{'Prefect API':>14}\n")
    for stage, counts in figures.items():
        sys.stdout.write(f"{stage:<30}{counts['s3']:>5}{counts['prefect']:>14}\n")


def _measure() -> dict[str, dict[str, int]]:
    counts: Counter[str] = Counter()
    _count_s3(counts)
    _count_prefect(counts)
    figures: dict[str, dict[str, int]] = {}
    context = open_desk()
    for step in steps_of(INSPECTION, EXAMPLES / "south_wales", ReadyPeople()):
        step.act(context)
        while stage := stage_in(context.stores.ledger.history(INSPECTION).state):
            counts.clear()
            flow_of(stage)(INSPECTION, return_state=True)
            name = stage.name if stage.name not in figures else f"{stage.name} (publish)"
            figures[name] = {"s3": counts["s3"], "prefect": counts["prefect"]}
    return figures


def _count_s3(counts: Counter[str]) -> None:
    def count(**_details: Any) -> None:  # noqa: ANN401 - botocore's hooks give whatever they have
        counts["s3"] += 1

    for duty in (Duty.INTAKE, Duty.LEDGER, Duty.PUBLISH):
        client_for(duty).meta.events.register("before-send.s3", count)


def _count_prefect(counts: Counter[str]) -> None:
    def counted(handle: Callable[..., Any]) -> Callable[..., Any]:
        def handle_and_count(*args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - httpx's own signature
            counts["prefect"] += 1
            return handle(*args, **kwargs)

        return handle_and_count

    httpx.HTTPTransport.handle_request = counted(httpx.HTTPTransport.handle_request)  # type: ignore[method-assign]
    httpx.AsyncHTTPTransport.handle_async_request = counted(  # type: ignore[method-assign]
        httpx.AsyncHTTPTransport.handle_async_request
    )


if __name__ == "__main__":
    main()
