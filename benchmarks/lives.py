"""Measure whole lives of inspections: the real five stages, with people's acts, so many inspections at once.

Run it as `python -m benchmarks.lives [--counts 1,43] [--json FILE]`. It starts a stack of its own and takes each
inspection from its opening to its published review: 6 flow runs, 11 ledger entries. Great Expectations, the renderings,
the ledger and S3 are all in it. People act in this process, eight at a time.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

from benchmarks.local_stack import report, use
from benchmarks.process_usage import cpu_seconds, memory_megabytes, pid_of
from benchmarks.programme import inspection_ids
from deployments.stack.buckets import create_buckets
from deployments.stack.ports import free_ports
from deployments.stack.stack import Stack
from desk.acts.context import DeskContext, open_desk
from desk.acts.decision import approve
from desk.acts.opening import open_inspection
from desk.acts.submission import FORMS, submit
from domain.lifecycle.approval import latest_draft
from evidence.examination import examine
from schemas.lifecycle.moves import State
from tests.support.returns import write_fieldwork, write_review
from tests.support.servers.stack_people import enrol_everybody
from tests.support.world import HMI as HMI_REPORT
from tests.support.world import LEAD, MANAGER

PROCESSES: Final = ("the S3 server", "the Prefect server", "the runner")
_RUNS: Final = 6
_PEOPLE: Final = 8
_PATIENCE_SECONDS: Final = 3600


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", default="1,43", help="inspections at once, one after another")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="ncpi-lives-") as data,
        Stack(Path(data) / "stack", free_ports(), report=report, prepare=create_buckets) as stack,
    ):
        use(stack)
        enrol_everybody(stack.environment)
        ids = iter(inspection_ids(4300))
        live_together([next(ids)], Path(data) / "first")  # every thread opens its clients, every cache is warm
        figures: dict[str, Any] = {"load_average_before": os.getloadavg()[0], "counts": {}}
        for count in map(int, chosen.counts.split(",")):
            figures["counts"][str(count)] = _measure(stack, [next(ids) for _ in range(count)], Path(data) / str(count))
    text = json.dumps(figures, indent=2) + "\n"
    if chosen.json:
        chosen.json.write_text(text)
    sys.stdout.write(text)


def live_together(inspections: Sequence[str], folder: Path) -> None:
    """Take inspections through their lives together, eight people acting at once."""
    # The desk's own check runs here, which has paid for its imports; the stages check in their children.
    context = dataclasses.replace(open_desk(), examine=examine)

    def send_fieldwork(inspection: str) -> None:
        open_inspection(context, inspection, MANAGER)
        returned = write_fieldwork(folder / inspection / "fieldwork", inspection)
        submit(context, inspection, returned, FORMS["fieldwork"], LEAD)

    def send_review(inspection: str) -> None:
        _wait_for(inspection, State.AWAITING_REVIEW)
        submit(context, inspection, write_review(folder / inspection / "review", inspection), FORMS["review"], LEAD)

    with ThreadPoolExecutor(_PEOPLE) as people:
        acts: tuple[Callable[[str], object], ...] = (
            send_fieldwork,
            lambda inspection: _approve(context, inspection, State.REPORT_DRAFTED),
            send_review,
            lambda inspection: _approve(context, inspection, State.REVIEW_DRAFTED),
            lambda inspection: _wait_for(inspection, State.COMPLETE),
        )
        for act in acts:
            list(people.map(act, inspections))


def _measure(stack: Stack, inspections: Sequence[str], folder: Path) -> dict[str, Any]:
    pids = {title: pid_of(stack.data, title) for title in PROCESSES}
    before = {title: cpu_seconds(pid) for title, pid in pids.items()}
    started = time.monotonic()
    live_together(inspections, folder)
    wall = time.monotonic() - started
    runs = _RUNS * len(inspections)
    cpu = {title: round((cpu_seconds(pid) - before[title]) / runs, 3) for title, pid in pids.items()}
    report(f"{len(inspections)} inspections: {wall:.1f} s")
    return {
        "inspections": len(inspections),
        "wall_seconds": round(wall, 1),
        "runs_per_second": round(runs / wall, 2),
        "cpu_seconds_per_run": cpu,
        "memory_megabytes": {title: memory_megabytes(pid) for title, pid in pids.items()},
    }


def _approve(context: DeskContext, inspection: str, state: State) -> None:
    _wait_for(inspection, state)
    document = latest_draft(context.stores.ledger.history(inspection)).entry.document
    approve(context, inspection, document.sha256 if document else "", HMI_REPORT)


def _wait_for(inspection: str, state: State) -> None:
    ledger = open_desk().stores.ledger  # which keeps what it has read, so that a look is one listing
    order = list(State)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while order.index(ledger.history(inspection).state) < order.index(state):
        if time.monotonic() > deadline:
            message = f"{inspection}: expected {state.value!r} within {_PATIENCE_SECONDS} s"
            raise TimeoutError(message)
        time.sleep(0.5)


if __name__ == "__main__":
    main()
