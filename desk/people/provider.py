"""Log in at an identity provider: authorization code with PKCE (RFC 7636), once for each session of a person.

The session's key is made here, lives in this process and is never stored. The provider signs its digest as `nonce`
into the ID token, which from then on is the certificate of what the key signs (`domain/people/id_token.py`).
"""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import httpx
from authlib.oauth2 import OAuth2Client, OAuth2Error
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desk.people.loopback import WAITS_SECONDS, Loopback
from domain.people.id_token import claims_of, fault_of_certificate, nonce_of
from domain.people.membership import Login
from domain.signing import public_key_of
from schemas.errors import RefusedError
from schemas.people.register import ProviderRegistered
from storage.clock import utc_now

FRESH_SECONDS: Final = 60
"""How old a login may be when a decision is begun: what is left of five minutes is for the decision itself."""
_DISCOVERY: Final = "/.well-known/openid-configuration"
_SAFE: Final = ("https://", "http://127.0.0.1:", "http://localhost:")
_MAX_TOKEN_LENGTH: Final = 8_000


@dataclass(frozen=True, slots=True)
class Session:
    """A key that lives as long as this process, and the ID token that says whose it is."""

    key: Ed25519PrivateKey
    certificate: str


@dataclass(frozen=True, slots=True)
class Provider:
    """An identity provider over HTTP and a browser."""

    http: httpx.Client
    show: Callable[[str], None]
    """Takes the person's browser to an address."""
    port: int = 0
    acr: str | None = None
    clock: Callable[[], dt.datetime] = utc_now
    waits_seconds: float = WAITS_SECONDS

    def log_in(self, registered: ProviderRegistered, login: Login, *, needs_step_up: bool) -> Session:
        """Have a person log in, and accept the ID token only if the register's rules do.

        Args:
            needs_step_up: whether the person must prove who they are now, whatever session the provider remembers.

        Raises:
            RefusedError: the provider or the person refused, or the token does not bind this session to that login.
        """
        addresses = self.discover(registered.issuer)
        key, verifier = Ed25519PrivateKey.generate(), secrets.token_urlsafe(48)
        with Loopback(self.port) as back:
            client = OAuth2Client(
                self.http, registered.client, scope="openid", redirect_uri=back.address, code_challenge_method="S256"
            )
            address, state = client.create_authorization_url(
                addresses["authorization_endpoint"],
                code_verifier=verifier,
                nonce=nonce_of(public_key_of(key)),
                max_age=str(FRESH_SECONDS) if needs_step_up else None,
                acr_values=self.acr if needs_step_up else None,
            )
            self.show(address)
            answer = back.wait(self.waits_seconds)
            code = _code_in(answer, state, registered.issuer)
            token = _exchange(client, addresses["token_endpoint"], code, verifier)
        session = Session(key, token)
        self._check(session, registered, login, needs_step_up=needs_step_up)
        return session

    def discover(self, issuer: str) -> dict[str, str]:
        """Ask a provider for its addresses (OpenID Connect Discovery 1.0).

        Raises:
            RefusedError: it names itself otherwise, or an address that is not safe.
        """
        configuration = _object(self.http.get(issuer.rstrip("/") + _DISCOVERY), "its configuration")
        names = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        is_safe = all(str(configuration.get(name)).startswith(_SAFE) for name in names)
        if configuration.get("issuer") != issuer or not is_safe:
            raise RefusedError(
                "identity provider: expected its own name and https addresses, found others; tell an admin"
            )
        return {name: str(configuration[name]) for name in names}

    def keys_of(self, issuer: str) -> str:
        """Read the public keys that a provider publishes, as the register holds them.

        Raises:
            RefusedError: it answers with something else.
        """
        answer = self.http.get(self.discover(issuer)["jwks_uri"])
        _object(answer, "its keys")
        return answer.text

    def _check(self, session: Session, registered: ProviderRegistered, login: Login, *, needs_step_up: bool) -> None:
        public = public_key_of(session.key)
        fault = fault_of_certificate(
            session.certificate, registered, login, public, self.clock(), needs_step_up=needs_step_up
        )
        if fault is None and needs_step_up and self.acr is not None:
            claims = claims_of(session.certificate, registered.keys)
            if isinstance(claims, str) or claims.get("acr") != self.acr:
                fault = "expected the way of logging in that NCPI_LOGIN_ACR names (acr), found another"
        if fault:
            raise RefusedError(f"identity provider: {fault}; log in again as yourself, or tell an admin")


def _code_in(answer: str, state: str, issuer: str) -> str:
    query = parse_qs(urlsplit(answer).query)
    if query.get("state") != [state] or query.get("iss", [issuer]) != [issuer]:
        raise RefusedError("identity provider: expected the answer to this login, found another's; log in again")
    if error := query.get("error"):
        raise RefusedError(
            f"identity provider: the login was refused{_error_name(error[0])}; log in again, or tell an admin"
        )
    if "code" not in query:
        raise RefusedError("identity provider: expected a code, found none; log in again")
    return query["code"][0]


def _exchange(client: OAuth2Client, address: str, code: str, verifier: str) -> str:
    client.register_compliance_hook("access_token_response", _check_status)
    try:
        # We have no secret there, so the client is named in the body and nothing else is sent with the request.
        tokens = client.fetch_token(
            address,
            grant_type="authorization_code",
            code=code,
            code_verifier=verifier,
            client_id=client.client_id,
            auth=httpx.Auth(),
        )
    except OAuth2Error as error:
        raise RefusedError(
            f"identity provider: expected a token, found an error{_error_name(error.error)}; tell an admin"
        ) from None
    except (ValueError, TypeError, OverflowError, httpx.HTTPStatusError) as error:
        if isinstance(error, httpx.HTTPStatusError) and error.response.is_server_error:
            raise
        raise RefusedError("identity provider: expected a token, found something else; tell an admin") from None
    token = tokens.get("id_token")
    if not isinstance(token, str) or len(token) > _MAX_TOKEN_LENGTH:
        raise RefusedError(
            f"identity provider: expected an ID token of at most {_MAX_TOKEN_LENGTH} characters, found none"
        )
    return token


def _check_status(answer: httpx.Response) -> httpx.Response:
    """Refuse tokens in an answer that is no success; Authlib itself refuses an answer that names an error."""
    if not answer.is_success and "error" not in answer.json():
        answer.raise_for_status()
    return answer


def _object(answer: httpx.Response, what: str) -> dict[str, Any]:
    if answer.is_server_error:
        answer.raise_for_status()
    try:
        found = answer.json()
    except ValueError:
        found = None
    if not answer.is_success or not isinstance(found, dict):
        raise RefusedError(f"identity provider: expected {what}, found status {answer.status_code}; tell an admin")
    return found


def _error_name(name: object) -> str:
    """Return the name of an OAuth error, if it is one and not arbitrary text that somebody sent."""
    is_name = isinstance(name, str) and name.isascii() and name.replace("_", "").isalpha()
    return f" ({name[:40]})" if isinstance(name, str) and is_name else ""
