"""Measure from event to stage: five empty stages chained by events, several instances at once, in one or more systems.

Run it as `python -m benchmarks.hops [--systems ours,airflow,dbos,stock-prefect] [--counts 1,10,43] [--rounds 1]
[--json FILE]`. Each system is started afresh, given one instance to get warm, then so many instances at once as each
count says; then it is stopped and the next one's turn comes, so that all are measured in one campaign. Systems other
than ours get an environment of their own, made under `build/benchmarks` from a lock with hashes, an S3 server and a
PostgreSQL 15 server.

A hop is the time from just before a stage stores what it hands on and emits its event to the first line of the next
stage; the wall time is that from the first submission to the last stage's storing. CPU time is that of each process
with all that it has started; the measuring process is not counted.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Final

from benchmarks.local_stack import report
from benchmarks.process_usage import cpu_seconds, memory_megabytes
from benchmarks.programme import inspection_ids
from benchmarks.stage_body import STAGES, first_of, forget_client, read, write
from benchmarks.systems.airflow import airflow
from benchmarks.systems.dbos import dbos, dbos_polling_fast
from benchmarks.systems.ours import ours, ours_on_postgres
from benchmarks.systems.stock_prefect import stock_prefect
from benchmarks.systems.system import System

SYSTEMS: Final[dict[str, Callable[[Path, Callable[[str], None]], AbstractContextManager[System]]]] = {
    "ours": ours,
    "ours-on-postgres": ours_on_postgres,
    "airflow": airflow,
    "dbos": dbos,
    "dbos-polling-fast": dbos_polling_fast,
    "stock-prefect": stock_prefect,
}
_S3: Final = "the S3 server"
_POLL_SECONDS: Final = 0.5
"""Long, because the time of the S3 server for each poll is counted."""


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--systems", default="ours", help=f"of {','.join(SYSTEMS)}, in turn")
    parser.add_argument("--counts", default="1,10,43", help="instances at once, one after another")
    parser.add_argument("--rounds", type=int, default=1, help="how often each system's turn comes")
    parser.add_argument("--patience", type=float, default=600, help="seconds after which a count is cut off")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    counts = [int(count) for count in chosen.counts.split(",")]
    runs: list[dict[str, Any]] = []
    for number in range(chosen.rounds):
        for name in chosen.systems.split(","):
            report(f"round {number + 1}: {name}")
            runs.append({"system": name, "round": number + 1} | _measure_system(name, counts, chosen.patience))
            if chosen.json:
                chosen.json.write_text(json.dumps(runs, indent=2) + "\n")
    sys.stdout.write(json.dumps(runs, indent=2) + "\n")


def _measure_system(name: str, counts: Sequence[int], patience: float) -> dict[str, Any]:
    load = os.getloadavg()[0]
    before = dict(os.environ)
    started = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="ncpi-hops-") as data, SYSTEMS[name](Path(data), report) as system:
            cold_start = time.monotonic() - started
            forget_client()  # the one before it had another S3 server
            ids = iter(inspection_ids(4300))
            idle = _memory(system)
            return {
                "load_average_before": round(load, 2),
                "cold_start_seconds": round(cold_start, 1),
                "first": _measure(system, [next(ids)], patience),
                "counts": {
                    str(count): _measure(system, [next(ids) for _ in range(count)], patience) for count in counts
                },
                "memory_megabytes": {"idle": idle, "after": _memory(system)},
            }
    finally:
        # Each system writes the addresses of its servers into the environment of this process.
        os.environ.clear()
        os.environ.update(before)


def _memory(system: System) -> dict[str, float]:
    return {title: memory_megabytes(pid) for title, pid in system.processes.items()}


def _measure(system: System, instances: Sequence[str], patience: float) -> dict[str, Any]:
    for instance in instances:
        write(first_of(instance))
    before = {title: cpu_seconds(pid) for title, pid in system.processes.items()}
    started = time.time()
    submitted = _submit(system, instances)
    _wait(instances, patience)
    time.sleep(1)  # what a stage does after its last line is part of its cost
    handed = {key: found for key in _stages(instances) if (found := read(*key))}
    ended = sum((one, STAGES) in handed for one in instances)
    wall = max((one.emitted for one in handed.values()), default=started) - started
    hops = sorted(
        handed[one, n + 1].first_line - handed[one, n].emitted
        for one, n in _stages(instances)
        if (one, n + 1) in handed
    )
    cpu = {title: (cpu_seconds(pid) - before[title]) / len(handed) for title, pid in system.processes.items()}
    lives = [handed[one, STAGES].emitted - submitted[one] for one in instances if (one, STAGES) in handed]
    firsts = [handed[one, 1].first_line - submitted[one] for one in instances if (one, 1) in handed]
    figures = {
        "instances": len(instances),
        "instances_ended": ended,
        "stages_ended": len(handed),
        "wall_seconds": round(wall, 2),
        "hop_p50": _at(hops, 0.5),
        "hop_p95": _at(hops, 0.95),
        "submit_p50": round(statistics.median(firsts), 3),
        "life_p50": round(statistics.median(lives), 2) if lives else None,
        "cpu_seconds_per_stage": {
            **{title: round(seconds, 3) for title, seconds in cpu.items()},
            "all but S3": round(sum(seconds for title, seconds in cpu.items() if title != _S3), 3),
        },
    }
    report(f"{ended} of {len(instances)} instances: {wall:.2f} s, hop p50 {figures['hop_p50']} s")
    return figures


def _stages(instances: Sequence[str]) -> list[tuple[str, int]]:
    return [(one, number) for one in instances for number in range(1, STAGES + 1)]


def _at(ordered: Sequence[float], share: float) -> float | None:
    return round(ordered[round(share * (len(ordered) - 1))], 3) if ordered else None


def _submit(system: System, instances: Sequence[str]) -> dict[str, float]:
    with ThreadPoolExecutor(8) as people:

        def start(instance: str) -> float:
            now = time.time()
            system.start(instance)
            return now

        return dict(zip(instances, people.map(start, instances), strict=True))


def _wait(instances: Sequence[str], patience: float) -> None:
    """Wait until all have ended, for a limited time."""
    waiting = list(instances)
    deadline = time.monotonic() + patience
    while waiting and time.monotonic() < deadline:
        if read(waiting[0], STAGES):
            waiting.pop(0)
        else:
            time.sleep(_POLL_SECONDS)


if __name__ == "__main__":
    main()
