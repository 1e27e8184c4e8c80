"""An HTTP endpoint, on this computer only, that reports whether a runner is well."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Final

from deployments.os_process import HOST

PATH: Final = "/health"
Report = Callable[[], tuple[bool, Mapping[str, object]]]


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

    server = ThreadingHTTPServer((HOST, port), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
