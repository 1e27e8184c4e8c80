"""What processes of a stack use: memory, CPU time, descriptors, threads; from /proc."""

from __future__ import annotations

import json
import os
from pathlib import Path

from deployments.stack.orphans import RECORD_FILE

_PROC = Path("/proc")
_USER, _SYSTEM, _CHILDREN_USER, _CHILDREN_SYSTEM, _THREADS = 11, 12, 13, 14, 17
"""Places in /proc/<pid>/stat after the name in brackets."""


def pid_of(data: Path, title: str) -> int:
    """Find the process of a part of what runs on a data folder."""
    record = json.loads((data / RECORD_FILE).read_text())
    return int(next(one["pid"] for one in record["running"] if one["title"] == title))


def tree_of(pid: int) -> tuple[int, ...]:
    """List a process and what it has started."""
    children = list((_PROC / str(pid) / "task").glob("*/children"))
    found = [int(one) for path in children for one in _read(path).split()]
    return (pid, *(deeper for child in found for deeper in tree_of(child)))


def memory_megabytes(pid: int) -> float:
    """Sum the proportional memory (PSS) of a process and what it has started, in MB."""
    return round(sum(_pss_kilobytes(one) for one in tree_of(pid)) / 1000, 1)


def cpu_seconds(pid: int) -> float:
    """Sum the CPU time of a process and what it has started, with what has ended and been waited for, in seconds."""
    total = 0
    for fields in filter(None, map(_stat, tree_of(pid))):
        total += sum(int(fields[place]) for place in (_USER, _SYSTEM, _CHILDREN_USER, _CHILDREN_SYSTEM))
    return total / os.sysconf("SC_CLK_TCK")


def threads(pid: int) -> int:
    """Count the threads of a process."""
    return int(_stat(pid)[_THREADS])


def descriptors(pid: int) -> int:
    """Count the open files and sockets of a process."""
    return len(list((_PROC / str(pid) / "fd").iterdir()))


def _stat(pid: int) -> list[str]:
    return _read(_PROC / str(pid) / "stat").rpartition(")")[2].split()


def _pss_kilobytes(pid: int) -> int:
    for line in _read(_PROC / str(pid) / "smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0


def _read(path: Path) -> str:
    """Read what the kernel says of a process; nothing when it has ended meanwhile."""
    try:
        return path.read_text()
    except (FileNotFoundError, ProcessLookupError):
        return ""
