"""What the processes of a stack use, each with its children: memory, CPU time, descriptors, threads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import psutil

from deployments.stack.orphans import RECORD_FILE


def pid_of(data: Path, title: str) -> int:
    """Return the id of a process of the stack of a data folder."""
    record = json.loads((data / RECORD_FILE).read_text())
    return int(next(process["pid"] for process in record["running"] if process["title"] == title))


def memory_megabytes(pid: int) -> float:
    """Sum the proportional memory (PSS) of a process and its children, in MB."""
    return round(sum(_each(pid, lambda process: float(process.memory_full_info().pss))) / 1e6, 1)


def cpu_seconds(pid: int) -> float:
    """Sum the CPU time of a process and its children, including those that have ended, in seconds."""
    return sum(_each(pid, lambda process: sum(process.cpu_times()[:4])))


def threads(pid: int) -> int:
    """Count the threads of a process."""
    return psutil.Process(pid).num_threads()


def descriptors(pid: int) -> int:
    """Count the open files and sockets of a process."""
    return psutil.Process(pid).num_fds()


def _each(pid: int, measure: Callable[[psutil.Process], float]) -> Iterator[float]:
    """Measure a process and its children, except those that have ended meanwhile."""
    process = psutil.Process(pid)
    for member in (process, *process.children(recursive=True)):
        with suppress(psutil.NoSuchProcess):
            yield measure(member)
