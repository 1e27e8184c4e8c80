"""The stores of the record, each opened with the credential of the duty that works on it."""

from __future__ import annotations

from dataclasses import dataclass

from storage.record.artefacts import Artefacts
from storage.record.ledger import Ledger
from storage.record.public import Public
from storage.record.register import RegisterStore
from storage.s3.objects import open_bucket
from storage.s3.read_cache import shared_cache
from storage.settings import Bucket, Duty, Settings, read_settings


@dataclass(frozen=True, slots=True)
class Stores:
    """The ledgers, artefacts, public files and register."""

    ledger: Ledger
    artefacts: Artefacts
    public: Public
    register: RegisterStore


def open_stores(settings: Settings | None = None) -> Stores:
    """Open the stores for the stages: to append to the ledger, store artefacts and publish."""
    settings = settings or read_settings()
    ledger = open_bucket(Bucket.LEDGER, Duty.LEDGER, settings)
    return Stores(
        ledger=Ledger(ledger, shared_cache()),
        artefacts=Artefacts(open_bucket(Bucket.PRIVATE, Duty.INTAKE, settings)),
        public=Public(open_bucket(Bucket.PUBLIC, Duty.PUBLISH, settings), shared_cache()),
        register=RegisterStore(ledger, shared_cache()),
    )


def open_for_audit(settings: Settings | None = None) -> Stores:
    """Open the stores with the auditor's key, which writes nothing."""
    settings = settings or read_settings()
    ledger = open_bucket(Bucket.LEDGER, Duty.AUDITOR, settings)
    return Stores(
        ledger=Ledger(ledger),
        artefacts=Artefacts(open_bucket(Bucket.PRIVATE, Duty.AUDITOR, settings)),
        public=Public(open_bucket(Bucket.PUBLIC, Duty.AUDITOR, settings)),
        register=RegisterStore(ledger),
    )
