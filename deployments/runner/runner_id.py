"""Who took a run: written into the run's state, so that another runner can tell whether its taker still lives."""

from __future__ import annotations

import os
import re
import socket
from typing import Final

from deployments.os_process import boot_id, start_time

_WORDS: Final = "Taken by runner "


def identity() -> str:
    """Name this process among all that ever ran: computer, its start, process id, start of the process."""
    return f"{_computer()}:{os.getpid()}:{start_time(os.getpid())}"


def taken_by(name: str, attempt: str) -> str:
    """Write who takes a run, for its state.

    Args:
        attempt: something that no other attempt to take a run bears.
    """
    return f"{_WORDS}{name} ({attempt})"


def taker(message: str | None) -> str | None:
    """Read who took a run from the message of its state."""
    if not message or not message.startswith(_WORDS):
        return None
    return message.removeprefix(_WORDS).rpartition(" (")[0]


def is_known_dead(name: str) -> bool:
    """Return whether the process of a name is known to be gone: only one of this computer can be known."""
    match = re.fullmatch(r"(?P<computer>.+):(?P<pid>[0-9]{1,10}):(?P<started>[0-9]+)", name)
    if match is None:
        return False
    if match["computer"] != _computer():
        return False
    return start_time(int(match["pid"])) != match["started"]


def _computer() -> str:
    return f"{socket.gethostname()}/{boot_id()}"
