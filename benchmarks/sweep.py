"""Measure a sweep of many open inspections: its first in a runner, and those after it.

Run it as `python -m benchmarks.sweep [--inspections 4300] [--json FILE]`. It starts a stack of its own, takes one
inspection to where it waits for its review, writes the ledgers of the others as copies of that, and has Prefect run the
sweep three times. Aim: at most 60 s for 4,300 open inspections.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx

from benchmarks.local_stack import report, use
from benchmarks.process_usage import memory_megabytes, pid_of
from benchmarks.programme import inspection_ids, write_ledgers
from deployments.demo.demonstration import EXAMPLES, INSPECTION, run_inspection
from deployments.stack.buckets import create_buckets
from deployments.stack.ports import free_ports
from deployments.stack.stack import Stack
from desk.acts.context import open_desk
from flows.sweep import SWEEP
from schemas.lifecycle.moves import State
from storage.prefect.hindrances import DEPLOYMENTS
from storage.prefect.login import prefect_login
from storage.s3.objects import open_bucket
from storage.settings import Bucket, Duty, read_settings
from tests.support.servers.stack_people import ReadyPeople, enrol_everybody

_SWEEPS = 3
_PATIENCE_SECONDS = 600


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inspections", type=int, default=4300)
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    os.environ["NCPI_SWEEP_SECONDS"] = "86400"
    with (
        tempfile.TemporaryDirectory(prefix="ncpi-sweep-") as data,
        Stack(Path(data), free_ports(), report=report, prepare=create_buckets) as stack,
    ):
        use(stack)
        figures = _measure(stack, chosen.inspections)
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n")
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")


def _measure(stack: Stack, count: int) -> dict[str, Any]:
    enrol_everybody(stack.environment)
    run_inspection(INSPECTION, EXAMPLES / "south_wales", ReadyPeople(), report, until=State.AWAITING_REVIEW)
    template = open_desk().stores.ledger.history(INSPECTION)
    started = time.monotonic()
    others = [one for one in inspection_ids(count + 1) if one != INSPECTION][: count - 1]
    entries = write_ledgers(open_bucket(Bucket.LEDGER, Duty.LEDGER), template, others)
    report(f"{entries} entries of {len(others)} ledgers written in {time.monotonic() - started:.0f} s")
    pid = pid_of(stack.data, "the runner")
    before = memory_megabytes(pid)
    runs = [_sweep() for _ in range(_SWEEPS)]
    return {
        "inspections": count,
        "entries": entries + len(template.recorded),
        "seconds": [run["seconds"] for run in runs],
        "found": [run["message"] for run in runs],
        "runner_megabytes": {"before": before, "after": memory_megabytes(pid)},
    }


def _sweep() -> dict[str, Any]:
    settings = read_settings()
    api = httpx.Client(base_url=str(settings.prefect_api_url), auth=prefect_login(settings), timeout=60)
    deployment = api.get(f"/deployments/name/{SWEEP}/{DEPLOYMENTS[SWEEP]}").json()["id"]
    run = api.post(f"/deployments/{deployment}/create_flow_run", json={}).json()["id"]
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        seen = api.get(f"/flow_runs/{run}").json()
        if seen["state"]["type"] in {"COMPLETED", "FAILED", "CRASHED"}:
            report(f"{seen['state']['message']} in {seen['total_run_time']:.1f} s")
            return {"seconds": round(seen["total_run_time"], 2), "message": seen["state"]["message"]}
        if time.monotonic() > deadline:
            message = f"the sweep did not end within {_PATIENCE_SECONDS} s"
            raise TimeoutError(message)
        time.sleep(0.2)


if __name__ == "__main__":
    main()
