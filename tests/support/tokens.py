"""ID tokens as a provider makes them, and as somebody who only poses as one does."""

from __future__ import annotations

import datetime as dt
import json
from functools import cache
from typing import Any, Final

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

from domain.people.id_token import nonce_of

ISSUER: Final = "https://login.example.org"
CLIENT: Final = "ncpi-desk"


def provider_key(kind: str = "RSA", bits: int = 2048) -> RSAKey | ECKey:
    """Make a key of the provider, once a test session."""
    return _made(kind, bits)


@cache
def _made(kind: str, bits: int) -> RSAKey | ECKey:
    parameters = {"kid": "the-key", "use": "sig"}
    if kind == "EC":
        return ECKey.generate_key("P-256", parameters)
    return RSAKey.generate_key(bits, parameters)


def key_set(kind: str = "RSA", bits: int = 2048, *, private: bool = False) -> str:
    """Return the key set that the provider publishes."""
    return json.dumps(KeySet([provider_key(kind, bits)]).as_dict(private=private))


def claims(public_key: str, at: dt.datetime, sub: str = "sub-1", **changes: object) -> dict[str, Any]:
    """Return what the provider says of a login just before an instant."""
    now = int(at.timestamp())
    said: dict[str, Any] = {
        "iss": ISSUER,
        "aud": CLIENT,
        "sub": sub,
        "nonce": nonce_of(public_key),
        "iat": now - 5,
        "exp": now + 3_600,
        "auth_time": now - 5,
    }
    return {name: value for name, value in {**said, **changes}.items() if value is not None}


def token(said: dict[str, Any], *, key: Any = None, **header: object) -> str:
    """Sign claims as the provider does."""
    algorithm = str(header.get("alg", "RS256"))
    return jwt.encode(
        {"alg": algorithm, "kid": "the-key", **header}, said, key or provider_key(), algorithms=[algorithm]
    )
