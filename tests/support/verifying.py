"""Verify what stores hold, in one line, for tests that are about something else."""

from __future__ import annotations

from typing import NamedTuple

from audit.verification import Verified, verify
from schemas.audit.check import Fault
from storage.record.stores import Stores
from storage.s3.read_only import ReadOnlyBuckets


class Looked(NamedTuple):
    """What was verified of one inspection."""

    entries: int
    published: int
    faults: tuple[Fault, ...]


def holdings_of(stores: Stores) -> ReadOnlyBuckets:
    """Return the buckets behind stores."""
    return ReadOnlyBuckets(stores.ledger._objects, stores.artefacts._objects, stores.public._objects)


def verify_inspection(stores: Stores, inspection: str) -> Looked:
    """Verify one inspection."""
    verified = verify(holdings_of(stores), inspection)
    return Looked(verified.inspections[0].entries, _published(verified), tuple(verified.faults))


def verify_public(stores: Stores, inspections: tuple[str, ...]) -> tuple[Fault, ...]:
    """Return what is public, or was, and was never recorded."""
    found = verify(holdings_of(stores)).faults
    return tuple(fault for fault in found if fault.layer == "public" and fault.entry is None)


def _published(verified: Verified) -> int:
    return next(int(layer.checked.split()[0]) for layer in verified.layers if layer.layer == "public")
