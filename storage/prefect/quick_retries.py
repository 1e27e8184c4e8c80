"""Ask Prefect again at once when its database was busy.

A Prefect server on SQLite refuses a write that meets another (500 or 503); the same request a moment later goes well.
Prefect's own client waits two seconds or more before it asks again, by far the longest part of a stage's start
(docs/decisions/0014-stage-runner.md). Every request that is sent this way may be sent twice: it sets a state, or bears
an idempotency key or an id.
"""

from __future__ import annotations

from typing import Final

from httpx_retries import Retry, RetryTransport

_BUSY: Final = (500, 502, 503)
_QUICKLY: Final = Retry(
    total=7,
    allowed_methods=("GET", "POST", "PATCH", "PUT"),
    status_forcelist=_BUSY,
    # A connection that fails is not retried here: Prefect's client does that, the port to it leaves it to the sweep.
    retry_on_exceptions=(),
    backoff_factor=0.02,
    max_backoff_wait=1.0,
)


def quick_retries() -> RetryTransport:
    """Make the transport of a client, synchronous or not."""
    return RetryTransport(retry=_QUICKLY)
