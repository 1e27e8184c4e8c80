"""Sign records and verify signatures: Ed25519 (RFC 8032), which needs no randomness."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from schemas.lifecycle.entry import Actor, Entry, UnsignedEntry
from schemas.people.signature import Signature


class Signer(Protocol):
    """A person or the stages, able to sign as themselves."""

    @property
    def actor(self) -> Actor:
        """Person, role and assurance, as recorded in the entry."""

    @property
    def force(self) -> str | None:
        """Slug of a force liaison's force; None for everybody else."""

    @property
    def is_role_held(self) -> bool:
        """Whether the register gives the person the role that they claim."""

    def sign(self, statement: bytes) -> Signature:
        """Return the signature of a statement."""


@dataclass(frozen=True, slots=True)
class KeySigner:
    """A signer with a private key in memory."""

    actor: Actor
    key: Ed25519PrivateKey
    certificate: str | None = None
    """ID token that binds the key to the person; None for a key of the register."""
    force: str | None = None
    is_role_held: bool = True

    @property
    def public_key(self) -> str:
        """The public half of the key, as records hold it."""
        return public_key_of(self.key)

    def sign(self, statement: bytes) -> Signature:
        """Return the signature of a statement."""
        return sign(self.key, statement, self.certificate)


def sign(key: Ed25519PrivateKey, statement: bytes, certificate: str | None = None) -> Signature:
    """Return the Ed25519 signature of a statement."""
    return Signature(
        key=public_key_of(key), value=base64.b64encode(key.sign(statement)).decode(), certificate=certificate
    )


def public_key_of(key: Ed25519PrivateKey) -> str:
    """Return the public half as records hold it: 64 hexadecimal digits."""
    return key.public_key().public_bytes_raw().hex()


def is_valid_signature(statement: bytes, signature: Signature) -> bool:
    """Return whether a signature's key signed this statement; the register says whose key it is."""
    return is_signed_by(bytes.fromhex(signature.key), base64.b64decode(signature.value), statement)


def is_signed_by(public_key: bytes, signature: bytes, data: bytes) -> bool:
    """Return whether a key of 32 bytes signed this data."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, data)
    except InvalidSignature:
        return False
    return True


def sign_entry(content: UnsignedEntry, signer: Signer) -> Entry:
    """Return the entry with this content, signed by its actor."""
    return Entry(**dict(content), signature=signer.sign(content.statement))
