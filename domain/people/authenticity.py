"""Nothing is done because of an entry that is not by whom it names, whoever wrote it into the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.errors import LedgerError

if TYPE_CHECKING:
    from domain.lifecycle.history import Recorded
    from domain.people.register import Register


def check_authentic(recorded: Recorded, register: Register) -> None:
    """Hold an entry against the register as it stood at its instant.

    Raises:
        LedgerError: it is not signed by the person or the stages that it names, in a role that they held.
    """
    entry = recorded.entry
    if fault := register.fault_of(entry):
        message = (
            f"{entry.inspection} entry {entry.seq} ({entry.kind.value}): {fault}; nothing was done because of it: tell "
            "management and keep the bucket as it is (docs/operations.md)"
        )
        raise LedgerError(message)
