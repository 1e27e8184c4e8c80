"""Run a runner beside a stack, or in place of its own, and ask how it is."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from deployments.os_process import HOST
from deployments.stack.ports import free_ports
from deployments.stack.runners import runner_process
from deployments.stack.stack import Stack
from tests.support.servers.quick_runner import COMMAND
from tests.support.servers.running import http, wait_until
from tests.support.servers.template import ForkedProcess, Template


def health(port: int) -> dict[str, Any] | None:
    """Return what a runner says of itself; None while it does not answer."""
    try:
        return dict(http().get(f"http://{HOST}:{port}/health", timeout=2).json())
    except httpx.HTTPError:
        return None


def wait_until_ready(port: int) -> None:
    wait_until(lambda: (health(port) or {}).get("status") == "ready", "a runner")


@contextmanager
def starting_runner(
    template: Template, stack: Stack, log: Path, command: tuple[str, ...] = COMMAND, **more: str
) -> Iterator[tuple[ForkedProcess, int]]:
    """Run a runner, and do not wait until it is ready; kill it at the end."""
    ports = free_ports()
    spec = runner_process(stack.data, ports, {**stack.environment, **more}, command)
    process = template.start(dataclasses.replace(spec, log=log))
    try:
        yield process, ports.runner
    finally:
        process.kill()
        process.wait()
