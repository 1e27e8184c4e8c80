"""What an audit report says of the record itself: verification layer by layer, and how far it is sealed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from audit.verification import verify
from domain.sealing.checkpoint import Checkpoint
from schemas.audit import check
from schemas.errors import NcpiError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from audit.verification import Anchors
    from domain.lifecycle.history import History
    from domain.sealing.note import VerifierKey
    from domain.sealing.seal_chain import SealChain
    from storage.s3.read_only import ReadOnlyBuckets

MOST_FINDINGS: Final = 200
"""Findings that a report lists; `ncpi audit verify` lists all."""


def check_record(
    buckets: ReadOnlyBuckets,
    inspection_id: str | None,
    anchors: Anchors | None = None,
    progress: Callable[[str, int, int], None] = lambda _what, _done, _of: None,
) -> check.RecordCheck:
    """Verify one inspection or everything for a report: all of it is read and computed again.

    Args:
        anchors: what is known from elsewhere; the report says what was not given.

    Raises:
        NotFoundError: that inspection was never opened.
    """
    verified = verify(buckets, inspection_id, anchors=anchors, progress=progress)
    return check.RecordCheck(
        layers=tuple(
            check.CheckedLayer(layer=one.layer, checked=one.checked, findings=one.findings, lacked=one.lacked)
            for one in verified.layers
        ),
        findings=tuple(
            check.CheckFinding(layer=one.layer, where=one.where, entry=one.entry, message=one.message)
            for one in verified.findings[:MOST_FINDINGS]
        ),
        findings_in_all=len(verified.findings),
    )


@dataclass(slots=True)
class SealStatus:
    """How far ledgers are sealed; counts over all that were asked about."""

    chain: SealChain | None = None
    trusted: Collection[VerifierKey] = ()
    fault: str | None = None
    """Why the seals could not be read."""
    entries: int = 0
    unsealed: int = 0

    def of(self, history: History) -> check.Seals:
        """Say how far one ledger is sealed."""
        entries = len(history.recorded)
        sealed = self.chain.sealed_prefix(f"ledger/{history.inspection_id}").length if self.chain else 0
        unsealed = max(0, entries - sealed)
        self.entries += entries
        self.unsealed += unsealed
        return self._seals(entries, unsealed)

    def of_all(self) -> check.Seals:
        """Say how far all those are sealed that were asked about."""
        return self._seals(self.entries, self.unsealed)

    def _seals(self, entries: int, unsealed: int) -> check.Seals:
        return check.Seals(checkpoint=self._checkpoint(), entries=entries, unsealed=unsealed, fault=self.fault)

    def _checkpoint(self) -> check.CheckpointSummary | None:
        seal = self.chain.last if self.chain else None
        if seal is None:
            return None
        signed = Checkpoint.from_note(seal.note, self.trusted)
        return check.CheckpointSummary(
            seal=seal.n, at=seal.at, origin=signed.origin, size=signed.size, root=signed.root.hex()
        )


def read_sealed() -> SealStatus:
    """Read the seals of the settings' server; that they cannot be read is said in the report."""
    from audit.proofs import open_seals  # noqa: PLC0415 - it imports the S3 client

    try:
        seals = open_seals()
    except NcpiError as error:
        return SealStatus(fault=str(error))
    return SealStatus(seals.chain, seals.trusted)
