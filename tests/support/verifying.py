"""Verify what stores hold, in one line, for tests that are about something else."""

from __future__ import annotations

from typing import NamedTuple

from audit.verification import Verified, verify
from schemas.audit.check import VerificationFinding
from storage.record.stores import Stores
from storage.s3.read_only import ReadOnlyBuckets


class Looked(NamedTuple):
    """What was verified of one inspection."""

    entries: int
    published: int
    findings: tuple[VerificationFinding, ...]


def holdings_of(stores: Stores) -> ReadOnlyBuckets:
    """Return the buckets behind stores."""
    return ReadOnlyBuckets(stores.ledger._objects, stores.artefacts._objects, stores.public._objects)


def verify_inspection(stores: Stores, inspection: str) -> Looked:
    """Verify one inspection."""
    verified = verify(holdings_of(stores), inspection)
    return Looked(verified.inspections[0].entries, _published(verified), tuple(verified.findings))


def verify_public(stores: Stores, inspections: tuple[str, ...]) -> tuple[VerificationFinding, ...]:
    """Return what is public, or was, and was never recorded."""
    found = verify(holdings_of(stores)).findings
    return tuple(finding for finding in found if finding.layer == "public" and finding.entry is None)


def _published(verified: Verified) -> int:
    return next(int(layer.checked.split()[0]) for layer in verified.layers if layer.layer == "public")
