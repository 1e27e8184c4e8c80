"""A signature in a record: the key, and its signature of the record's `statement`."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from schemas.model import Record

PublicKey = Annotated[str, StringConstraints(strict=True, pattern=r"^[0-9a-f]{64}$")]
"""The 32 bytes of an Ed25519 public key (RFC 8032), lower-case hexadecimal."""


class Signature(Record):
    """A signature that only the holder of the key can have made."""

    key: PublicKey
    value: Annotated[str, StringConstraints(strict=True, pattern=r"^[A-Za-z0-9+/]{86}==$")] = Field(
        description="The 64 bytes of the Ed25519 signature, base64"
    )
    certificate: Annotated[
        str | None,
        StringConstraints(strict=True, max_length=8_000, pattern=r"^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$"),
    ] = Field(
        default=None,
        description="ID token by which an identity provider binds the key to a person; None for a key of the register",
    )
