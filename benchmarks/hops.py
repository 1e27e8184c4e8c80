"""Measure from event to stage on the stage runner: empty stages, several instances at once.

Run it as `python -m benchmarks.hops [--counts 1,10,43] [--json FILE]`. It starts a stack of its own that serves the
five stages of `benchmarks.empty_stages`, and for each count starts so many instances at once, each by an event. A hop
is the time from just before a stage emits its event to the first line of the next stage. The first instance after the
start, in which each thread opens its client, is measured apart.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx

from benchmarks.empty_stages import STAGES, Handed, emit, key_of, objects, seed
from benchmarks.programme import inspection_ids
from benchmarks.watching import cpu_seconds, memory_megabytes, pid_of
from deployments.buckets import make_buckets
from deployments.ports import free_ports
from deployments.stack import Stack
from schemas.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

_PARTS: Final = ("the S3 server", "the Prefect server", "the serving process")
_PATIENCE_SECONDS: Final = 600
_SERVE: Final = (sys.executable, "-m", "benchmarks.empty_stages")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--counts", default="1,10,43", help="instances at once, one after another")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    started = time.monotonic()
    with (
        tempfile.TemporaryDirectory(prefix="ncpi-hops-") as data,
        Stack(Path(data), free_ports(), report=_say, prepare=make_buckets, serve=_SERVE) as stack,
    ):
        cold_start = time.monotonic() - started
        os.environ.update({name: value for name, value in stack.environment.items() if name.startswith("NCPI_")})
        os.environ["PREFECT_API_URL"] = stack.ports.prefect_api_url
        ids = iter(inspection_ids(4300))
        figures: dict[str, Any] = {
            "system": "ours",
            "cold_start_seconds": round(cold_start, 1),
            "load_average_before": os.getloadavg()[0],
            "first": _measure(stack, [next(ids)]),
            "counts": {},
        }
        for count in map(int, chosen.counts.split(",")):
            figures["counts"][str(count)] = _measure(stack, [next(ids) for _ in range(count)])
        figures["memory_megabytes"] = {part: memory_megabytes(pid_of(stack, part)) for part in _PARTS}
    text = json.dumps(figures, indent=2) + "\n"
    if chosen.json:
        chosen.json.write_text(text)
    sys.stdout.write(text)


def _say(line: str) -> None:
    sys.stderr.write(f"{line}\n")


def _measure(stack: Stack, instances: Sequence[str]) -> dict[str, Any]:
    bucket = objects()
    for instance in instances:
        bucket.create(key_of(instance, 0), seed(instance).model_dump_json().encode(), "application/json")
    pids = {part: pid_of(stack, part) for part in _PARTS}
    before = {part: cpu_seconds(pid) for part, pid in pids.items()}
    started = time.time()
    submitted = _submit(instances)
    _wait(instances)
    wall = time.time() - started
    time.sleep(1)  # what a stage does after its last line is part of its cost
    cpu = {part: (cpu_seconds(pid) - before[part]) / (STAGES * len(instances)) for part, pid in pids.items()}
    handed = {
        (one, n): Handed.model_validate_json(bucket.read(key_of(one, n))) for one in instances for n in range(1, 6)
    }
    hops = sorted(handed[one, n + 1].first_line - handed[one, n].emitted for one in instances for n in range(1, STAGES))
    _say(f"{len(instances)} instances: {wall:.2f} s, hop p50 {statistics.median(hops):.3f} s")
    return {
        "instances": len(instances),
        "wall_seconds": round(wall, 2),
        "hop_p50": round(statistics.median(hops), 3),
        "hop_p95": round(hops[int(0.95 * (len(hops) - 1))], 3),
        "submit_p50": round(statistics.median(handed[one, 1].first_line - submitted[one] for one in instances), 3),
        "cpu_seconds_per_stage": {
            **{part: round(seconds, 3) for part, seconds in cpu.items()},
            "all but S3": round(sum(seconds for part, seconds in cpu.items() if part != "the S3 server"), 3),
        },
    }


def _submit(instances: Sequence[str]) -> dict[str, float]:
    with httpx.Client(timeout=60) as client, ThreadPoolExecutor(8) as people:

        def start(instance: str) -> float:
            now = time.time()
            emit(client, instance, 0)
            return now

        return dict(zip(instances, people.map(start, instances), strict=True))


def _wait(instances: Sequence[str]) -> None:
    bucket = objects()
    waiting = list(instances)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while waiting:
        if time.monotonic() > deadline:
            message = f"{len(waiting)} of {len(instances)} instances did not end within {_PATIENCE_SECONDS} s"
            raise TimeoutError(message)
        try:
            bucket.read(key_of(waiting[0], STAGES))
        except NotFoundError:
            time.sleep(0.05)
        else:
            waiting.pop(0)


if __name__ == "__main__":
    main()
