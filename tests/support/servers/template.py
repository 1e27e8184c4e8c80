"""Processes of Python modules that are forked from a template, which has loaded what they load.

To load that takes each new process two to four CPU-seconds, a fork hardly any. What is forked runs the module of its
command from the beginning, with the environment, the folder, the session and the log of its specification. That the
commands start by themselves is shown by the tests of the whole stack and of the demonstration, which fork nothing.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from deployments.stack import supervised
from deployments.stack.log import open_log
from deployments.stack.prefect_server import client_settings
from deployments.stack.process import Process
from deployments.stack.process_spec import ProcessSpec


class ForkedProcess:
    """A process of a template, used as `subprocess.Popen` is."""

    def __init__(self, pid: int, ended: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._ended = ended
        self._lock = threading.Lock()

    def poll(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        with self._lock:
            if self.returncode is None:
                if not select.select([self._ended], [], [], timeout)[0]:
                    raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
                self.returncode = os.waitstatus_to_exitcode(int(os.read(self._ended, 20)))
                os.close(self._ended)
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


class Template:
    """The running template."""

    def __init__(self, asks: socket.socket) -> None:
        self._asks = asks
        self._lock = threading.Lock()

    def start(self, spec: ProcessSpec) -> ForkedProcess:
        """Fork a process for a specification whose command is `python -m` and a module."""
        request = {"arguments": spec.command[2:], "environment": dict(spec.environment), "folder": str(spec.folder)}
        log = open_log(spec.log)
        ended, says_end = os.pipe()
        try:
            with self._lock:
                socket.send_fds(self._asks, [json.dumps(request).encode()], [log, says_end])
                return ForkedProcess(int(self._asks.recv(20)), ended)
        finally:
            os.close(says_end)
            os.close(log)

    @contextmanager
    def forking(self) -> Iterator[None]:
        """Have supervisors fork what is a Python module, for a block."""
        start = self.start

        class ProcessOfTemplate(Process):
            def __init__(self, spec: ProcessSpec) -> None:
                if spec.command[:2] == (sys.executable, "-m"):
                    self._stop_seconds = spec.stop_seconds
                    self._popen: Any = start(spec)
                else:
                    super().__init__(spec)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(supervised, "Process", ProcessOfTemplate)
            yield


@contextmanager
def running_template(folder: Path) -> Iterator[Template]:
    """Run a template during a block; what it has forked ends with it."""
    asks, asked = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    # The numeric libraries must have no threads where anything is forked.
    quiet = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "PREFECT_LOGGING_LEVEL": "WARNING"}
    with asks:
        with asked:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.servers.template_process", str(asked.fileno())],
                cwd=Path(__file__).parents[3],
                env={"PATH": os.defpath, "TMPDIR": str(folder), **client_settings(folder), **quiet},
                stdin=subprocess.DEVNULL,
                pass_fds=[asked.fileno()],
                start_new_session=True,
            )
        yield Template(asks)
    process.wait()
