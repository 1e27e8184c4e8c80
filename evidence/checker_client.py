"""Examine a return in a child process with limits, so that a hostile upload does no harm.

A process that has loaded Great Expectations once (`checker.py`) forks the children. It is started at the first check,
or before by `start_checker`, and again after it was killed.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Final

from evidence.examination import Examination, Request
from evidence.limits import CPU_SECONDS, MEMORY_BYTES, WALL_SECONDS
from schemas.errors import NcpiError

_KEPT: Final = ("PATH", "HOME", "LANG", "PYTHONPATH", "VIRTUAL_ENV")
_START_SECONDS: Final = 120
_MAX_STARTS: Final = 3
_TICK_SECONDS: Final = 0.02
_PIECE_BYTES: Final = 65_536


def examine_in_child(request: Request) -> Examination:
    """Examine a return in a limited child.

    Raises:
        NcpiError: a limit ended the child, or it failed; the message holds nothing of the return.
    """
    with _checker.connect(request.inspection) as connection:
        answer = _ask(connection, request.model_dump_json().encode())
    if not answer:
        raise NcpiError(
            f"{request.inspection}: the process that checks the return ended without an answer "
            f"(limits: {MEMORY_BYTES // 1024**3} GiB, {CPU_SECONDS} CPU seconds, {WALL_SECONDS} s); "
            "make the table smaller, or tell operations"
        )
    return Examination.model_validate_json(answer)


def start_checker() -> None:
    """Start the process that checks returns, so that the first check does not wait for it."""
    _checker.start()


class _Checker:
    """The checking process of this one, started when needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self._path = Path()

    def start(self) -> bool:
        """Start it unless it runs; return whether it was started."""
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                return False
            if self._folder is not None:
                self._folder.cleanup()
            # Great Expectations leaves an empty folder at each start; it is removed with this one.
            self._folder = tempfile.TemporaryDirectory(prefix="ncpi-check-")
            self._path = Path(self._folder.name) / "socket"
            environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
            # One thread for each numeric library: a table of cases needs no more, their pools would use up the address
            # space, and a process with threads must not fork.
            environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "TMPDIR": self._folder.name}
            self._process = subprocess.Popen(  # noqa: S603 - the command is ours
                [sys.executable, "-m", "evidence.checker", str(self._path), str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
            return True

    def connect(self, inspection: str) -> socket.socket:
        """Connect to it; start it first where it does not run.

        Raises:
            NcpiError: it cannot be started.
        """
        deadline = time.monotonic() + _START_SECONDS
        starts = 0
        while starts <= _MAX_STARTS and time.monotonic() < deadline:
            starts += self.start()
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(WALL_SECONDS)
            try:
                connection.connect(str(self._path))
            except (FileNotFoundError, ConnectionRefusedError):
                connection.close()  # it is still loading, or was killed and will be started again
                time.sleep(_TICK_SECONDS)
            else:
                return connection
        raise NcpiError(
            f"{inspection}: the process that checks returns did not start; send the return again, and tell operations "
            "if that does not help"
        )


def _ask(connection: socket.socket, request: bytes) -> bytes:
    """Send a request and return the answer; empty when there is none."""
    try:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(_PIECE_BYTES), b""))
    except OSError:
        return b""


_checker: Final = _Checker()
