"""Somebody who reads: named by the environment, signed in without a passphrase."""

from __future__ import annotations

import pytest

from domain.signing import Signer
from schemas.people.roles import Role
from tests.support.people import FORCE, signer


def sign_in_as(monkeypatch: pytest.MonkeyPatch, person: str, role: Role) -> None:
    """Have every command read for this person; a force liaison speaks for the force of the register of everybody."""

    def sign_in(person: str, role: Role, **_: object) -> Signer:
        return signer(person, role, FORCE if role is Role.FORCE_LIAISON else None)

    monkeypatch.setattr("desk.people.sign_in.sign_in", sign_in)
    monkeypatch.setenv("NCPI_PERSON", person)
    monkeypatch.setenv("NCPI_ROLE", role.value)
