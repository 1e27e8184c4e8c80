"""Refuse to act on an entry whose signature does not match its actor."""

from __future__ import annotations

from domain.lifecycle.history import Recorded
from domain.people.register import Register
from schemas.errors import LedgerError


def check_authentic(recorded: Recorded, register: Register) -> None:
    """Check an entry's signature against the register as of the entry's instant.

    Raises:
        LedgerError: it was not signed by its actor, a person or the stages, in a role that they held.
    """
    entry = recorded.entry
    if fault := register.fault_of(entry):
        message = (
            f"{entry.inspection} entry {entry.seq} ({entry.kind.value}): {fault}; nothing was done because of it: tell "
            "management and keep the bucket as it is (docs/operations.md)"
        )
        raise LedgerError(message)
