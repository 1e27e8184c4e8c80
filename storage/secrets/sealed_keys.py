"""Private keys of people in the private bucket, each sealed so that only its owner can use it.

Passphrase -> scrypt -> HMAC-SHA-256 with the pepper -> AES-256-GCM, bound to the person and the public key. No hash of
the passphrase is stored: each guess must try to open the sealed key, and needs the pepper, which is in no bucket.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
import unicodedata
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import ValidationError

from domain.signing import public_key_of
from schemas.errors import ArtefactError, NotFoundError, RefusedError
from schemas.identifiers import digest_of
from schemas.people.sealed_key import SealedKey
from storage import keys
from storage.s3.objects import Objects

COST: Final = 17
"""scrypt's N, as a power of two: half a second and 128 MiB for each guess."""
MIN_PASSPHRASE_LENGTH: Final = 12
_PREFIX: Final = b"ncpi-sealed-key-v1\n"
_BLOCK: Final = 8


class SealedKeys:
    """The sealed keys of all people."""

    def __init__(self, objects: Objects, pepper: bytes, cost: int = COST) -> None:
        """Work on the private bucket.

        Args:
            pepper: the secret that is in no bucket.
            cost: of keys that are sealed from now on; lower in tests alone.
        """
        self._objects = objects
        self._pepper = pepper
        self._cost = cost

    def keep(self, person: str, key: Ed25519PrivateKey, passphrase: str) -> str:
        """Seal and store a person's private key; return the digest by which the register names it.

        Raises:
            RefusedError: the passphrase is too short.
        """
        if len(_normal(passphrase)) < MIN_PASSPHRASE_LENGTH:
            raise RefusedError(
                f"{person}: expected a passphrase of {MIN_PASSPHRASE_LENGTH} characters or more, found a shorter one"
            )
        data = self._sealed(person, key, passphrase).to_bytes()
        digest = digest_of(data)
        self._objects.create(keys.sealed_key(person, digest), data, "application/json")
        return digest

    def open(self, person: str, digest: str, passphrase: str) -> Ed25519PrivateKey:
        """Return the private key that a passphrase opens.

        Raises:
            RefusedError: wrong passphrase, or the pepper of another installation; it is not known which.
            ArtefactError: the sealed key is missing or was altered.
        """
        sealed = self._read(person, digest)
        secret = _secret(passphrase, _bytes(sealed.salt), sealed.cost, self._pepper)
        try:
            raw = AESGCM(secret).decrypt(_bytes(sealed.nonce), _bytes(sealed.box), _bound(person, sealed.key))
        except InvalidTag:
            raise RefusedError(
                f"{person}: the passphrase does not open the key; try again, or see docs/operations.md if lost"
            ) from None
        key = Ed25519PrivateKey.from_private_bytes(raw)
        if public_key_of(key) != sealed.key:
            raise _altered(person, digest)
        return key

    def _sealed(self, person: str, key: Ed25519PrivateKey, passphrase: str) -> SealedKey:
        salt, nonce, public = secrets.token_bytes(16), secrets.token_bytes(12), public_key_of(key)
        secret = _secret(passphrase, salt, self._cost, self._pepper)
        box = AESGCM(secret).encrypt(nonce, key.private_bytes_raw(), _bound(person, public))
        return SealedKey(
            person=person, key=public, cost=self._cost, salt=_text(salt), nonce=_text(nonce), box=_text(box)
        )

    def _read(self, person: str, digest: str) -> SealedKey:
        try:
            data = self._objects.read(keys.sealed_key(person, digest))
        except NotFoundError:
            raise ArtefactError(
                f"{person}: expected the registered sealed key {digest[:12]}…, found none; restore it from a backup"
            ) from None
        try:
            sealed = SealedKey.from_bytes(data)
        except ValidationError:
            raise _altered(person, digest) from None
        if digest_of(data) != digest or sealed.person != person:
            raise _altered(person, digest)
        return sealed


def _secret(passphrase: str, salt: bytes, cost: int, pepper: bytes) -> bytes:
    size = 2**cost
    slow = hashlib.scrypt(
        _normal(passphrase).encode(), salt=salt, n=size, r=_BLOCK, p=1, maxmem=2 * 128 * size * _BLOCK, dklen=32
    )
    return hmac.digest(pepper, slow, "sha256")


def _normal(passphrase: str) -> str:
    """Return a passphrase in one form, whatever keyboard and system it came from."""
    return unicodedata.normalize("NFKC", passphrase)


def _bound(person: str, public_key: str) -> bytes:
    return _PREFIX + f"{person}\n{public_key}".encode()


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    return base64.b64decode(text)


def _altered(person: str, digest: str) -> ArtefactError:
    return ArtefactError(
        f"{person}: sealed key {digest[:12]}… is not what was registered; tell management, and restore it from a backup"
    )
