"""The address on this computer to which the browser comes back from an identity provider (RFC 8252, section 7.3)."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import TracebackType
from typing import Final, Self

from schemas.errors import RefusedError, SettingsError

HOST: Final = "127.0.0.1"
PATH: Final = "/callback"
WAITS_SECONDS: Final = 300
_PAGE: Final = (
    b'<!doctype html><html lang="en"><meta charset="utf-8"><title>Logged in</title>'
    b"<h1>Back to the terminal</h1><p>You can close this page. The terminal says whether you are logged in.</p></html>"
)


class Loopback:
    """A server that listens within its `with` block, for one answer."""

    def __init__(self, port: int = 0) -> None:
        """Take the port; nothing listens yet.

        Args:
            port: where; 0 for any free one.
        """
        self._port = port

    def __enter__(self) -> Self:
        """Start listening.

        Raises:
            SettingsError: the port is taken.
        """
        try:
            self._server = _Server((HOST, self._port), _Handler)
        except OSError:
            raise SettingsError(
                f"NCPI_LOGIN_PORT: expected to listen on {HOST}:{self._port}, found it taken; name another"
            ) from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop listening."""
        self._server.server_close()

    @property
    def address(self) -> str:
        """The redirect URI."""
        return f"http://{HOST}:{self._server.server_port}{PATH}"

    def wait(self, seconds: float = WAITS_SECONDS) -> str:
        """Wait for the browser and return the address that it requested.

        Raises:
            RefusedError: it did not come in time.
        """
        deadline = time.monotonic() + seconds
        while self._server.answer is None:
            self._server.timeout = deadline - time.monotonic()
            if self._server.timeout <= 0:
                raise RefusedError(
                    f"expected an answer of the browser within {seconds:.0f} s, found none; log in again"
                )
            self._server.handle_request()
        return self.address + self._server.answer


class _Server(HTTPServer):
    answer: str | None = None
    """The query with which the browser came."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 5
    """Seconds after which a silent connection is closed."""

    def do_GET(self) -> None:
        path, question, query = self.path.partition("?")
        is_answer = path == PATH and bool(question)
        self.send_response(200 if is_answer else 404)
        for name, value in (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Security-Policy", "default-src 'none'"),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("Content-Length", str(len(_PAGE) if is_answer else 0)),
        ):
            self.send_header(name, value)
        self.end_headers()
        if is_answer:
            self.wfile.write(_PAGE)
            self.server.answer = question + query

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - named by http.server
        """Print nothing: an address holds a code."""
