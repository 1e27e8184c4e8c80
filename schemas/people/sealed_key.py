"""A private key as stored: encrypted under its person's passphrase and a secret that is not in the store."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from schemas.identifiers import PersonId
from schemas.model import Record
from schemas.people.signature import PublicKey

_Bytes = Annotated[str, StringConstraints(strict=True, max_length=128, pattern=r"^[A-Za-z0-9+/]+={0,2}$")]


class SealedKey(Record):
    """A file of the private bucket, `keys/<person>/<digest>.json`; the digest is in the register."""

    version: Literal[1] = 1
    person: PersonId
    key: PublicKey
    cost: int = Field(ge=10, le=20, description="scrypt's N is 2 to the power of this; r is 8, p is 1")
    salt: _Bytes
    nonce: _Bytes
    box: _Bytes = Field(description="The private key, 32 bytes, encrypted with AES-256-GCM; base64 like salt and nonce")
