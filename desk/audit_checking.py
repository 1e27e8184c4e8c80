"""What an audit report says of the record itself: verification layer by layer, and how far it is sealed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from domain.checkpoint import Checkpoint as SignedCheckpoint
from schemas import audit_check
from schemas.errors import InspectionError
from storage.verification import verify_inspection, verify_public

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from domain.history import History
    from domain.note import VerifierKey
    from domain.sealing import SealChain
    from storage.stores import Stores

MOST_FINDINGS: Final = 200
"""Findings that a report lists; `ncpi audit verify` lists all."""


def check_record(
    stores: Stores, inspection_id: str | None, progress: Callable[[str], None] = lambda _: None
) -> audit_check.RecordCheck:
    """Verify one inspection or everything, for a report."""
    everything = stores.ledger.inspections()
    verified = []
    for one in (inspection_id,) if inspection_id else everything:
        progress(one)
        verified.append(verify_inspection(stores, one))
    findings = [finding for one in verified for finding in one.findings]
    findings += [] if inspection_id else verify_public(stores, everything)
    entries = f"{sum(one.entries for one in verified):,} entries"
    checked = {
        "chain": entries,
        "rule": entries,
        "artefact": f"{sum(one.artefacts for one in verified):,} artefacts",
        "public": f"{sum(one.published for one in verified):,} files",
    }
    return audit_check.RecordCheck(
        layers=tuple(
            audit_check.CheckedLayer(
                layer=layer, checked=words, findings=sum(one.layer == layer for one in findings), lacked=None
            )
            for layer, words in checked.items()
        ),
        findings=tuple(
            audit_check.CheckFinding(layer=one.layer, where=one.inspection, entry=one.entry, message=one.message)
            for one in findings[:MOST_FINDINGS]
        ),
        findings_in_all=len(findings),
    )


@dataclass(slots=True)
class Sealed:
    """How far ledgers are sealed; counts over all that were asked about."""

    chain: SealChain | None = None
    trusted: Collection[VerifierKey] = ()
    fault: str | None = None
    """Why the seals could not be read."""
    entries: int = 0
    unsealed: int = 0

    def of(self, history: History) -> audit_check.Seals:
        """Say how far one ledger is sealed."""
        entries = len(history.recorded)
        sealed = self.chain.tail(f"ledger/{history.inspection_id}").length if self.chain else 0
        unsealed = max(0, entries - sealed)
        self.entries += entries
        self.unsealed += unsealed
        return self._seals(entries, unsealed)

    def of_all(self) -> audit_check.Seals:
        """Say how far all those are sealed that were asked about."""
        return self._seals(self.entries, self.unsealed)

    def _seals(self, entries: int, unsealed: int) -> audit_check.Seals:
        return audit_check.Seals(checkpoint=self._checkpoint(), entries=entries, unsealed=unsealed, fault=self.fault)

    def _checkpoint(self) -> audit_check.Checkpoint | None:
        seal = self.chain.last if self.chain else None
        if seal is None:
            return None
        signed = SignedCheckpoint.opened(seal.note, self.trusted)
        return audit_check.Checkpoint(
            seal=seal.n, at=seal.at, origin=signed.origin, size=signed.size, root=signed.root.hex()
        )


def read_sealed() -> Sealed:
    """Read the seals of the settings' server; that they cannot be read is said in the report."""
    from desk.proving import open_seals  # noqa: PLC0415 - it imports the S3 client

    try:
        seals = open_seals()
    except InspectionError as error:
        return Sealed(fault=str(error))
    return Sealed(seals.chain, seals.trusted)
