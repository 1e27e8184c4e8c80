"""The specification of a process that the supervisor runs: its command, its environment and its readiness check."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

_PATIENCE_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """A process to be run, and restarted when it dies."""

    name: str
    """Name of its log file."""
    title: str
    """Its name in messages."""
    command: tuple[str, ...]
    environment: Mapping[str, str]
    """The whole environment; nothing is inherited."""
    folder: Path
    """Its working directory, never the user's: some programs read settings from there."""
    log: Path
    is_ready: Callable[[], bool]
    """Called several times a second until it returns true; must return within about a second."""
    is_working: Callable[[], bool] | None = None
    """Called now and then while it is ready, in a thread of its own; what fails several times running is restarted."""
    start_seconds: float = 120
    """How long it may take until it is ready."""
    stop_seconds: float = 10
    """How long it may take to end after SIGTERM."""


def with_packages(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment that says where the project's packages are, installed or not."""
    path = os.pathsep.join(filter(None, (str(Path(__file__).parents[2]), environment.get("PYTHONPATH"))))
    return {**environment, "PYTHONPATH": path}


def http_check(url: str, is_expected: Callable[[httpx.Response], bool]) -> Callable[[], bool]:
    """Return a readiness check: an address of this computer gives the expected response."""
    # One client for all calls, because each loads certificates for 50 ms of CPU; but a new connection for each call.
    # Proxies in the environment are for the outside world.
    client = httpx.Client(timeout=_PATIENCE_SECONDS, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))

    def is_ready() -> bool:
        try:
            return is_expected(client.get(url))
        except httpx.HTTPError:
            return False

    return is_ready
