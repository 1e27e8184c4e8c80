"""A system that is measured: its processes, and how an instance is started in it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class System:
    """Something that takes instances through five empty stages (`stage_body.py`)."""

    start: Callable[[str], None]
    """Sends the event that starts an instance; returns once it is accepted."""
    processes: Mapping[str, int]
    """Its processes by what they are, each with the id of the one that started the rest of them."""
