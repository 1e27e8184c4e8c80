"""What may go wrong at a call of a port, by chance or by a plan."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, Protocol

import httpx
from botocore.exceptions import ClientError, ConnectTimeoutError, ReadTimeoutError


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
    OUTAGE = "outage"
    """This call and those after it fail, whoever makes them."""


HARMFUL: Final = tuple(fault for fault in Fault if fault is not Fault.NONE)
OUTAGE_CALLS: Final = 30


class Died(BaseException):
    """The process ended here; nothing of it goes on."""


@dataclass(frozen=True, slots=True)
class Rates:
    """Shares of calls and events that go wrong."""

    fault: float = 0.05
    lost: float = 0.1
    doubled: float = 0.1
    forged: float = 0.02


NEVER: Final = Rates(0, 0, 0, 0)


class Faults(Protocol):
    """Says how each call of a port goes."""

    def at(self, call: int) -> Fault:
        """Say how the call of this number goes; asked once for each, in order."""
        ...


@dataclass(slots=True)
class ByChance:
    """Any call may go wrong in any way, as the seed has it; an outage is rarer, for it is many errors."""

    random: random.Random
    rate: float
    outage_ends: int = 0

    def at(self, call: int) -> Fault:
        if call < self.outage_ends:
            return Fault.OUTAGE
        if self.random.random() >= self.rate:
            return Fault.NONE
        fault = self.random.choice(HARMFUL)
        if fault is Fault.OUTAGE and self.random.random() < 0.8:
            return Fault.ERROR_BEFORE
        if fault is Fault.OUTAGE:
            self.outage_ends = call + OUTAGE_CALLS
        return fault


@dataclass(frozen=True, slots=True)
class Planned:
    """These calls go wrong, and no others."""

    plan: Mapping[int, Fault] = field(default_factory=dict)

    def at(self, call: int) -> Fault:
        if call in self.plan:
            return self.plan[call]
        is_out = any(
            fault is Fault.OUTAGE and first <= call < first + OUTAGE_CALLS for first, fault in self.plan.items()
        )
        return Fault.OUTAGE if is_out else Fault.NONE

    @property
    def last(self) -> int:
        """The number of the last call that goes wrong."""
        return max((at + (OUTAGE_CALLS if fault is Fault.OUTAGE else 0) for at, fault in self.plan.items()), default=0)


def passing_error(fault: Fault, port: str) -> Exception:
    """Make what the client of a port raises when its server or the network fails."""
    if port.startswith("prefect."):
        return httpx.ReadTimeout("simulated") if fault is Fault.ERROR_AFTER else httpx.ConnectError("simulated")
    if fault is Fault.ERROR_AFTER:
        return ReadTimeoutError(endpoint_url="simulated")
    if fault is Fault.OUTAGE:
        refusal = {"Error": {"Code": "SlowDown"}, "ResponseMetadata": {"HTTPStatusCode": 503}}
        return ClientError(refusal, port)  # type: ignore[arg-type]
    return ConnectTimeoutError(endpoint_url="simulated")
