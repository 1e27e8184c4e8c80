"""Wait for conditions, and look at a running stack."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Final

import httpx

from deployments.os_process import HOST
from desk.acts.context import open_read_only
from schemas.lifecycle.moves import State
from storage.prefect.login import prefect_login
from storage.s3.client import client_for
from storage.settings import Bucket, Duty, read_settings

OURS: Final = ("NCPI_", "PREFECT_API")


def free_port() -> int:
    """Return a port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def without_ours() -> dict[str, str]:
    """Return the environment of this process without what would point at a stack."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)}


@cache
def http() -> httpx.Client:
    """Return one client for all tests, because each loads certificates for 50 ms of CPU."""
    return httpx.Client(timeout=30, limits=httpx.Limits(max_keepalive_connections=0))


def ask_prefect(method: str, path: str, body: object = None) -> httpx.Response:
    """Ask the Prefect server that this process's settings name, with its login."""
    settings = read_settings()
    return http().request(method, f"{settings.prefect_api_url}{path}", json=body, auth=prefect_login(settings))


@contextmanager
def pointed_at(environment: Mapping[str, str]) -> Iterator[None]:
    """Point this process's settings at a stack, and at nothing else, for a block."""
    before = _ours(os.environ)
    _replace_ours(_ours(environment))
    try:
        yield
    finally:
        _replace_ours(before)


def _ours(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name.startswith(OURS)}


def _replace_ours(variables: Mapping[str, str]) -> None:
    for name in _ours(os.environ):
        del os.environ[name]
    os.environ.update(variables)


def wait_until(condition: Callable[[], bool], what: str, seconds: float = 120) -> None:
    """Wait for a condition with a bound; fails with what was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.2)


def state_of(inspection: str) -> State:
    return open_read_only().ledger.history(inspection).state


def places_of(inspection: str) -> int:
    """Count the entries by one listing: cheap enough to ask again and again."""
    client = client_for(Duty.AUDITOR)
    return client.list_objects_v2(Bucket=Bucket.LEDGER.value, Prefix=f"ledger/{inspection}/")["KeyCount"]


def wait_for(inspection: str, state: State, seconds: float = 180) -> None:
    places = -1

    def is_reached() -> bool:
        nonlocal places
        before, places = places, places_of(inspection)
        return places != before and state_of(inspection) is state

    wait_until(is_reached, f"{inspection} to be {state.value!r}", seconds)
