from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.people.register import Register
from domain.signing import KeySigner, public_key_of
from schemas.lifecycle.entry import Actor, Entry
from schemas.lifecycle.moves import Kind
from schemas.people.register import ProviderRegistered, Revoked, RolesChanged, Rotated, ServiceRegistered
from schemas.people.roles import Role
from tests.support.people import (
    FIRST_ADMIN,
    FOUNDED_AT,
    PEOPLE,
    SERVICE,
    book_of_everybody,
    everybody,
    key_for,
    signer,
)
from tests.support.signed_entries import (
    AT,
    HMI,
    PUBLIC,
    REFUSED_TOKENS,
    SESSION,
    entry,
    login_fault,
    provider_book,
    said,
    seconds,
)
from tests.support.tokens import CLIENT, ISSUER, claims, key_set, provider_key, token


@pytest.mark.parametrize(("person", "roles"), [one for one in PEOPLE.items() if Role.ADMIN not in one[1]])
def test_what_people_sign_in_their_roles_is_good(person: str, roles: tuple[Role, ...]) -> None:
    for role in roles:
        assert everybody().fault_of(entry(signer(person, role))) is None
    assert everybody().fault_of(entry(SERVICE)) is None


@settings(deadline=None)
@given(st.sampled_from(sorted(Entry.model_fields.keys() - {"signature", "version"})), st.data())
def test_a_signature_covers_every_field(name: str, data: st.DataObject) -> None:
    good = entry(HMI)
    others = {
        "inspection": "south-wales-2016",
        "seq": 5,
        "id": "report.approved/00000009",
        "kind": Kind.REPORT_RETURNED,
        "at": AT + dt.timedelta(seconds=data.draw(st.integers(1, 10**6))),
        "actor": Actor(person="wendy.williams", role=Role.HMI, assurance="person-key"),
        "document": None,
        "facts": {"decision": "approved", "draft": data.draw(st.text("0123456789abcdef", min_size=64, max_size=64))},
        "because": "2" * 64,
        "prev": "3" * 64,
    }
    altered = good.model_copy(update={name: others[name]})
    if altered != good:
        assert everybody().fault_of(altered) is not None


def test_a_signature_of_another_entry_or_prefix_is_none() -> None:
    good = entry(HMI)
    transplanted = entry(HMI, prev="4" * 64).model_copy(update={"signature": good.signature})
    assert "exactly these bytes" in (everybody().fault_of(transplanted) or "")
    bare = HMI.sign(good.statement.removeprefix(b"ncpi-entry-v2\n"))
    assert "exactly these bytes" in (everybody().fault_of(good.model_copy(update={"signature": bare})) or "")


FORGED = [
    (signer("dru.sharpling", Role.HMI, key=key_for("mallory")), "key that the person had"),
    (signer("dru.sharpling", Role.HMI, key=key_for("wendy.williams")), "key that the person had"),
    (signer("rhian.morgan", Role.HMI), "a role that the person had"),
    (signer(FIRST_ADMIN, Role.ADMIN), "and that may act"),
    (signer(FIRST_ADMIN, Role.HMI), "a role that the person had"),
    (signer("nobody.known", Role.HMI), "a member at that time"),
    (
        KeySigner(Actor(person="ncpi", role=Role.SERVICE, assurance="service"), key_for("mallory")),
        "key that the stages had",
    ),
    (
        KeySigner(Actor(person="ncpi", role=Role.HMI, assurance="service"), key_for("ncpi")),
        "for the stages and for nobody else",
    ),
    (
        KeySigner(Actor(person="ncpi", role=Role.SERVICE, assurance="person-key"), key_for("ncpi")),
        "for the stages and for nobody else",
    ),
    (
        KeySigner(Actor(person="dru.sharpling", role=Role.HMI, assurance="service"), key_for("ncpi")),
        "for the stages and for nobody else",
    ),
    (
        KeySigner(Actor(person="dru.sharpling", role=Role.SERVICE, assurance="person-key"), key_for("dru.sharpling")),
        "for the stages and for nobody else",
    ),
    (
        KeySigner(
            Actor(person="dru.sharpling", role=Role.HMI, assurance="identity-provider"), key_for("dru.sharpling")
        ),
        "login at a registered provider",
    ),
    (KeySigner(HMI.actor, HMI.key, certificate="a.b.c"), "key that the person had"),
    (KeySigner(SERVICE.actor, SERVICE.key, certificate="a.b.c"), "key that the stages had"),
]


@pytest.mark.parametrize(("who", "words"), FORGED)
def test_whoever_signs_as_another_is_found(who: KeySigner, words: str) -> None:
    assert words in (everybody().fault_of(entry(who)) or "")


def test_a_liaison_speaks_for_one_force() -> None:
    liaison = signer("gwyn.rees", Role.FORCE_LIAISON)
    assert everybody().fault_of(entry(liaison, inspection="south-wales-2016")) is None
    assert "found that of another" in (everybody().fault_of(entry(liaison, inspection="kent-2015")) or "")
    assert "found that of another" in (everybody().fault_of(entry(liaison, inspection="nowhere-2015")) or "")


def test_keys_and_roles_are_those_of_the_instant() -> None:
    book = book_of_everybody()
    rotation = book.at
    second = key_for("second key")
    book.add(Rotated(key=public_key_of(second), box="0" * 64), "dru.sharpling", None, ("dru.sharpling", "second key"))
    change = book.at
    book.add(RolesChanged(roles=(Role.INSPECTOR,), force=None), FIRST_ADMIN, "dru.sharpling")
    revocation = book.at
    book.add(Revoked(reason="left"), FIRST_ADMIN, "dru.sharpling")
    before, old, new = dt.timedelta(seconds=-1), HMI, signer("dru.sharpling", Role.HMI, key=second)
    late = signer("dru.sharpling", Role.INSPECTOR, key=second)
    fault = book.register.fault_of
    assert fault(entry(old, at=rotation + before)) is None
    assert "had at that time" in (fault(entry(old, at=rotation)) or "")
    assert "had at that time" in (fault(entry(new, at=rotation + before)) or "")
    assert fault(entry(new, at=rotation)) is None
    assert "a role that" in (fault(entry(new, at=change)) or "")
    assert fault(entry(late, at=change)) is None
    assert "revoked" in (fault(entry(late, at=revocation)) or "")
    assert "member at that time" in (fault(entry(old, at=FOUNDED_AT)) or "")
    ended = book.register.ended_by
    places = {one.body.kind: one.seq for one in book.register.records}
    assert ended(entry(old, at=rotation + before)) == places["rotated"]
    assert ended(entry(new, at=rotation)) == places["roles-changed"]
    assert ended(entry(late, at=change)) == places["revoked"]
    assert ended(entry(old, at=revocation)) == places["rotated"], "dated after its end, it has ended all the same"
    assert ended(entry(new, at=rotation, kind=Kind.REPORT_REFUSED)) == places["revoked"], "a refusal needs no role"
    assert ended(entry(old, at=FOUNDED_AT)) is None
    assert ended(entry(signer("wendy.williams", Role.HMI))) is None


def test_the_stages_sign_with_the_key_of_the_time() -> None:
    book = book_of_everybody()
    change = book.at
    book.add(ServiceRegistered(service_key=public_key_of(key_for("ncpi 2"))), FIRST_ADMIN)
    later = KeySigner(SERVICE.actor, key_for("ncpi 2"))
    assert book.register.fault_of(entry(SERVICE, at=change - dt.timedelta(seconds=1))) is None
    assert "the stages had at that time" in (book.register.fault_of(entry(SERVICE, at=change)) or "")
    assert book.register.fault_of(entry(later, at=change)) is None
    assert book.register.ended_by(entry(SERVICE, at=change - dt.timedelta(seconds=1))) == len(book.stored) - 1
    assert book.register.ended_by(entry(later, at=change)) is None


def test_nobody_s_entry_is_good_before_the_register_is_founded() -> None:
    assert "founded register" in (Register().fault_of(entry(HMI)) or "")


def test_a_login_at_the_provider_signs() -> None:
    assert login_fault(token(said())) == "good"
    assert login_fault(token(said(aud=[CLIENT]))) == "good"
    assert login_fault(token(said(iat=seconds(5)))) == "good", "the provider's clock may be ahead"
    assert login_fault(token(said(auth_time=seconds(-300)))) == "good"
    assert login_fault(token(said(auth_time=None)), kind=Kind.MODERATED) == "good"


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize("name", REFUSED_TOKENS)
def test_tokens_that_bind_nothing(name: str) -> None:
    certificate, words = REFUSED_TOKENS[name]
    assert words in login_fault(certificate)


def test_a_token_of_somebody_else_a_missing_one_and_a_later_act() -> None:
    assert "a member at that time" in login_fault(token(said()), person="another.person")
    assert "login at" in login_fault(token(said()), person="ruth.davies")
    assert "with an ID token" in login_fault(None)
    assert "expired" in login_fault(token(said()), at=AT + dt.timedelta(seconds=3_601), kind=Kind.MODERATED)
    assert login_fault(token(said()), at=AT + dt.timedelta(seconds=3_600), kind=Kind.MODERATED) == "good"


@pytest.mark.parametrize(
    "kind", [Kind.REPORT_APPROVED, Kind.REVIEW_RETURNED, Kind.CORRECTION_APPROVED, Kind.WITHDRAWAL_ORDERED]
)
def test_decisions_take_a_fresh_login(kind: Kind) -> None:
    stale = token(said(auth_time=seconds(-301)))
    assert "auth_time" in login_fault(stale, kind=kind)
    assert login_fault(stale, kind=Kind.MODERATED) == "good"


def test_a_provider_s_keys_are_those_of_the_time() -> None:
    book = provider_book()
    book.believe(ProviderRegistered(issuer=ISSUER, client=CLIENT, keys=key_set("EC")))
    change = book.register.records[-1].at
    actor = Actor(person="new.person", role=Role.MODERATOR, assurance="identity-provider")

    def fault(certificate: str, at: dt.datetime) -> str | None:
        return book.register.fault_of(entry(KeySigner(actor, SESSION, certificate), at=at))

    earlier = change - dt.timedelta(seconds=10)
    assert fault(token(claims(PUBLIC, earlier)), earlier) is None
    assert "registered key" in (fault(token(claims(PUBLIC, change)), change) or "")
    assert fault(token(claims(PUBLIC, change), key=provider_key("EC"), alg="ES256"), change) is None
    revocation = book.at
    book.add(Revoked(reason="left"), FIRST_ADMIN, "new.person")
    by_ec = token(claims(PUBLIC, revocation), key=provider_key("EC"), alg="ES256")
    assert "revoked" in (fault(by_ec, revocation) or "")
    late = entry(KeySigner(actor, SESSION, by_ec), at=change)
    assert book.register.ended_by(late) == len(book.stored) - 1
