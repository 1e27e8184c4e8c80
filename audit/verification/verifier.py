"""The whole of verification: list, read, check every layer, and fold what the layers found."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from audit.verification.anchors import Anchors
from audit.verification.artefacts import check_artefacts
from audit.verification.buckets import check_buckets
from audit.verification.ledger import check_ledgers
from audit.verification.listing import Listing, check_versions, list_record
from audit.verification.public import check_public
from audit.verification.record_reader import RecordReader
from audit.verification.register import check_register
from audit.verification.results import CheckResult, Progress, fold, no_progress
from audit.verification.seals import Sealing, check_entries_sealed, check_notes, check_seals
from audit.verification.snapshot import Snapshot
from schemas.audit.check import Fault, VerifiedLayer
from schemas.errors import NotFoundError
from storage.s3.read_only import ReadOnlyBuckets


@dataclass(frozen=True, slots=True)
class VerifiedInspection:
    """What was verified of one inspection."""

    inspection: str
    entries: int
    unsealed: int
    artefacts: int
    head: str
    faults: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """Everything that was checked and found."""

    inspections: list[VerifiedInspection]
    layers: list[VerifiedLayer]
    faults: list[Fault]
    unsealed: int
    """Entries that are not sealed yet."""
    seals: int
    sealed_at: dt.datetime | None


def verify(
    buckets: ReadOnlyBuckets,
    inspection_id: str | None = None,
    *,
    anchors: Anchors | None = None,
    snapshot: Snapshot | None = None,
    with_bytes: bool = True,
    progress: Progress = no_progress,
) -> Verified:
    """Verify one inspection, or everything.

    Args:
        anchors: what is known from elsewhere; the answer names what was not given.
        snapshot: what was found whole before; everything is read and computed when left out.
        with_bytes: whether to read artefacts and public files too, by far the most bytes.

    Raises:
        NotFoundError: that inspection was never opened, and no entry of it is sealed.
    """
    anchors, snapshot = anchors or Anchors(), snapshot or Snapshot()
    reader = RecordReader(buckets.ledger, snapshot)
    progress("listing", 0, 0)
    listing = list_record(buckets.ledger, inspection_id)
    records, unreadable_records = reader.read(listing.register)
    register, of_register = check_register(records, anchors)
    seals, unreadable_seals = reader.read(listing.seals)
    sealing, of_seals = check_seals(seals, records, register, anchors)
    gone = _gone(listing, sealing, inspection_id)
    if inspection_id and inspection_id not in (*listing.ledgers, *gone):
        raise NotFoundError(f"{inspection_id}: no such inspection; `ncpi status` lists them all")
    ledgers, of_ledgers = check_ledgers(reader, listing.ledgers, gone, register, progress)
    results = [
        check_versions(listing),
        CheckResult([*unreadable_records, *unreadable_seals]),
        of_register,
        of_seals,
        check_notes(anchors.notes, sealing),
        of_ledgers,
        CheckResult([fault for one in ledgers for fault in check_entries_sealed(one, sealing)]),
        check_buckets(buckets.rules()),
    ]
    if with_bytes:
        progress("artefacts", 0, 0)
        artefacts, of_artefacts = check_artefacts(buckets.private, ledgers, snapshot, inspection_id)
        progress("public files", 0, 0)
        results += [of_artefacts, check_public(buckets.public, ledgers, artefacts, snapshot, inspection_id)]
    else:
        artefacts = []
        missing = "their bytes (left out: --ledger-only)"
        results.append(
            CheckResult(
                checked={"artefact": "nothing", "public": "nothing"}, missing={"artefact": missing, "public": missing}
            )
        )
    layers, faults = fold(results)
    found = Counter(fault.where for fault in faults)
    named = Counter(artefact.inspection for artefact in artefacts)
    inspections = [
        VerifiedInspection(
            inspection=one.inspection,
            entries=len(one.lines),
            unsealed=sum(line.key not in sealing.place_of for line in one.lines),
            artefacts=named[one.inspection],
            head=one.head,
            faults=found[one.inspection],
        )
        for one in ledgers
    ]
    return Verified(
        inspections=inspections,
        layers=layers,
        faults=faults,
        unsealed=sum(one.unsealed for one in inspections),
        seals=sealing.chain.count,
        sealed_at=sealing.times[-1] if sealing.times else None,
    )


def _gone(listing: Listing, sealing: Sealing, inspection_id: str | None) -> list[str]:
    """List the inspections of which something was sealed and nothing is left."""
    sealed = {chain.removeprefix("ledger/") for chain in sealing.chain.chains if chain.startswith("ledger/")}
    return sorted(name for name in sealed - listing.ledgers.keys() if inspection_id in (None, name))
