"""The one tree of errors that this system raises on purpose.

NcpiError                 trying again will not help; a person must act
├── RefusedError                a person asked for something the rules do not allow
│   ├── IllegalMoveError        not this inspection's turn for that act
│   ├── SeparationError         the same person may not do both
│   └── StaleError              the ledger moved, or another digest was meant
├── RejectedError               a return does not meet its rules; holds every problem found
├── NotFoundError               no such inspection, entry or artefact
├── LedgerError                 the record itself
│   ├── ChainBrokenError        an entry, its place or its versions are not what was written
│   └── AlreadyWrittenError     somebody else wrote this place first
├── ArtefactError               stored bytes are not the bytes that were recorded
├── ProofError                  a note, key or proof that does not show what it is said to show
├── RenderingError              a document that cannot be typeset
├── StoreUnfitError             the S3 server lacks a guarantee that the ledger rests on
├── StackError                  the local stack cannot start or go on
│   └── PortsError              ports that are taken or do not exist
└── SettingsError               a setting is missing or wrong

Whatever is not in this tree (network, throttling, a damaged upload, a full disk) keeps its own class: it may pass, so
it is tried again.
Messages name the subject, what was expected, what was found and what to do, and never bear case data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemas.problems import Problem


class NcpiError(Exception):
    """Base of all; trying again will not help."""

    exit_status = 1


class RefusedError(NcpiError):
    """An act that the rules do not allow."""

    exit_status = 3


class IllegalMoveError(RefusedError):
    """An act or a stage that is not this inspection's turn."""


class SeparationError(RefusedError):
    """Author and approver of one inspection must be two people."""


class StaleError(RefusedError):
    """The act was meant for another head of the ledger or another artefact."""


class RejectedError(NcpiError):
    """A return that does not meet its rules, with every problem found in it."""

    exit_status = 2

    def __init__(self, subject: str, problems: Sequence[Problem]) -> None:
        """Hold the problems of one return, worst first as given."""
        self.subject = subject
        self.problems = tuple(problems)
        count = len(self.problems)
        super().__init__(f"{subject}: {count} problem{'' if count == 1 else 's'} to fix")


class NotFoundError(NcpiError):
    """No such inspection, entry or artefact."""

    exit_status = 4


class LedgerError(NcpiError):
    """The record itself is not as it must be."""


class ChainBrokenError(LedgerError):
    """An entry, its place or its versions are not what was written."""


class AlreadyWrittenError(LedgerError):
    """Somebody else wrote this place of the ledger first."""


class ArtefactError(NcpiError):
    """Stored bytes are not the bytes that were recorded."""


class ProofError(NcpiError):
    """A note, a key or a proof that does not show what it is said to show."""


class RenderingError(NcpiError):
    """The typesetter refused a document; it would refuse it again."""


class StoreUnfitError(NcpiError):
    """The S3 server lacks a guarantee that the ledger rests on."""


class StackError(NcpiError):
    """The local stack cannot start or go on."""


class PortsError(StackError):
    """Ports that cannot be used; says which, for what, and how to choose others."""

    exit_status = 2


class SettingsError(NcpiError):
    """A setting is missing or wrong."""

    exit_status = 2
