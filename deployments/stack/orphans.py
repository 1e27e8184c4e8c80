"""The record of what runs, and the end of what a killed supervisor left behind.

A process is ended only if its id, its start time since boot and its command line are as recorded, because ids are
reused. On systems other than Linux the boot is not known: none is ended, and what still listens shows as taken ports.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from deployments.os_process import boot_id, command_line, start_time
from deployments.stack.private_file import write_private_file

RECORD_FILE: Final = "stack.json"
_PATIENCE_SECONDS: Final = 15


@dataclass(frozen=True, slots=True)
class Orphan:
    """A process as it was recorded when it was started."""

    title: str
    pid: int
    started: str
    command: tuple[str, ...]


def remember(title: str, pid: int, command: Sequence[str]) -> Orphan:
    """Note a process that has just been started, so that a later run can find it."""
    return Orphan(title, pid, start_time(pid) or "", tuple(command))


def write_record(data: Path, running: Iterable[Orphan]) -> None:
    """Replace the record of what runs."""
    record = {"boot": boot_id(), "running": [asdict(one) for one in running]}
    write_private_file(data / RECORD_FILE, json.dumps(record, indent=1) + "\n")


def remove_record(data: Path) -> None:
    """Say that nothing runs any more."""
    (data / RECORD_FILE).unlink(missing_ok=True)


def end_orphans(data: Path, report: Callable[[str], None]) -> None:
    """End what a supervisor that was killed left running; call it only while holding the lock of the folder."""
    left = [one for one in _read_record(data) if _is_running(one)]
    for one in left:
        report(f"{one.title} (pid {one.pid}) was left by a run that was killed; ending it")
        _signal(one, signal.SIGTERM)
    _wait_for(left)
    for one in left:
        _signal(one, signal.SIGKILL)
    _wait_for(left)
    remove_record(data)


def _wait_for(left: Sequence[Orphan]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while any(_is_running(one) for one in left) and time.monotonic() < deadline:
        time.sleep(0.05)


def _read_record(data: Path) -> list[Orphan]:
    try:
        record = json.loads((data / RECORD_FILE).read_text(encoding="utf-8"))
        if not record["boot"] or record["boot"] != boot_id():
            return []
        return [Orphan(**{**one, "command": tuple(one["command"])}) for one in record["running"]]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        # Written in one step, so only a hand or a future version can have made it unreadable.
        return []


def _signal(one: Orphan, number: signal.Signals) -> None:
    if _is_running(one):
        with suppress(ProcessLookupError):
            os.killpg(one.pid, number)


def _is_running(one: Orphan) -> bool:
    if not one.started or start_time(one.pid) != one.started:
        return False
    command = command_line(one.pid)
    if command is None:
        return False
    # An ending process loses its command line before its sockets are closed. Otherwise only the end counts, because the
    # command follows the script that it replaces.
    return not command or command[-len(one.command) :] == one.command
