"""One-time codes of invitations: made once, shown once, kept nowhere. The register holds the public key they make."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from schemas.errors import RefusedError

CODE_BYTES: Final = 20
"""160 random bits: too many to guess, so that one hash is enough to make the key."""
_PREFIX: Final = b"ncpi-code-v1\n"
_GROUP: Final = 4


def code_of(drawn: bytes) -> str:
    """Write drawn bytes as people type them: `ABCD-EFGH-…`."""
    text = base64.b32encode(drawn).decode()
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def key_of_code(code: str) -> Ed25519PrivateKey:
    """Make the key of a code, however it is spaced and cased.

    Raises:
        RefusedError: it is no code; it is not shown.
    """
    text = "".join(code.split()).replace("-", "").upper()
    try:
        drawn = base64.b32decode(text)
    except (binascii.Error, ValueError):
        drawn = b""
    if len(drawn) != CODE_BYTES:
        raise RefusedError(
            "expected a one-time code of 8 groups of 4 letters and digits, found something else; copy it again"
        )
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(_PREFIX + drawn).digest())
