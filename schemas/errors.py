"""The errors that this system raises on purpose, in one tree (docs/architecture.md).

None of them is retried, but for `AlreadyWrittenError`. Every other error (network, throttling, a damaged upload, a full
disk) keeps its own class: it may be temporary, so it is retried. Messages name the subject, what was expected, what was
found and what to do; they never contain case data.
"""

from __future__ import annotations

from collections.abc import Sequence

from schemas.counts import counted
from schemas.problems import Problem


class NcpiError(Exception):
    """Base of all; retrying will not help. `exit_status` is that of a command."""

    exit_status = 1


class RefusedError(NcpiError):
    """The rules do not allow an act."""

    exit_status = 3
    rule = "what the act needs"
    """Says in the ledger, in an inspector's words, which rule refused; never changes, whatever the class is called."""


class RoleError(RefusedError):
    """The act is not for that role, or the person does not hold it, or it is not their force."""

    rule = "wrong role"


class IllegalMoveError(RefusedError):
    """The inspection's state does not allow an act or a stage."""

    rule = "not its turn"


class SeparationError(RefusedError):
    """One person may not do both: author, moderator and approver must be different people."""

    rule = "author, moderator and approver are three people"


class StaleError(RefusedError):
    """The act was meant for an earlier head of the ledger, or for another artefact."""

    rule = "another draft or head was meant"


class RejectedError(NcpiError):
    """A return breaks rules; lists every problem."""

    exit_status = 2

    def __init__(self, subject: str, problems: Sequence[Problem]) -> None:
        """Keep the problems of a return, in the order given."""
        self.subject = subject
        self.problems = tuple(problems)
        super().__init__(f"{subject}: {counted(len(self.problems), 'problem')} to fix")


class NotFoundError(NcpiError):
    """No such inspection, entry or artefact."""

    exit_status = 4


class LedgerError(NcpiError):
    """The record itself is damaged or cannot take an entry."""


class ChainBrokenError(LedgerError):
    """An entry, its place or its versions are not what was written."""


class AlreadyWrittenError(LedgerError):
    """Another entry was written at this place of the ledger first."""


class ArtefactError(NcpiError):
    """Stored bytes are not the bytes that were recorded."""


class ProofError(NcpiError):
    """A note, a key or a proof is not valid."""


class RenderingError(NcpiError):
    """A document cannot be typeset."""


class StoreUnfitError(NcpiError):
    """The S3 server lacks a guarantee that the ledger needs."""


class StackError(NcpiError):
    """The local stack cannot start or go on."""


class PortsError(StackError):
    """Ports are taken or do not exist; the message says which, for what, and how to choose others."""

    exit_status = 2


class SettingsError(NcpiError):
    """A setting is missing or wrong."""

    exit_status = 2


def why_unreadable(error: OSError | UnicodeDecodeError) -> str:
    """Return why a file could not be read as text, in words: `no such file or directory`."""
    return (error.strerror or "no answer").lower() if isinstance(error, OSError) else "text that is not UTF-8"
