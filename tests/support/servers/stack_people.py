"""The people of `people.py` on a running stack: enrolled without scrypt, signing without a prompt."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from deployments.demo.people import DemoPerson
from domain.signing import KeySigner
from schemas.people.roles import Role
from storage.s3.objects import open_bucket
from storage.settings import Bucket, Duty, read_settings
from tests.support.people import book_of_everybody, signer

if TYPE_CHECKING:
    import pytest


class ReadyPeople:
    """Signs for the people of the demonstration."""

    def signer(self, who: DemoPerson) -> KeySigner:
        return signer(who.person, who.role, who.force)


def enrol_everybody(environment: Mapping[str, str]) -> None:
    """Store a register of everybody in the ledger bucket of a stack whose settings this process has."""
    book = book_of_everybody(
        seal_key=environment["NCPI_SEAL_PUBLIC_KEY"], service_key=environment["NCPI_SERVICE_PUBLIC_KEY"]
    )
    book.put(open_bucket(Bucket.LEDGER, Duty.LEDGER, read_settings()))


def sign_in_without_asking(patch: pytest.MonkeyPatch) -> None:
    """Let commands sign with the keys of `people.py`; how people sign in has tests of its own."""

    def sign_in(
        person: str,
        role: Role,
        *,
        passphrase_file: Path | None = None,
        needs_step_up: bool = False,
    ) -> KeySigner:
        return signer(person, role)

    patch.setattr("desk.people.sign_in.sign_in", sign_in)
