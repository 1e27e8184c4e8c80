"""An HTTP endpoint, on this computer only, that reports whether a runner is well."""

from __future__ import annotations

import json
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from deployments.os_process import HOST

PATH: Final = "/health"
HINDERED: Final = "hindered in Prefect"
"""The status of a process that is well itself; a person must act, so that starting it again would not help."""
MAX_CONNECTIONS: Final = 16
"""How many are open at a time, so that nobody can take all threads and files of a runner."""
MAX_SILENT_SECONDS: Final = 5
"""How long a connection may say nothing before it is closed; who asks speaks at once."""
_Connection = socket.socket | tuple[bytes, socket.socket]
Report = Callable[[], tuple[bool, Mapping[str, object]]]


class _BoundedServer(ThreadingHTTPServer):
    """A server with a limited number of open connections, each answered in a thread: a new one closes the oldest.

    An answer takes milliseconds, so that the oldest is one that says nothing, or little at a time.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], handler: type[BaseHTTPRequestHandler]) -> None:
        self._open: deque[_Connection] = deque()
        self._lock = threading.Lock()
        super().__init__(address, handler)

    def process_request(self, request: _Connection, client_address: object) -> None:
        """Answer a connection in a thread of its own."""
        with self._lock:
            self._open.append(request)
            oldest = self._open.popleft() if len(self._open) > MAX_CONNECTIONS else None
        if isinstance(oldest, socket.socket):
            with suppress(OSError):
                oldest.shutdown(socket.SHUT_RDWR)
        super().process_request(request, client_address)

    def shutdown_request(self, request: _Connection) -> None:
        """Close a connection, and make room for another."""
        with self._lock, suppress(ValueError):
            self._open.remove(request)
        super().shutdown_request(request)


@contextmanager
def health_endpoint(port: int, report: Report) -> Iterator[None]:
    """Answer `GET /health` in a thread of its own, with 200 or 503 and a JSON object.

    Args:
        port: where to listen; 0 for no endpoint.
        report: returns whether all is well and the JSON object: counts and states, nothing about any inspection.

    Raises:
        OSError: the port is taken.
    """
    if port == 0:
        yield
        return

    class Handler(BaseHTTPRequestHandler):
        """Answers one request."""

        timeout = MAX_SILENT_SECONDS

        def do_GET(self) -> None:
            if self.path != PATH:
                self.send_error(HTTPStatus.NOT_FOUND)
                return
            is_well, status = report()
            body = json.dumps(status).encode()
            self.send_response(HTTPStatus.OK if is_well else HTTPStatus.SERVICE_UNAVAILABLE)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
            """Log nothing: the supervisor asks often."""

    server = _BoundedServer((HOST, port), Handler)
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
