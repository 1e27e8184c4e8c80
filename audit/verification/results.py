"""What the check of a layer returns, and how the results of all layers become one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from schemas.audit.check import LAYERS, Fault, Layer, VerifiedLayer

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done, how much of it is done, and of how much; 0 of 0 where that is not known."""


def no_progress(_what: str, _done: int, _of: int) -> None:
    """Report no progress."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What was checked of one or several layers, what was found, and what was missing for a full check."""

    faults: Sequence[Fault] = ()
    checked: Mapping[Layer, str] = field(default_factory=dict)
    missing: Mapping[Layer, str] = field(default_factory=dict)


def fold(results: Iterable[CheckResult]) -> tuple[list[VerifiedLayer], list[Fault]]:
    """Return all layers in order and all faults."""
    faults: list[Fault] = []
    checked: dict[Layer, str] = {}
    missing: dict[Layer, str] = {}
    for result in results:
        faults += result.faults
        checked |= result.checked
        missing |= result.missing
    found = Counter(fault.layer for fault in faults)
    return [VerifiedLayer(layer, checked[layer], found[layer], missing.get(layer)) for layer in LAYERS], faults


def of_key(layer: Layer, key: str, message: str) -> Fault:
    """Return a fault about one key of the ledger bucket."""
    top, _, rest = key.partition("/")
    name = key.rpartition("/")[2].removesuffix(".json")
    place = int(name) if name.isascii() and name.isdigit() else None
    return Fault(layer, rest.partition("/")[0] if top == "ledger" else top, place, f"{key}: {message}")
