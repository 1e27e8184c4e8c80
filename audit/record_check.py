"""Check the record for an audit report: verify it layer by layer, and read how far it is sealed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

from audit.proofs import open_seals
from audit.verification import Anchors, verify
from audit.verification.results import Progress, no_progress
from domain.lifecycle.history import History
from domain.sealing.checkpoint import Checkpoint
from domain.sealing.note import VerifierKey
from domain.sealing.seal_chain import SealChain
from schemas.audit.check import CheckpointSummary, RecordCheck, SealCoverage
from schemas.errors import NcpiError
from storage.s3.read_only import ReadOnlyBuckets

MAX_FAULTS: Final = 200
"""Faults that a report lists; `ncpi audit verify` lists all."""


def check_record(
    buckets: ReadOnlyBuckets,
    inspection_id: str | None,
    anchors: Anchors | None = None,
    progress: Progress = no_progress,
) -> RecordCheck:
    """Verify one inspection or everything for a report: all of it is read and computed again.

    Args:
        anchors: what is known from elsewhere; the report names what was not given.

    Raises:
        NotFoundError: that inspection was never opened.
    """
    verified = verify(buckets, inspection_id, anchors=anchors, progress=progress)
    return RecordCheck(
        layers=tuple(verified.layers), faults=tuple(verified.faults[:MAX_FAULTS]), faults_in_all=len(verified.faults)
    )


@dataclass(slots=True)
class SealStatus:
    """How far ledgers are sealed; counts those that it was asked about."""

    chain: SealChain | None = None
    trusted: Collection[VerifierKey] = ()
    fault: str | None = None
    """Why the seals could not be read."""
    entries: int = 0
    unsealed: int = 0

    def of(self, history: History) -> SealCoverage:
        """Return how far one ledger is sealed, and count it."""
        entries = len(history.recorded)
        sealed = self.chain.sealed_prefix(f"ledger/{history.inspection_id}").length if self.chain else 0
        unsealed = max(0, entries - sealed)
        self.entries += entries
        self.unsealed += unsealed
        return self._coverage(entries, unsealed)

    def of_all(self) -> SealCoverage:
        """Return how far all ledgers are sealed that were counted."""
        return self._coverage(self.entries, self.unsealed)

    def _coverage(self, entries: int, unsealed: int) -> SealCoverage:
        newest = None
        seal = self.chain.last if self.chain else None
        if seal is not None:
            signed = Checkpoint.from_note(seal.note, self.trusted)
            newest = CheckpointSummary(
                seal=seal.n, at=seal.at, origin=signed.origin, size=signed.size, root=signed.root.hex()
            )
        return SealCoverage(checkpoint=newest, entries=entries, unsealed=unsealed, fault=self.fault)


def read_sealed() -> SealStatus:
    """Read the seals of the server in the settings; why they cannot be read goes into the report."""
    try:
        seals = open_seals()
    except NcpiError as error:
        return SealStatus(fault=str(error))
    return SealStatus(seals.chain, seals.trusted)
