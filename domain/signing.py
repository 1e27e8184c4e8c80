"""Sign a record, and tell whether a signature is one: Ed25519 (RFC 8032), which needs no randomness."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from schemas.lifecycle.entry import Entry
from schemas.people.signature import Signature

if TYPE_CHECKING:
    from schemas.lifecycle.entry import Actor, UnsignedEntry


class Signer(Protocol):
    """Whoever acts: who they are, and the one thing that nobody else can do."""

    @property
    def actor(self) -> Actor:
        """Person, role and assurance, as the entry bears them."""
        ...

    @property
    def force(self) -> str | None:
        """Slug of the force that a force liaison speaks for; None for everybody else."""
        ...

    def sign(self, statement: bytes) -> Signature:
        """Sign what an entry says."""
        ...


@dataclass(frozen=True, slots=True)
class KeySigner:
    """Signs with a private key in memory."""

    actor: Actor
    key: Ed25519PrivateKey
    certificate: str | None = None
    """ID token that binds the key to the person; None for a key of the register."""
    force: str | None = None

    def sign(self, statement: bytes) -> Signature:
        """Sign what an entry says."""
        return sign(self.key, statement, self.certificate)


def sign(key: Ed25519PrivateKey, statement: bytes, certificate: str | None = None) -> Signature:
    """Sign bytes."""
    return Signature(
        key=public_key_of(key), value=base64.b64encode(key.sign(statement)).decode(), certificate=certificate
    )


def public_key_of(key: Ed25519PrivateKey) -> str:
    """Return the public half as records bear it."""
    return key.public_key().public_bytes_raw().hex()


def is_valid_signature(statement: bytes, signature: Signature) -> bool:
    """Return whether the key of a signature has signed these bytes; whose key it is the register says."""
    public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(signature.key))
    try:
        public.verify(base64.b64decode(signature.value), statement)
    except InvalidSignature:
        return False
    return True


def sign_entry(content: UnsignedEntry, signer: Signer) -> Entry:
    """Return the entry that says this, signed by its actor."""
    return Entry(**dict(content), signature=signer.sign(content.statement))
