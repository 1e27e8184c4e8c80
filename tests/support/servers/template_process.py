"""A process that has loaded Prefect's server, what runners load and what checks load, and forks whatever is asked for.

Usage: python -m tests.support.servers.template_process <descriptor of the socket on which it is asked>
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import runpy
import selectors
import signal
import socket
import sys
from typing import Any, Final

import prefect.context
from prefect.logging.configuration import setup_logging

from deployments.runner.flow_specs import sealing_flow_specs, stage_flow_specs
from evidence import checker, checker_client, gate

MAX_REQUEST: Final = 100_000
_LOADED: Final = (
    "prefect.server.api.server",
    "starlette.middleware.trustedhost",
    "uvicorn",
    "deployments.runner.runner_process",
    "deployments.runner.start_checks",
)
_CHECKING: Final = ("deployments.serve", "tests.support.servers.quick_runner")
"""The modules that start a process which checks returns."""
_PR_SET_PDEATHSIG: Final = 1


def main() -> None:
    """Load everything, then fork until nobody can ask any more."""
    for name in _LOADED:
        importlib.import_module(name)
    stage_flow_specs(1)
    sealing_flow_specs(1)
    gate.preload()
    gc.freeze()
    with socket.socket(fileno=int(sys.argv[1])) as asked:
        request = _serve(asked)
    if request is not None:
        _become(**request)


def _serve(asked: socket.socket) -> dict[str, Any] | None:
    """Fork for each request and tell of each end; return the request in what was forked, None at the very end."""
    with selectors.DefaultSelector() as selector:
        selector.register(asked, selectors.EVENT_READ)
        while True:
            for key, _ in selector.select():
                if key.data:
                    pid, says_end = key.data
                    os.write(says_end, str(os.waitpid(pid, 0)[1]).encode())
                    selector.unregister(key.fd)
                    os.close(key.fd)
                    os.close(says_end)
                    continue
                message, given, _, _ = socket.recv_fds(asked, MAX_REQUEST, 2)
                if not message:
                    return None
                log, says_end = given
                pid = os.fork()
                if pid == 0:
                    for other in selector.get_map().values():
                        if other.data:
                            os.close(other.fd)
                            os.close(other.data[1])
                    os.close(says_end)
                    _leave(log)
                    asked.send(str(os.getpid()).encode())
                    return dict(json.loads(message))
                os.close(log)
                selector.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, says_end))


def _leave(log: int) -> None:
    """Give this process a session and a log of its own; it ends when the template does."""
    os.setsid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
    for own in (1, 2):
        os.dup2(log, own)
    os.close(log)


def _become(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    """Run a module as `python -m` does."""
    os.umask(0o077)
    _use(environment)
    os.chdir(folder)
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(write_through=True)  # type: ignore[union-attr]
    prefect.context.refresh_global_settings_context()
    setup_logging()
    if arguments[0] in _CHECKING:
        _fork_the_first_checker()
    sys.argv = arguments
    runpy.run_module(arguments[0], run_name="__main__", alter_sys=True)


def _use(environment: dict[str, str]) -> None:
    os.environ.clear()
    os.environ.update(environment)


def _fork_the_first_checker() -> None:
    """Start the process that checks returns, before there are threads, from what has been loaded here."""

    class Forked:
        def __init__(self, command: list[str], *, env: dict[str, str], **_: object) -> None:
            self._pid = os.fork()
            self._status: int | None = None
            if self._pid == 0:
                _use(env)
                quiet = os.open(os.devnull, os.O_RDWR)
                for own in (1, 2):
                    os.dup2(quiet, own)
                sys.argv = command[2:]
                checker.main()
                sys.exit()

        def poll(self) -> int | None:
            if self._status is None and (ended := os.waitpid(self._pid, os.WNOHANG))[0]:
                self._status = os.waitstatus_to_exitcode(ended[1])
            return self._status

    popen, checker_client.subprocess.Popen = checker_client.subprocess.Popen, Forked  # type: ignore[misc]
    try:
        checker_client.start_checker()
    finally:
        checker_client.subprocess.Popen = popen  # type: ignore[misc]


if __name__ == "__main__":
    main()
