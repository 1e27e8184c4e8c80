"""ID tokens as certificates: an identity provider binds a session's public key to a person's login.

The person's process makes a key pair and asks the provider for a login with the digest of the public key as `nonce`
(OpenID Connect Core 1.0, section 2). The provider signs that nonce, the login and the times into the ID token. So the
token is useless without the private key, to our own server too.
"""

from __future__ import annotations

import datetime as dt
import json
from functools import lru_cache
from math import isfinite
from typing import Any, Final, TypeGuard

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, Key, KeySet, OctKey, RSAKey

from domain.people.membership import Login
from schemas.identifiers import digest_of
from schemas.people.register import ProviderRegistered

SESSION_PREFIX: Final = b"ncpi-session-v1\n"
ALGORITHMS: Final = ("RS256", "ES256")
"""Public-key signatures only: neither `none` nor a shared secret."""
STEP_UP_SECONDS: Final = 300
LEEWAY_SECONDS: Final = 5
"""How far the provider's clock may be ahead of ours: a token that was issued a moment later by it is accepted."""
"""How long after a login an act that needs step-up may follow."""
_KEY_OF: Final[dict[str, type[RSAKey | ECKey]]] = {"RS256": RSAKey, "ES256": ECKey}
_MIN_RSA_BITS: Final = 2048


def nonce_of(public_key: str) -> str:
    """Return the nonce that binds a session's public key (hexadecimal) to a login."""
    return digest_of(SESSION_PREFIX + bytes.fromhex(public_key))


def fault_of_certificate(
    token: str, provider: ProviderRegistered, login: Login, public_key: str, at: dt.datetime, *, needs_step_up: bool
) -> str | None:
    """Return why an ID token does not bind a key to a login at an instant; None when it does.

    Args:
        provider: as registered at that instant.
        needs_step_up: whether the login must be fresh, at most `STEP_UP_SECONDS` old.
    """
    claims = claims_of(token, provider.keys)
    if isinstance(claims, str):
        return claims
    expected: dict[str, object] = {"iss": provider.issuer, "sub": login.sub, "nonce": nonce_of(public_key)}
    if fault := next((name for name, value in expected.items() if claims.get(name) != value), None):
        return f"expected an ID token with the {fault} of this login and key, found another"
    if claims.get("aud") not in (provider.client, [provider.client]):
        return "expected an ID token for our client alone (aud), found another"
    return _fault_of_times(claims, at.timestamp(), needs_step_up=needs_step_up)


def fault_of_keys(keys: str) -> str | None:
    """Return what is wrong with a provider's key set; None when tokens can be checked with it."""
    try:
        found = list(_key_set(keys))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, JoseError):
        return "expected the provider's public keys as a JSON Web Key Set, found something else"
    if any(isinstance(key, OctKey) or key.is_private for key in found):
        return "expected public keys, found a private or shared one: replace it at the provider, it is no longer secret"
    if not any(isinstance(key, RSAKey | ECKey) for key in found):
        return f"expected keys for {' or '.join(ALGORITHMS)}, found no RSA or EC key"
    if any(isinstance(key, RSAKey) and key.public_key.key_size < _MIN_RSA_BITS for key in found):
        return f"expected RSA keys of {_MIN_RSA_BITS} bits or more, found a shorter one"
    return None


def thumbprints_of(keys: str) -> tuple[str, ...]:
    """Return the thumbprint (RFC 7638) of each key of a valid set (`fault_of_keys`)."""
    return tuple(key.thumbprint() for key in _key_set(keys))


@lru_cache(maxsize=16)
def _key_set(keys: str) -> KeySet:
    return KeySet.import_key_set(json.loads(keys))


def claims_of(token: str, keys: str) -> dict[str, Any] | str:
    """Return the claims of a token that one of the keys signed, or what is wrong with it."""
    try:
        header = jws.extract_compact(token.encode()).headers()
        algorithm = header.get("alg")
        if algorithm not in ALGORITHMS:
            return f"expected an ID token signed by {' or '.join(ALGORITHMS)}, found another algorithm"
        key = _key_for(header.get("kid"), _KEY_OF[algorithm], _key_set(keys))
        if key is None:
            return "expected an ID token signed with a registered key of the provider, found another"
        return jwt.decode(token, key, algorithms=list(ALGORITHMS)).claims
    except (JoseError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return "expected an ID token that the provider signed, found another"


def _key_for(kid: object, kind: type[Key], keys: KeySet) -> Key | None:
    matching = [key for key in keys if isinstance(key, kind) and kid in (None, key.kid)]
    return matching[0] if len(matching) == 1 else None


def _fault_of_times(claims: dict[str, Any], at: float, *, needs_step_up: bool) -> str | None:
    issued, expires, proved = (claims.get(name) for name in ("iat", "exp", "auth_time"))
    if not (_is_instant(issued) and _is_instant(expires)):
        return "expected an ID token with the times of its validity (iat, exp), found none"
    if not issued - LEEWAY_SECONDS <= at <= expires:
        return "expected an ID token valid at that instant, found one issued later or expired"
    if not needs_step_up:
        return None
    if not _is_instant(proved) or at - proved > STEP_UP_SECONDS:
        return f"expected a login at most {STEP_UP_SECONDS} s before this act (auth_time), found an older one or none"
    return None


def _is_instant(value: object) -> TypeGuard[float]:
    """Return whether a claim is a number of seconds (RFC 7519, NumericDate)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
