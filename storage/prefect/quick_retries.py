"""Repeat a request to Prefect at once when its database was busy.

A Prefect server on SQLite refuses a write that meets another (500 or 503); the same request succeeds a moment later.
Prefect's own client waits two seconds or more, which was by far the longest part of a stage's start
(docs/decisions/0014-stage-runner.md). Each request that is sent this way may be sent twice: it sets a state, or has an
idempotency key or an id. Only an artifact may be stored twice; its page shows the newest, and both say the same.
"""

from __future__ import annotations

import ssl
from functools import cache
from typing import Final

import httpx
from httpx_retries import Retry, RetryTransport

ANSWER_SECONDS: Final = 20.0
"""How long Prefect's clients wait; its own 60 s are too long for a run that was cut off and gets no answer any more."""
_QUICKLY: Final = Retry(
    total=7,
    allowed_methods=("GET", "POST", "PATCH", "PUT"),
    status_forcelist=(500, 502, 503),
    # Not for a connection that fails: Prefect's client retries that itself, and our port leaves it to the sweep.
    retry_on_exceptions=(),
    backoff_factor=0.02,
    max_backoff_wait=1.0,
)


def quick_retries() -> RetryTransport:
    """Return the transport of a synchronous client."""
    return RetryTransport(httpx.HTTPTransport(verify=_certificates()), _QUICKLY)


def quick_async_retries() -> RetryTransport:
    """Return the transport of an asynchronous client."""
    return RetryTransport(httpx.AsyncHTTPTransport(verify=_certificates()), _QUICKLY)


@cache
def _certificates() -> ssl.SSLContext:
    """Load the certificates once in a process: every stage opens a client, and loading takes 40 ms of CPU."""
    return httpx.create_ssl_context()
