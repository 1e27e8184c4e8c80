"""Found the register; invite, confirm and enrol people."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Final

from desk.people.code import CODE_BYTES, code_of, key_of_code
from desk.people.registry import Registry, by_key, record_by
from domain.people.membership import Invitation, Login
from domain.people.register import Register, StoredRecord
from domain.signing import Signer, public_key_of
from schemas.errors import RefusedError
from schemas.people.register import Confirmed, Enrolled, Founded, Invited
from schemas.people.roles import Role

HOLDS: Final = dt.timedelta(days=7)
"""How long an invitation is valid by default."""


@dataclass(frozen=True, slots=True)
class Invitee:
    """An invitation as it was recorded, with the code, which is shown only now."""

    recorded: StoredRecord
    code: str | None
    """None where the person logs in at a provider."""
    needs_second: bool
    """Whether a second admin must confirm it before it can be used."""


def found(registry: Registry, person: str, passphrase: str, *, service_key: str, seal_key: str) -> StoredRecord:
    """Found the register with its first admin.

    Raises:
        RefusedError: there is a register, or the passphrase is too short.
    """
    register = registry.register.read()
    if register.is_founded:
        raise RefusedError(
            f"{person}: the register was already founded, by {register.records[0].by}; ask an admin to invite you"
        )
    key = registry.make_key()
    box = registry.boxes.keep(person, key, passphrase)
    body = Founded(key=public_key_of(key), box=box, service_key=service_key, seal_key=seal_key)
    return registry.record(lambda _: body, by=person, subject=person, signatures=[by_key(key)])


def invite(
    registry: Registry,
    admin: Signer,
    person: str,
    roles: tuple[Role, ...],
    *,
    force: str | None = None,
    holds: dt.timedelta = HOLDS,
    login: Login | None = None,
    draw: bytes | None = None,
) -> Invitee:
    """Invite a person by a one-time code, or by their login at a provider.

    Args:
        draw: the bytes of the code; drawn here when left out.

    Raises:
        RefusedError: a rule does not allow it; nothing was written.
    """
    code = None if login else code_of(draw or secrets.token_bytes(CODE_BYTES))
    body = Invited(
        roles=roles,
        force=force,
        until=(registry.clock() + holds).replace(microsecond=0),
        code_key=public_key_of(key_of_code(code)) if code else None,
        issuer=login.issuer if login else None,
        login=login.sub if login else None,
    )
    recorded = record_by(registry, lambda _: body, admin, person)
    waiting = registry.register.read().state.invitations.get(recorded.digest)
    return Invitee(recorded, code, needs_second=waiting is not None and waiting.needs_confirmation)


def confirm(registry: Registry, admin: Signer, person: str) -> StoredRecord:
    """Agree, as a second admin, to the invitation of a person that waits.

    Raises:
        RefusedError: there is none, or a rule does not allow it; nothing was written.
    """
    return record_by(registry, lambda register: Confirmed(invitation=_waiting(register, person).digest), admin, person)


def enrol(registry: Registry, person: str, code: str, passphrase: str) -> StoredRecord:
    """Accept an invitation: make the person's key, seal it under their passphrase, and sign with it and the code.

    Raises:
        RefusedError: no invitation waits for that person and code, or the passphrase is too short.
    """
    register = registry.register.read()
    invitation, code_key = _waiting(register, person), key_of_code(code)
    if invitation.body.code_key != public_key_of(code_key):
        raise RefusedError(f"{person}: expected the one-time code of the newest invitation, found another")
    key = registry.make_key()
    box = registry.boxes.keep(person, key, passphrase)
    body = Enrolled(invitation=invitation.digest, key=public_key_of(key), box=box)
    return registry.record(lambda _: body, by=person, subject=person, signatures=[by_key(key), by_key(code_key)])


def _waiting(register: Register, person: str) -> Invitation:
    found_one = next((one for one in register.state.invitations.values() if one.subject == person), None)
    if found_one is None:
        raise RefusedError(f"{person}: expected an invitation that waits, found none; ask an admin to invite")
    return found_one
