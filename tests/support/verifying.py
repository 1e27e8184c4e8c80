"""Verify what stores hold, in one line, for tests that are about something else."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from audit.export import export
from audit.verification import Verified, verify
from schemas.audit.check import Fault
from storage.record.stores import Stores
from storage.s3.bucket_rules import RulesRead
from storage.s3.read_only import ReadOnlyBuckets
from tests.support.stand_alone import STAND_ALONE

if TYPE_CHECKING:
    from tests.support.world import World


class Looked(NamedTuple):
    """What was verified of one inspection."""

    entries: int
    published: int
    faults: tuple[Fault, ...]


def holdings_of(stores: Stores) -> ReadOnlyBuckets:
    """Return the buckets behind stores."""
    return ReadOnlyBuckets(stores.ledger._objects, stores.artefacts._objects, stores.public._objects, RulesRead)


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


def found_by_both(world: World, folder: Path) -> list[str]:
    """Return what each verifier finds."""
    buckets = holdings_of(world.stores)
    found = [f"product: {one.layer} {one.entry} {one.message}" for one in verify(buckets).faults]
    export(buckets, folder, now=world.now, with_documents=True)
    verified = STAND_ALONE.verify(folder, STAND_ALONE.Anchors(None, (), ()))
    # The seal key of this world's register is none, and nothing is sealed in it.
    return found + [f"alone: {one.layer} {one.message}" for one in verified.faults if one.layer != "register"]
