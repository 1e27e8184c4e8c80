"""Entries signed by people of a small register, and ID tokens that no verifier may accept."""

from __future__ import annotations

import base64
import datetime as dt
import hmac
import json
from typing import Any

from joserfc.jwk import RSAKey

from domain.people.id_token import nonce_of
from domain.signing import KeySigner, Signer, public_key_of, sign_entry
from schemas.lifecycle.entry import Actor, Entry, UnsignedEntry
from schemas.lifecycle.moves import Kind
from schemas.people.register import Invited, ProviderRegistered
from schemas.people.roles import Role
from tests.support.people import (
    FIRST_ADMIN,
    Book,
    book_of_everybody,
    key_for,
    signer,
)
from tests.support.tokens import CLIENT, ISSUER, claims, key_set, provider_key, token

AT = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)


HMI = signer("dru.sharpling", Role.HMI)


SESSION = key_for("a session of new.person")


def entry(who: Signer, *, at: dt.datetime = AT, inspection: str = "south-wales-2015", **changes: object) -> Entry:
    said: dict[str, Any] = {
        "inspection": inspection,
        "seq": 4,
        "id": "report.approved/00000003",
        "kind": Kind.REPORT_APPROVED,
        "at": at,
        "actor": who.actor,
        "document": None,
        "facts": {"decision": "approved", "draft": "0" * 64},
        "because": None,
        "prev": "1" * 64,
    }
    return sign_entry(UnsignedEntry(**{**said, **changes}), who)


def provider_book() -> Book:
    book = book_of_everybody()
    book.believe(ProviderRegistered(issuer=ISSUER, client=CLIENT, keys=key_set()))
    until = book.at + dt.timedelta(days=1)
    invited = Invited(roles=(Role.MODERATOR,), force=None, until=until, code_key=None, issuer=ISSUER, login="sub-1")
    book.add(invited, FIRST_ADMIN, "new.person")
    return book


BOOK = provider_book()


PUBLIC = public_key_of(SESSION)


RETURNED = Kind.REPORT_RETURNED


def login_fault(
    certificate: str | None, *, kind: Kind = RETURNED, at: dt.datetime = AT, person: str = "new.person"
) -> str:
    who = KeySigner(Actor(person=person, role=Role.MODERATOR, assurance="identity-provider"), SESSION, certificate)
    return BOOK.register.fault_of(entry(who, at=at, kind=kind)) or "good"


def said(**changes: object) -> dict[str, Any]:
    return claims(PUBLIC, AT, **changes)


def seconds(number: int) -> int:
    return int(AT.timestamp()) + number


def by_hand(header: dict[str, str], secret: bytes | None) -> str:
    def part(value: bytes) -> str:
        return base64.urlsafe_b64encode(value).decode().rstrip("=")

    text = f"{part(json.dumps(header).encode())}.{part(json.dumps(said()).encode())}"
    return f"{text}.{part(hmac.digest(secret, text.encode(), 'sha256')) if secret else 'AA'}"


PEM = provider_key().as_pem(private=False)


FOREIGN = RSAKey.generate_key(2048, {"kid": "the-key", "use": "sig"})


REFUSED_TOKENS = {
    "another client": (token(said(aud="another")), "aud"),
    "another client too": (token(said(aud=[CLIENT, "another"])), "aud"),
    "no audience": (token(said(aud=None)), "aud"),
    "another issuer": (token(said(iss="https://evil.example.org")), "the iss"),
    "another login": (token(said(sub="sub-2")), "the sub"),
    "another session": (token(said(nonce=nonce_of("0" * 64))), "the nonce"),
    "no nonce": (token(said(nonce=None)), "the nonce"),
    "expired": (token(said(exp=seconds(-1))), "issued later or expired"),
    "no expiry": (token(said(exp=None)), "times of its validity (iat, exp), found none"),
    "expiry in words": (token(said(exp="tomorrow")), "times of its validity (iat, exp), found none"),
    "not yet": (token(said(iat=seconds(6))), "issued later or expired"),
    "foreign key, same kid": (token(said(), key=FOREIGN), "that the provider signed, found another"),
    "another kid": (token(said(), kid="another"), "registered key"),
    "hs256 with the public key": (by_hand({"alg": "HS256", "kid": "the-key"}, PEM), "another algorithm"),
    "no signature": (by_hand({"alg": "none", "kid": "the-key"}, None), "another algorithm"),
    "rs512": (token(said(), alg="RS512"), "another algorithm"),
    "no token": ("a.b.c", "that the provider signed, found another"),
    "stale": (token(said(auth_time=seconds(-301))), "auth_time"),
    "no auth_time": (token(said(auth_time=None)), "auth_time"),
    "auth_time is endless": (token(said(auth_time=float("inf"))), "auth_time"),
    "auth_time is true": (token(said(auth_time=True)), "auth_time"),
}
