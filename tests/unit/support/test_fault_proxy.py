"""Each fault of the proxy, seen by a real client against a real server."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest

from deployments.os_process import HOST
from tests.support.servers.fault_proxy import Fault, FaultProxy

BODY = b"x" * 300_000


class Server:
    """Answers every request with the same bytes and counts them."""

    def __init__(self) -> None:
        self.requests = 0
        counting = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["Content-Length"]))
                counting.requests += 1
                self.send_response(200)
                self.send_header("Content-Length", str(len(BODY)))
                self.end_headers()
                self.wfile.write(BODY)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
                pass

        self.http = ThreadingHTTPServer((HOST, 0), Handler)
        self.http.daemon_threads = True

    @property
    def port(self) -> int:
        return int(self.http.server_address[1])


@pytest.fixture
def server() -> Iterator[Server]:
    one = Server()
    thread = threading.Thread(target=one.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield one
    one.http.shutdown()
    one.http.server_close()
    thread.join()


@pytest.fixture
def proxy(server: Server) -> Iterator[FaultProxy]:
    with FaultProxy(server.port, delay_seconds=0.1) as one:
        yield one


def post(proxy: FaultProxy, *, seconds: float = 5) -> bytes:
    return httpx.post(f"http://{HOST}:{proxy.port}/", content=BODY, timeout=seconds, trust_env=False).content


def test_without_a_fault_every_byte_passes(proxy: FaultProxy, server: Server) -> None:
    assert post(proxy) == BODY
    assert server.requests == 1
    assert proxy.met.total() == 0


def test_a_reply_is_lost_but_its_request_has_arrived(proxy: FaultProxy, server: Server) -> None:
    proxy.switch(Fault.LOST_REPLIES)
    with pytest.raises(httpx.RemoteProtocolError, match="without sending a response"):
        post(proxy)
    assert server.requests == 1
    assert proxy.met == {Fault.LOST_REPLIES: 1}
    proxy.switch(Fault.NONE)
    assert post(proxy) == BODY


def test_a_connection_is_reset_before_the_server_hears_of_it(proxy: FaultProxy, server: Server) -> None:
    proxy.switch(Fault.RESETS)
    with pytest.raises(ConnectionResetError):
        first_byte_from(proxy)
    assert server.requests == 0
    assert proxy.met == {Fault.RESETS: 1}


def test_a_connection_that_lives_is_reset_at_its_next_byte(proxy: FaultProxy, server: Server) -> None:
    connection = http.client.HTTPConnection(HOST, proxy.port, timeout=5)
    assert post_on(connection) == BODY
    proxy.switch(Fault.RESETS)
    with pytest.raises((ConnectionResetError, BrokenPipeError)):
        post_on(connection)
    connection.close()
    assert server.requests == 1


def test_a_black_hole_holds_a_request_until_it_ends(proxy: FaultProxy, server: Server) -> None:
    proxy.switch(Fault.BLACK_HOLE)
    with ThreadPoolExecutor(1) as client:
        answer = client.submit(post, proxy, seconds=30)
        until(lambda: proxy.met[Fault.BLACK_HOLE] == 1)
        assert not answer.done()
        assert server.requests == 0
        proxy.switch(Fault.NONE)
        assert answer.result() == BODY


def test_a_black_hole_outlasts_the_patience_of_a_client(proxy: FaultProxy) -> None:
    proxy.switch(Fault.BLACK_HOLE)
    with pytest.raises(httpx.TimeoutException):
        post(proxy, seconds=0.3)


def test_what_a_client_has_given_up_still_arrives_after_a_black_hole(proxy: FaultProxy, server: Server) -> None:
    with socket.create_connection((HOST, proxy.port)) as connection:
        proxy.switch(Fault.BLACK_HOLE)
        connection.sendall(b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\n1")
        until(lambda: proxy.met[Fault.BLACK_HOLE] == 1)
    proxy.switch(Fault.NONE)
    until(lambda: server.requests == 1)


def test_a_reply_comes_late(proxy: FaultProxy) -> None:
    proxy.switch(Fault.DELAY)
    started = time.monotonic()
    assert post(proxy, seconds=30) == BODY
    assert time.monotonic() - started > 0.3  # the connect, a piece there, a piece back
    assert proxy.met == {Fault.DELAY: 1}


def test_a_server_that_is_away_looks_like_a_closed_connection(proxy: FaultProxy, server: Server) -> None:
    server.http.socket.close()
    # Closed before or after the request was read: which of the two is the kernel's choice.
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        post(proxy)


def test_a_fault_meets_its_share_of_connections_and_the_same_ones_for_the_same_seed(server: Server) -> None:
    def outcomes(seed: int) -> list[bool]:
        with FaultProxy(server.port, seed=seed) as proxy:
            proxy.switch(Fault.LOST_REPLIES, share=0.5)
            return [arrives(proxy) for _ in range(20)]

    first = outcomes(1)
    assert 0 < sum(first) < 20
    assert outcomes(1) == first
    assert outcomes(2) != first


def test_nothing_of_it_is_left_after_its_end(server: Server) -> None:
    before = threading.active_count()
    with FaultProxy(server.port) as proxy:
        proxy.switch(Fault.BLACK_HOLE)
        held = socket.create_connection((HOST, proxy.port), timeout=5)
        until(lambda: proxy.met[Fault.BLACK_HOLE] == 1)
    assert held.recv(1) == b""
    held.close()
    assert threading.active_count() == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((HOST, proxy.port))


def post_on(connection: http.client.HTTPConnection) -> bytes:
    connection.request("POST", "/", BODY)
    return connection.getresponse().read()


def first_byte_from(proxy: FaultProxy) -> bytes:
    with socket.create_connection((HOST, proxy.port), timeout=5) as connection:
        return connection.recv(1)


def arrives(proxy: FaultProxy) -> bool:
    try:
        return post(proxy) == BODY
    except httpx.RemoteProtocolError:
        return False


def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
