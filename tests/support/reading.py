"""Somebody who reads: named by the environment, signed in without a passphrase."""

from __future__ import annotations

import pytest

import audit.proofs
import storage.record.stores
import storage.s3.read_only
from domain.sealing.note import verifier_key_of
from domain.signing import Signer
from schemas.people.roles import Role
from storage.s3.bucket_rules import RulesRead
from storage.settings import Bucket
from tests.support.pages.audit_lives import ORIGIN, SEAL_KEY
from tests.support.people import FORCE, signer
from tests.support.world import World


def sign_in_as(monkeypatch: pytest.MonkeyPatch, person: str, role: Role) -> None:
    """Have every command read for this person; a force liaison speaks for the force of the register of everybody."""

    def sign_in(person: str, role: Role, **_: object) -> Signer:
        return signer(person, role, FORCE if role is Role.FORCE_LIAISON else None)

    monkeypatch.setattr("desk.people.sign_in.sign_in", sign_in)
    monkeypatch.setenv("NCPI_PERSON", person)
    monkeypatch.setenv("NCPI_ROLE", role.value)


def serve(monkeypatch: pytest.MonkeyPatch, world: World) -> None:
    """Have management read the buckets of a world."""
    buckets = {
        Bucket.LEDGER: world.ledger_objects,
        Bucket.PRIVATE: world.private_objects,
        Bucket.PUBLIC: world.public_objects,
    }
    monkeypatch.setenv("NCPI_S3_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("NCPI_S3_AUDITOR_ACCESS_KEY", "key")
    monkeypatch.setenv("NCPI_S3_AUDITOR_SECRET_KEY", "secret")
    sign_in_as(monkeypatch, "meera.shah", Role.MANAGEMENT)
    monkeypatch.setenv("NCPI_SEAL_PUBLIC_KEY", str(verifier_key_of(ORIGIN, SEAL_KEY)))
    for module in (audit.proofs, storage.record.stores):
        monkeypatch.setattr(module, "open_bucket", lambda bucket, _duty, _settings: buckets[bucket])
    monkeypatch.setattr(storage.s3.read_only, "FastReader", lambda bucket, _duty, _settings: buckets[bucket])
    monkeypatch.setattr(storage.s3.read_only, "read_rules", lambda _duty, _settings: RulesRead())
