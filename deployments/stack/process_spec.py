"""One process of the stack, as data: what to run, with what, and how to see that it is ready."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx

_PATIENCE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class ProcessSpec:
    """What is run and kept running."""

    name: str
    """Names its log file."""
    title: str
    """How messages speak of it."""
    command: tuple[str, ...]
    environment: Mapping[str, str]
    """The whole environment: nothing is inherited."""
    folder: Path
    """Where it runs. Some programs read settings from the folder they run in, so never the caller's."""
    log: Path
    is_ready: Callable[[], bool]
    """Asked some times a second until it says yes; must answer within about a second."""
    start_seconds: float = 120
    """How long it may take from its start to being ready."""
    stop_seconds: float = 10
    """How long it may take to end after SIGTERM."""


def answers(url: str, expected: Callable[[httpx.Response], bool]) -> Callable[[], bool]:
    """Make a condition: an address of this computer gives the expected answer."""

    def is_ready() -> bool:
        try:
            # Proxies of the environment are for the outside world.
            return expected(httpx.get(url, timeout=_PATIENCE_SECONDS, trust_env=False))
        except httpx.HTTPError:
            return False

    return is_ready
