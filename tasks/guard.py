"""Keep values out of what Prefect stores of an error.

Its database is read by everybody with the shared login; and the error of a failed flow run is pickled to wherever
results go, whether or not results are kept. An error of an S3 or HTTP library holds the request, with the bytes that
were to be stored and the login.
"""

from __future__ import annotations

import functools
import time
import traceback
from collections.abc import Callable
from typing import Final, ParamSpec, TypeVar

import httpx

from schemas.errors import NcpiError
from storage.s3.objects import S3_UNAVAILABLE

P = ParamSpec("P")
R = TypeVar("R")

PAUSES: Final = (1, 4, 10)
"""Seconds to wait before each further try."""
TRANSIENT = (*S3_UNAVAILABLE, httpx.HTTPError, ConnectionError, TimeoutError)
"""Errors of the outside world: another try may help, and their texts name addresses and codes, never contents."""


class OutsideError(ConnectionError):
    """An error of the outside world: its class and text, without the request that it came with."""


def guarded(function: Callable[P, R]) -> Callable[P, R]:
    """Replace an error of the outside world by its class and text, any unexpected one by its class and place alone."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return function(*args, **kwargs)
        except (NcpiError, OutsideError):
            raise
        except TRANSIENT as error:
            replacement: Exception = OutsideError(f"{type(error).__name__}: {error}")
        except Exception as error:  # noqa: BLE001 - the one place that may: whatever it is, its text is unknown
            place = traceback.extract_tb(error.__traceback__)[-1]
            fault = f"{type(error).__name__} at {place.name}, line {place.lineno}"
            replacement = NcpiError(
                f"{function.__name__} failed: {fault}; this is a fault of the system, tell operations"
            )
        # Outside the handler, so that the original is not chained to it.
        raise replacement

    return call


def retrying(function: Callable[P, R]) -> Callable[P, R]:
    """Call again after an error of the outside world, as often as a task is tried: for what only reads."""

    @functools.wraps(function)
    def call(*args: P.args, **kwargs: P.kwargs) -> R:
        for pause in PAUSES:
            try:
                return function(*args, **kwargs)
            except TRANSIENT:
                time.sleep(pause)
        return function(*args, **kwargs)

    return call


def is_transient(error: BaseException) -> bool:
    """Return whether another try can help."""
    return isinstance(error, TRANSIENT)
