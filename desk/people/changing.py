"""Change members of the register: their key, their roles, or their membership itself."""

from __future__ import annotations

from desk.people.registry import Registry, by_key, record_by
from desk.people.unlocking import unlock
from domain.people.register import Register, StoredRecord
from domain.signing import Signer, public_key_of
from schemas.errors import RefusedError
from schemas.people.register import Revoked, RolesChanged, Rotated
from schemas.people.roles import Role
from schemas.text import CharacterError, normal


def rotate(registry: Registry, person: str, passphrase: str, new_passphrase: str) -> StoredRecord:
    """Replace a person's key and its passphrase; what the old key signed stays valid.

    Raises:
        RefusedError: they have no key of the register, the passphrase does not open it, the new one is too short, or
            something that they signed is not sealed yet.
    """
    register = registry.register.read()
    registry.check_all_sealed(person)
    old = unlock(register, registry.boxes, person, passphrase)
    new = registry.make_key()
    box = registry.boxes.keep(person, new, new_passphrase)
    body = Rotated(key=public_key_of(new), box=box)
    return registry.record(lambda _: body, by=person, subject=person, signatures=[by_key(old), by_key(new)])


def revoke(registry: Registry, signer: Signer, person: str, reason: str) -> StoredRecord:
    """End a person's key, login, roles and open invitation, as an admin or as that person.

    Raises:
        RefusedError: a rule does not allow it, or nobody would be left to let anybody in; nothing was written.
    """
    try:
        form = normal(reason)
    except CharacterError as error:
        raise RefusedError(f"{person}: the reason {error}") from None

    def body(register: Register) -> Revoked:
        if register.state.admins == (person,):
            raise RefusedError(
                f"{person}: expected another admin to be left, found none; invite one first (docs/operations.md)"
            )
        return Revoked(reason=form)

    return record_by(registry, body, signer, person)


def change_roles(
    registry: Registry, admin: Signer, person: str, roles: tuple[Role, ...], *, force: str | None = None
) -> StoredRecord:
    """Set a member's roles: these and no others.

    Raises:
        RefusedError: a rule does not allow it, or something that they signed in a role that ends is not sealed yet;
            nothing was written. hmi and admin are given by invitation alone.
    """

    def body(register: Register) -> RolesChanged:
        member = register.member(person)
        if member and (set(member.roles) - set(roles) or member.force != force):
            registry.check_all_sealed(person)
        return RolesChanged(roles=roles, force=force)

    return record_by(registry, body, admin, person)
