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
    member = find_member(register, person)
    if member.box is None:
        raise RefusedError(f"{person}: expected a key of the register, found none: that person logs in at a provider")
    return boxes.open(person, member.box, passphrase)


def find_member(register: Register, person: str) -> Membership:
    """Return a member of the register.

    Raises:
        RefusedError: there is none of that name.
    """
    member = register.member(person)
    if member is None and any(one.subject == person for one in register.state.invitations.values()):
        raise RefusedError(
            f"{person}: is invited and has not enrolled yet; run `ncpi people enrol --person {person}` with the "
            "one-time code first"
        )
    if member is None:
        raise RefusedError(
            f"{person}: expected a member of the register, found none; ask an admin (`ncpi people list`)"
        )
    return member


def key_signer(register: Register, boxes: SealedKeys, person: str, role: Role, passphrase: str) -> KeySigner:
    """Open a person's key to act in the role that they claim.

    Raises:
        RefusedError: they have no key of the register, or the passphrase does not open it.
        ArtefactError: the sealed key is gone or altered.
    """
    member = find_member(register, person)
    key = unlock(register, boxes, person, passphrase)
    actor = Actor(person=person, role=role, assurance="person-key")
    return KeySigner(actor, key, force=member.force, is_role_held=role in member.roles)
