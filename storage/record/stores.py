"""The stores of the record, each opened with the credential of the duty that works on it."""

from __future__ import annotations

from dataclasses import dataclass

from storage.record.accuracy_copies import AccuracyCopies
from storage.record.artefacts import Artefacts
from storage.record.ledger import Ledger
from storage.record.public import Public
from storage.record.register import RegisterStore
from storage.s3.objects import open_bucket
from storage.s3.read_cache import ReadCache, shared_cache
from storage.settings import Bucket, Duty, Settings


@dataclass(frozen=True, slots=True)
class Stores:
    """The ledgers, artefacts, copies for the forces, public files and register."""

    ledger: Ledger
    artefacts: Artefacts
    accuracy_copies: AccuracyCopies
    public: Public
    register: RegisterStore


def open_stores(settings: Settings) -> Stores:
    """Open the stores for the stages: to append to the ledger, store artefacts and publish."""
    return _open(settings, Duty.LEDGER, Duty.INTAKE, Duty.PUBLISH, shared_cache())


def open_for_audit(settings: Settings, cache: ReadCache | None = None) -> Stores:
    """Open the stores with the auditor's key, which writes nothing; without a cache all is read from the server."""
    return _open(settings, Duty.AUDITOR, Duty.AUDITOR, Duty.AUDITOR, cache)


def _open(settings: Settings, ledger: Duty, private: Duty, public: Duty, cache: ReadCache | None) -> Stores:
    ledger_bucket = open_bucket(Bucket.LEDGER, ledger, settings)
    private_bucket = open_bucket(Bucket.PRIVATE, private, settings)
    return Stores(
        ledger=Ledger(ledger_bucket, cache),
        artefacts=Artefacts(private_bucket),
        accuracy_copies=AccuracyCopies(private_bucket),
        public=Public(open_bucket(Bucket.PUBLIC, public, settings), cache),
        register=RegisterStore(ledger_bucket, cache),
    )
