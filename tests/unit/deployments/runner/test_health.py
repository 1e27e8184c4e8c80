"""Whoever opens connections to the health port and says nothing takes neither all threads nor its answers."""

from __future__ import annotations

import contextlib
import http.client
import socket
import threading
from collections.abc import Iterator

import pytest

from deployments.runner import health
from deployments.runner.health import MAX_CONNECTIONS, PATH, health_endpoint
from tests.support.servers.running import free_port, wait_until

pytestmark = pytest.mark.enable_socket


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    port = free_port()
    monkeypatch.setattr(health, "MAX_SILENT_SECONDS", 0.5)
    with health_endpoint(port, lambda: (True, {"status": "ready"})):
        yield port


def status(port: int) -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", PATH)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def test_silent_connections_take_neither_all_threads_nor_the_answer(port: int) -> None:
    threads = threading.active_count()
    with contextlib.ExitStack() as silent:
        for _ in range(4 * MAX_CONNECTIONS):
            connection = silent.enter_context(socket.create_connection(("127.0.0.1", port)))
            connection.sendall(b"GET /health HTTP/1.1\r\nHost: ")
        assert status(port) == 200
        wait_until(lambda: threading.active_count() <= threads + MAX_CONNECTIONS, "threads to end", 10)


def test_a_silent_connection_is_closed(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=5) as silent:
        assert silent.recv(1) == b""


def test_a_place_is_free_again_after_an_answer(port: int) -> None:
    assert [status(port) for _ in range(3 * MAX_CONNECTIONS)] == [200] * 3 * MAX_CONNECTIONS
