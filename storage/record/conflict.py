"""Act again when another writer was first."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TypeVar

from schemas.errors import AlreadyWrittenError

R = TypeVar("R")
_TRIES: Final = 5


def retry_on_conflict(act: Callable[[], R], tries: int = _TRIES) -> R:
    """Call a function again when another writer was first, so that it reads what that one wrote.

    Raises:
        AlreadyWrittenError: another writer was first each time.
    """
    for _ in range(tries - 1):
        try:
            return act()
        except AlreadyWrittenError:
            continue
    return act()
