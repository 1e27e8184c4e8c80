"""Steady work for a while: whole lives of inspections at an even pace, and what the runner uses meanwhile.

Run it as `python -m benchmarks.soak [--minutes 30] [--every 8] [--json FILE]`. It exits with 1 if at the end, against
the first quarter, memory has grown by more than a tenth, descriptors or threads by more than a few, or if anything that
was woken still waits. A sweep runs each minute besides.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any, Final

import httpx

from benchmarks.lives import live_together
from benchmarks.local_stack import report, use
from benchmarks.process_usage import descriptors, memory_megabytes, pid_of, threads
from benchmarks.programme import inspection_ids
from deployments.os_process import HOST
from deployments.stack.buckets import create_buckets
from deployments.stack.ports import free_ports
from deployments.stack.stack import Stack
from tests.support.servers.stack_people import enrol_everybody

_SAMPLE_SECONDS: Final = 15
_MAX_GROWTH: Final = 1.10
_MORE: Final = 4
"""Descriptors or threads by which two moments may differ: a connection that is just being used, a child that checks."""


def main() -> None:
    """Work, watch and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--every", type=float, default=8, help="seconds from one inspection to the next")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    os.environ["NCPI_SWEEP_SECONDS"] = "60"
    with (
        tempfile.TemporaryDirectory(prefix="ncpi-soak-") as data,
        Stack(Path(data) / "stack", free_ports(), report=report, prepare=create_buckets) as stack,
    ):
        use(stack)
        enrol_everybody(stack.environment)
        samples, lives = _work(stack, Path(data), chosen.minutes * 60, chosen.every)
    figures = _judge(samples) | {"inspections": lives, "minutes": chosen.minutes, "samples": samples}
    if chosen.json:
        chosen.json.write_text(json.dumps(figures, indent=2) + "\n")
    sys.stdout.write(json.dumps({name: value for name, value in figures.items() if name != "samples"}, indent=2) + "\n")
    sys.exit(0 if figures["is_steady"] else 1)


def _work(stack: Stack, folder: Path, seconds: float, every: float) -> tuple[list[dict[str, Any]], int]:
    samples: list[dict[str, Any]] = []
    lives: list[Future[None]] = []
    started = time.monotonic()
    next_sample = started
    with ThreadPoolExecutor(8) as people:
        for inspection in inspection_ids(4300):
            now = time.monotonic()
            if now - started > seconds:
                break
            if now >= next_sample:
                next_sample += _SAMPLE_SECONDS
                samples.append(_sample(stack, now - started, sum(not one.done() for one in lives)))
            lives.append(people.submit(live_together, [inspection], folder / inspection))
            time.sleep(every)
    for one in lives:
        one.result()
    samples.append(_sample(stack, time.monotonic() - started, 0))
    return samples, len(lives)


def _sample(stack: Stack, seconds: float, under_way: int) -> dict[str, Any]:
    pid = pid_of(stack.data, "the runner")
    health = httpx.get(f"http://{HOST}:{stack.ports.runner}/health", timeout=10).json()
    sample = {
        "seconds": round(seconds),
        "lives_under_way": under_way,
        "runner_megabytes": memory_megabytes(pid),
        "prefect_megabytes": memory_megabytes(pid_of(stack.data, "the Prefect server")),
        "descriptors": descriptors(pid),
        "threads": threads(pid),
        "waiting": health["waiting"],
        "taken": health["taken"],
    }
    report(json.dumps(sample))
    return sample


def _judge(samples: list[dict[str, Any]]) -> dict[str, Any]:
    quarter = max(len(samples) // 4, 1)
    # The very first samples are of a process that has not done everything once.
    first, last = samples[quarter // 2 : quarter + quarter // 2 + 1], samples[-quarter:]

    def medians(name: str) -> tuple[float, float]:
        return statistics.median(one[name] for one in first), statistics.median(one[name] for one in last)

    found = {name: medians(name) for name in ("runner_megabytes", "prefect_megabytes", "descriptors", "threads")}
    is_steady = (
        found["runner_megabytes"][1] <= found["runner_megabytes"][0] * _MAX_GROWTH
        and all(found[name][1] <= found[name][0] + _MORE for name in ("descriptors", "threads"))
        and samples[-1]["waiting"] == 0
    )
    return {"is_steady": is_steady, "first_and_last_quarter": found, "waiting_at_the_end": samples[-1]["waiting"]}


if __name__ == "__main__":
    main()
