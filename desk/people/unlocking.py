"""A person's key for the time of an act: read from the store and opened with their passphrase."""

from __future__ import annotations

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.people.membership import Membership
from domain.people.register import Register
from domain.signing import KeySigner
from schemas.errors import RefusedError
from schemas.lifecycle.entry import Actor
from schemas.people.roles import Role
from storage.secrets.sealed_keys import SealedKeys


def unlock(register: Register, boxes: SealedKeys, person: str, passphrase: str) -> Ed25519PrivateKey:
    """Open a person's newest key.

    Raises:
        RefusedError: they have no key of the register, or the passphrase does not open it.
        ArtefactError: the sealed key is gone or altered.
    """
    member = check_role_held(register, person)
    if member.box is None:
        message = f"{person}: expected a key of the register, found none: that person logs in at a provider"
        raise RefusedError(message)
    return boxes.open(person, member.box, passphrase)


def check_role_held(register: Register, person: str, role: Role | None = None) -> Membership:
    """Return a member, if they hold that role.

    Raises:
        RefusedError: they are not a member, or hold other roles.
    """
    member = register.member(person)
    if member is None:
        message = f"{person}: expected a member of the register, found none; ask an admin (`ncpi people list`)"
        raise RefusedError(message)
    if role is not None and role not in member.roles:
        held = " and ".join(one.value for one in member.roles)
        message = f"{person}: expected to act as {role.value}, but holds {held}; ask an admin"
        raise RefusedError(message)
    return member


def key_signer(register: Register, boxes: SealedKeys, person: str, role: Role, passphrase: str) -> KeySigner:
    """Open a person's key to act in one of their roles.

    Raises:
        RefusedError: they do not hold that role, have no key of the register, or the passphrase does not open it.
        ArtefactError: the sealed key is gone or altered.
    """
    member = check_role_held(register, person, role)
    key = unlock(register, boxes, person, passphrase)
    return KeySigner(Actor(person=person, role=role, assurance="person-key"), key, force=member.force)
