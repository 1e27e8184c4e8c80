"""The verifier of one file judges providers and their logins as the product does, and by code of its own."""

from __future__ import annotations

import json
from typing import Any

import pytest

from domain.people.register import Register
from domain.signing import KeySigner
from schemas.identifiers import digest_of
from schemas.lifecycle.entry import Actor
from schemas.lifecycle.moves import Kind
from schemas.people.register import Confirmed, Invited, ProviderRegistered
from schemas.people.roles import Role
from tests.support.archive import SEAL_KEY, verifier_key
from tests.support.people import FIRST_ADMIN, SECOND_ADMIN, Book, book_of_everybody
from tests.support.signed_entries import AT, REFUSED_TOKENS, SESSION, entry, said, seconds
from tests.support.stand_alone import STAND_ALONE
from tests.support.tokens import CLIENT, ISSUER, key_set, token

PROVIDER = ProviderRegistered(issuer=ISSUER, client=CLIENT, keys=key_set())
OTHER = ProviderRegistered(issuer=ISSUER, client=CLIENT, keys=key_set("EC"))


@pytest.fixture
def book() -> Book:
    return book_of_everybody(seal_key=verifier_key(SEAL_KEY))


def read(stored: list[bytes]) -> Any:
    reader = STAND_ALONE.RegisterReader()
    reader.read((f"register/{seq:08d}.json", data) for seq, data in enumerate(stored))
    return reader


def found(book: Book) -> list[str]:
    return [one.message for one in read(book.stored).faults]


def forced(book: Book, *changes: tuple[Any, str]) -> list[str]:
    """Add records that the product refuses, and give what the verifier finds of them."""
    stored = list(book.stored)
    for body, by in changes:
        record = book.record(body, by)
        stored.append(record.model_copy(update={"seq": len(stored), "prev": digest_of(stored[-1])}).to_bytes())
    return [one.message for one in read(stored).faults]


def invited(book: Book) -> Invited:
    until = book.at.replace(year=book.at.year + 1)
    return Invited(roles=(Role.MODERATOR,), force=None, until=until, code_key=None, issuer=ISSUER, login="sub-1")


def test_a_provider_holds_from_its_confirmation_by_another_admin(book: Book) -> None:
    registered = book.add(PROVIDER, FIRST_ADMIN)
    assert read(book.stored).register.providers == {}
    book.add(Confirmed(invitation=registered), SECOND_ADMIN)
    (since, client, keys) = read(book.stored).register.providers[ISSUER][0]
    assert (since, client, keys) == (book.register.records[-1].at, CLIENT, json.loads(PROVIDER.keys))
    book.add(invited(book), FIRST_ADMIN, "new.person")
    assert found(book) == []


def test_an_admin_who_is_alone_registers_a_provider_at_once() -> None:
    book = Book()
    book.found(seal_key=verifier_key(SEAL_KEY))
    book.add(PROVIDER, FIRST_ADMIN)
    assert list(read(book.stored).register.providers) == [ISSUER]
    assert found(book) == []


def test_the_newest_registration_of_a_provider_is_the_one_that_waits(book: Book) -> None:
    first = book.add(PROVIDER, FIRST_ADMIN)
    second = book.add(OTHER, FIRST_ADMIN)
    assert list(read(book.stored).register.pending_providers) == [second]
    assert forced(book, (Confirmed(invitation=first), SECOND_ADMIN)) != []
    book.add(Confirmed(invitation=second), SECOND_ADMIN)
    reader = read(book.stored)
    assert reader.faults == []
    assert reader.register.pending_providers == {}
    assert [keys for _, _, keys in reader.register.providers[ISSUER]] == [json.loads(OTHER.keys)]


def test_nobody_confirms_the_provider_that_they_registered(book: Book) -> None:
    registered = book.add(PROVIDER, FIRST_ADMIN)
    (message,) = forced(book, (Confirmed(invitation=registered), FIRST_ADMIN))
    assert "a different admin must confirm" in message


def test_a_provider_is_confirmed_about_nobody_else_and_once(book: Book) -> None:
    registered = book.add(PROVIDER, FIRST_ADMIN)
    record = book.record(Confirmed(invitation=registered), SECOND_ADMIN, "dru.sharpling", (SECOND_ADMIN,))
    (fault,) = read([*book.stored, record.to_bytes()]).faults
    assert "is not by its subject" in fault.message
    book.add(Confirmed(invitation=registered), SECOND_ADMIN)
    assert forced(book, (Confirmed(invitation=registered), SECOND_ADMIN)) != []


def test_a_login_of_a_provider_that_waits_is_none(book: Book) -> None:
    book.add(PROVIDER, FIRST_ADMIN)
    stored = [*book.stored, book.record(invited(book), FIRST_ADMIN, "new.person").to_bytes()]
    (fault,) = read(stored).faults
    assert "not registered" in fault.message


@pytest.mark.parametrize(
    ("issuer", "keys", "words"),
    [
        ("http://login.example.org", key_set(), "https"),
        (ISSUER, key_set(private=True), "not public"),
        (ISSUER, '{"keys":[]}', "without a key"),
        (ISSUER, '{"keys":[{"kty":"RSA","e":"AQAB","n":"u1SU1LfVLPHCozMxH2Mo"}]}', "short key"),
        (ISSUER, "[]", "not a record"),
    ],
)
def test_a_provider_is_one_that_can_be_believed(book: Book, issuer: str, keys: str, words: str) -> None:
    body = ProviderRegistered(issuer=issuer, client=CLIENT, keys=keys)
    (message,) = forced(book, (body, FIRST_ADMIN))
    assert words in message


def faults(certificate: str, kind: Kind = Kind.REPORT_RETURNED) -> tuple[str | None, str | None]:
    """Return what the product and the verifier say of an entry with this login."""
    book = book_of_everybody(seal_key=verifier_key(SEAL_KEY))
    book.believe(PROVIDER)
    book.add(invited(book), FIRST_ADMIN, "new.person")
    actor = Actor(person="new.person", role=Role.MODERATOR, assurance="identity-provider")
    signed = entry(KeySigner(actor, SESSION, certificate), at=AT, kind=kind)
    person = read(book.stored).register.person("new.person", AT)
    fault = STAND_ALONE.fault_of_token(json.loads(signed.to_bytes()), person, CLIENT, json.loads(key_set()))
    return Register.from_bytes(book.stored).fault_of(signed), fault


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("name", REFUSED_TOKENS)
def test_tokens_that_bind_nothing_are_refused_by_both(name: str) -> None:
    assert None not in faults(REFUSED_TOKENS[name][0])


@pytest.mark.parametrize(
    "proved",
    [seconds(-5) + 0.25, seconds(-300), seconds(0) + 0.75, seconds(7)],
    ids=lambda one: f"{one - seconds(0):+}",
)
def test_when_somebody_proved_who_they_are_may_have_a_fraction_and_be_by_a_clock_ahead(proved: float) -> None:
    assert faults(token(said(auth_time=proved))) == (None, None)


@pytest.mark.parametrize("ahead", [0.25, 1, 5])
def test_a_provider_whose_clock_is_seconds_ahead_is_believed_by_both(ahead: float) -> None:
    assert faults(token(said(iat=seconds(0) + ahead))) == (None, None)


@pytest.mark.parametrize(
    "proved",
    [seconds(-301), seconds(-300) - 0.25, True, "now", float("nan")],
    ids=["old", "just old", "true", "text", "nan"],
)
def test_a_decision_on_a_login_that_was_not_fresh_is_refused_by_both(proved: object) -> None:
    assert None not in faults(token(said(auth_time=proved)))


def test_only_decisions_take_a_fresh_login() -> None:
    assert faults(token(said(auth_time=None)), Kind.MODERATED) == (None, None)
