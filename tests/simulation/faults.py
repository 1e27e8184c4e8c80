"""What may go wrong at a call of a port, and how often."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from botocore.exceptions import ConnectTimeoutError, ReadTimeoutError

if TYPE_CHECKING:
    import random

    from botocore.exceptions import BotoCoreError


class Fault(StrEnum):
    """How one call goes."""

    NONE = "none"
    DIE_BEFORE = "die before"
    DIE_AFTER = "die after"
    ERROR_BEFORE = "error before"
    ERROR_AFTER = "error after"
    """A time-out whose effect was had."""
    CONFLICT = "conflict"
    """The reply was lost and the library's own second try found the key taken: by itself."""


HARMFUL = tuple(fault for fault in Fault if fault is not Fault.NONE)


class Died(BaseException):
    """The process ended here; nothing of it goes on."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of calls and events that go wrong."""

    fault: float = 0.05
    lost: float = 0.1
    doubled: float = 0.1
    forged: float = 0.02


def drawn(random: random.Random, rates: Rates) -> Fault:
    """Draw how a call goes."""
    return random.choice(HARMFUL) if random.random() < rates.fault else Fault.NONE


def passing_error(fault: Fault) -> BotoCoreError:
    """Make what the S3 client raises when the network fails."""
    if fault is Fault.ERROR_BEFORE:
        return ConnectTimeoutError(endpoint_url="simulated")
    return ReadTimeoutError(endpoint_url="simulated")
