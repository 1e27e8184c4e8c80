"""Who took a run: written into the run's state, so that another runner can check whether that runner still lives."""

from __future__ import annotations

import os
import re
import socket
from typing import Final

from deployments.os_process import boot_id, start_time

_WORDS: Final = "Taken by runner "


def identity() -> str:
    """Return a name of this process that no other ever had: computer, boot, process id, start of the process."""
    return f"{_computer()}:{os.getpid()}:{start_time(os.getpid())}"


def taken_by(name: str, attempt: str) -> str:
    """Return the message of a taken run's state.

    Args:
        attempt: a value that is different for each attempt to take a run.
    """
    return f"{_WORDS}{name} ({attempt})"


def taker(message: str | None) -> str | None:
    """Return who took a run, from the message of its state."""
    if not message or not message.startswith(_WORDS):
        return None
    return message.removeprefix(_WORDS).rpartition(" (")[0]


def is_known_dead(name: str) -> bool:
    """Return whether the process of a name is known to have ended, which is never known of other computers."""
    match = re.fullmatch(r"(?P<computer>.+):(?P<pid>[0-9]{1,10}):(?P<started>[0-9]+)", name)
    if match is None or match["computer"] != _computer():
        return False
    return start_time(int(match["pid"])) != match["started"]


def _computer() -> str:
    return f"{socket.gethostname()}/{boot_id()}"
