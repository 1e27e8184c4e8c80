"""The record of running processes, by which the next start ends what a killed supervisor has left behind.

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
from storage.atomic_file import write_atomically

RECORD_FILE: Final = "stack.json"
_PATIENCE_SECONDS: Final = 15


@dataclass(frozen=True, slots=True)
class RecordedProcess:
    """A process as it was recorded after its start."""

    title: str
    pid: int
    started: str
    command: tuple[str, ...]


def record_process(title: str, pid: int, command: Sequence[str]) -> RecordedProcess:
    """Return the record of a process that has just been started."""
    return RecordedProcess(title, pid, start_time(pid) or "", tuple(command))


def write_record(data: Path, running: Iterable[RecordedProcess]) -> None:
    """Replace the record of running processes."""
    record = {"boot": boot_id(), "running": [asdict(process) for process in running]}
    write_atomically(data / RECORD_FILE, json.dumps(record, indent=1).encode() + b"\n")


def remove_record(data: Path) -> None:
    """Remove the record, once nothing runs."""
    (data / RECORD_FILE).unlink(missing_ok=True)


def end_orphans(data: Path, report: Callable[[str], None]) -> None:
    """End the processes that a killed supervisor has left. Call it only while holding the lock of the data folder."""
    orphans = [process for process in _read_record(data) if _is_running(process)]
    for process in orphans:
        report(f"{process.title} (pid {process.pid}) was left by a run that was killed; ending it")
        _signal(process, signal.SIGTERM)
    _wait_for_end(orphans)
    for process in orphans:
        _signal(process, signal.SIGKILL)
    _wait_for_end(orphans)
    remove_record(data)


def _wait_for_end(orphans: Sequence[RecordedProcess]) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while any(_is_running(process) for process in orphans) and time.monotonic() < deadline:
        time.sleep(0.05)


def _read_record(data: Path) -> list[RecordedProcess]:
    try:
        record = json.loads((data / RECORD_FILE).read_text(encoding="utf-8"))
        if not record["boot"] or record["boot"] != boot_id():
            return []
        return [RecordedProcess(**{**process, "command": tuple(process["command"])}) for process in record["running"]]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        # It is written atomically, so a person or another version of this program wrote it.
        return []


def _signal(process: RecordedProcess, number: signal.Signals) -> None:
    if _is_running(process):
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)


def _is_running(process: RecordedProcess) -> bool:
    if not process.started or start_time(process.pid) != process.started:
        return False
    command = command_line(process.pid)
    if command is None:
        return False
    # An ending process loses its command line before its sockets are closed. Otherwise only the end counts, because the
    # command follows the script that it replaces.
    return not command or command[-len(process.command) :] == process.command
