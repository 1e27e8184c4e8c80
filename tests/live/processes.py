"""Look at processes, start stand-ins for servers, and wait for conditions with a bound."""

from __future__ import annotations

import os
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from deployments.stack.process_spec import ProcessSpec

IDLE = "import time, os; print('ready', os.getpid(), flush=True); time.sleep(600)"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN);" + IDLE


def stand_in(
    folder: Path, code: str, *, name: str = "server", stop_seconds: float = 5, start_seconds: float = 20
) -> ProcessSpec:
    """Return a process that runs a program and is ready once it has said so."""
    log = folder / f"{name}.log"
    return ProcessSpec(
        name=name,
        title=f"the {name}",
        command=(sys.executable, "-S", "-c", code),
        environment={"PATH": os.defpath},
        folder=folder,
        log=log,
        is_ready=lambda: has_line(log, "ready"),
        start_seconds=start_seconds,
        stop_seconds=stop_seconds,
    )


def has_line(log: Path, beginning: str) -> bool:
    """Return whether a log has a line with this beginning since the last start."""
    if not log.exists():
        return False
    text = log.read_text(encoding="utf-8", errors="replace")
    return any(line.startswith(beginning) for line in text[max(text.rfind("==== started"), 0) :].splitlines())


def eventually(condition: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() not in {psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD}
    except psutil.NoSuchProcess:
        return False


def listeners(pid: int) -> set[tuple[str, int]]:
    """Return the addresses and ports on which a process listens, TCP and UDP."""
    return {
        (found.laddr.ip, found.laddr.port)
        for found in psutil.Process(pid).net_connections(kind="inet")
        if found.status == psutil.CONN_LISTEN or found.type == socket.SOCK_DGRAM
    }
