"""Keys of made-up people, the same in every run: a test signs without a passphrase and without a register."""

from __future__ import annotations

import hashlib
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.signing import KeySigner
from schemas.entry import Actor
from schemas.roles import Role


def key_of(name: str) -> Ed25519PrivateKey:
    """Give the key of somebody, the same whenever it is asked for."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(name.encode()).digest())


def signer(person: str, role: Role, force: str | None = None) -> KeySigner:
    """Give somebody who signs in a role."""
    return KeySigner(Actor(person=person, role=role, assurance="person-key"), key_of(person), force=force)


SERVICE: Final = KeySigner(Actor(person="ncpi", role=Role.SERVICE, assurance="service"), key_of("ncpi"))
