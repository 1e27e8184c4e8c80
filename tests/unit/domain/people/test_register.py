from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.people.register import Register
from domain.signing import public_key_of, sign
from schemas.errors import AlreadyWrittenError, ChainBrokenError
from schemas.identifiers import digest_of
from schemas.people.register import (
    GENESIS,
    Body,
    Confirmed,
    Founded,
    Invited,
    ProviderRegistered,
    Revoked,
    RolesChanged,
    Rotated,
    SealKeyRegistered,
    ServiceRegistered,
)
from schemas.people.roles import Role
from storage import keys
from storage.record.register import RegisterStore
from storage.s3.read_cache import ReadCache
from tests.support.memory import MemoryObjects
from tests.support.people import FIRST_ADMIN, SEAL_KEY, SECOND_ADMIN, Book, book_of_everybody, key_for
from tests.support.tokens import CLIENT, ISSUER, key_set

HMI, INSPECTOR, LIAISON = "dru.sharpling", "rhian.morgan", "gwyn.rees"
NEW = "new.person"
EVERYBODY = tuple(book_of_everybody().stored)
OTHER_SEAL_KEY = SEAL_KEY.replace("+00000000+", "+00000001+")


def rotated(key: str) -> Rotated:
    return Rotated(key=public_key_of(key_for(key)), box="0" * 64)


def provider(issuer: str = ISSUER, key_text: str | None = None) -> ProviderRegistered:
    return ProviderRegistered(issuer=issuer, client=CLIENT, keys=key_text or key_set())


def by_login(book: Book, *roles: Role, sub: str = "sub-1", issuer: str = ISSUER) -> Invited:
    return Invited(
        roles=roles, force=None, until=book.at + dt.timedelta(days=1), code_key=None, issuer=issuer, login=sub
    )


def roles_of(register: Register, person: str, at: dt.datetime) -> tuple[Role, ...]:
    member = register.member(person, at)
    return member.roles if member else ()


def force_of(register: Register, person: str, at: dt.datetime) -> str | None:
    member = register.member(person, at)
    return member.force if member else None


def refused(book: Book, words: str, body: Body, by: str, subject: str | None = None, *signers: str) -> None:
    before = book.register.head
    with pytest.raises(ChainBrokenError, match=words):
        book.add(body, by, subject, signers)
    assert book.register.head == before


@pytest.fixture
def book() -> Book:
    return book_of_everybody()


@pytest.fixture
def young() -> Book:
    book = Book()
    book.found()
    return book


def test_golden_bytes_of_the_first_record_and_its_statement() -> None:
    # A change of these bytes is a change of the format: it needs a decision record and a reader for the old one.
    book = Book()
    book.found()
    key, service = public_key_of(key_for(FIRST_ADMIN)), public_key_of(key_for("ncpi"))
    said = (
        '{"at":"2014-01-02T09:00:00Z","body":{"box":"' + digest_of(FIRST_ADMIN.encode()) + '","key":"' + key + '",'
        '"kind":"founded","seal_key":"' + SEAL_KEY + '","service_key":"' + service + '"},'
        '"by":"jo.keller","prev":"' + digest_of(b"ncpi-register-v1\n") + '","seq":0,'
    )
    statement = f'ncpi-register-v1\n{said}"subject":"jo.keller","version":1}}'.encode()
    value = sign(key_for(FIRST_ADMIN), statement).value
    signatures = f'"signatures":[{{"certificate":null,"key":"{key}","value":"{value}"}}],'
    assert book.stored[0] == f'{said}{signatures}"subject":"jo.keller","version":1}}'.encode()
    assert book.register.records[0].statement == statement


def test_everybody_has_their_roles_from_their_enrolment_on(book: Book) -> None:
    register = book.register
    enrolment = next(one.at for one in register.records if one.by == HMI)
    assert roles_of(register, HMI, enrolment) == (Role.HMI,)
    assert roles_of(register, HMI, enrolment - dt.timedelta(microseconds=1)) == ()
    assert roles_of(register, "nobody.at.all", book.at) == ()
    assert force_of(register, LIAISON, book.at) == "south-wales"
    assert force_of(register, HMI, book.at) is None
    assert register.state.admins == (FIRST_ADMIN, SECOND_ADMIN)


def test_keys_of_the_system_are_those_of_the_time(book: Book) -> None:
    before = book.at
    book.add(ServiceRegistered(service_key=public_key_of(key_for("ncpi 2"))), FIRST_ADMIN)
    book.add(SealKeyRegistered(seal_key=OTHER_SEAL_KEY), SECOND_ADMIN)
    register = book.register
    assert register.state.service.at(before - dt.timedelta(seconds=1)) == public_key_of(key_for("ncpi"))
    assert register.state.service.at(book.at) == public_key_of(key_for("ncpi 2"))
    assert register.seal_keys == (SEAL_KEY, OTHER_SEAL_KEY)
    assert (register.state.seals.at(before), register.state.seals.at(book.at)) == (SEAL_KEY, OTHER_SEAL_KEY)
    assert not Register().is_founded
    assert Register().state.service.at(before) is None


def test_a_register_is_founded_once_and_first(young: Book) -> None:
    refused(young, "and no other, to found the register", young.register.records[0].body, FIRST_ADMIN)
    empty = Book()
    refused(empty, "and no other, to found the register", Revoked(reason="no reason"), FIRST_ADMIN)
    founded = young.register.records[0].body
    assert isinstance(founded, Founded)
    refused(empty, "by the person themselves", founded, FIRST_ADMIN, NEW)
    refused(empty, "this kind of record needs", founded, FIRST_ADMIN, FIRST_ADMIN, "mallory")
    same = founded.model_copy(update={"service_key": founded.key})
    refused(empty, "expected a new key", same, FIRST_ADMIN)


INVITED_ROLES = [
    ((Role.HMI, Role.HMI), None, "each role once"),
    ((Role.SERVICE,), None, "service"),
    ((Role.ADMIN, Role.INSPECTOR), None, "admin alone"),
    ((Role.FORCE_LIAISON,), None, "a force for a force liaison"),
    ((Role.INSPECTOR,), "kent", "a force for a force liaison"),
    ((Role.FORCE_LIAISON,), "atlantis", "one of the 43"),
]


@pytest.mark.parametrize(("roles", "force", "words"), INVITED_ROLES)
def test_roles_that_may_not_stand_together(book: Book, roles: tuple[Role, ...], force: str | None, words: str) -> None:
    refused(book, words, book.invited(NEW, *roles, force=force), FIRST_ADMIN, NEW)
    refused(book, words, RolesChanged(roles=roles, force=force), FIRST_ADMIN, INSPECTOR)


@pytest.mark.parametrize("who", [HMI, NEW, "pat.howells"])
def test_only_admins_invite_confirm_change_and_register(book: Book, who: str) -> None:
    invitation = book.add(book.invited(NEW, Role.HMI), FIRST_ADMIN, NEW)
    for body, subject in (
        (book.invited("another.person", Role.INSPECTOR), "another.person"),
        (Confirmed(invitation=invitation), NEW),
        (RolesChanged(roles=(Role.MODERATOR,), force=None), INSPECTOR),
        (Revoked(reason="no reason"), INSPECTOR),
        (provider(), None),
        (ServiceRegistered(service_key=public_key_of(key_for("ncpi 2"))), None),
        (SealKeyRegistered(seal_key=OTHER_SEAL_KEY), None),
    ):
        refused(book, "by a current admin", body, who, subject)


def test_an_admin_does_nothing_for_itself(book: Book) -> None:
    refused(book, "a subject other than the admin", book.invited(FIRST_ADMIN, Role.HMI), FIRST_ADMIN)
    refused(book, "a subject other than the admin", RolesChanged(roles=(Role.INSPECTOR,), force=None), FIRST_ADMIN)
    invitation = book.add(book.invited(FIRST_ADMIN, Role.HMI), SECOND_ADMIN, FIRST_ADMIN)
    refused(book, "a subject other than the admin", Confirmed(invitation=invitation), FIRST_ADMIN)


@pytest.mark.parametrize("role", [Role.HMI, Role.ADMIN])
def test_a_weighty_invitation_takes_a_second_admin(book: Book, role: Role) -> None:
    invitation = book.add(book.invited(NEW, role), FIRST_ADMIN, NEW)
    refused(book, "second admin", book.enrolled(NEW, invitation), NEW, NEW, NEW, f"code of {NEW}")
    refused(book, "an admin other than the one who invited", Confirmed(invitation=invitation), FIRST_ADMIN, NEW)
    refused(book, "open invitation", Confirmed(invitation=invitation), SECOND_ADMIN, "another.person")
    book.add(Confirmed(invitation=invitation), SECOND_ADMIN, NEW)
    refused(book, "was not confirmed yet", Confirmed(invitation=invitation), SECOND_ADMIN, NEW)
    book.add(book.enrolled(NEW, invitation), NEW, signers=(NEW, f"code of {NEW}"))
    assert roles_of(book.register, NEW, book.at) == (role,)


def test_somebody_who_was_in_before_comes_back_by_two_admins(book: Book) -> None:
    book.add(Revoked(reason="left the inspectorate"), FIRST_ADMIN, INSPECTOR)
    signers = ("second key", "second code")
    code = public_key_of(key_for("second code"))
    fresh = book.invited(INSPECTOR, Role.INSPECTOR).model_copy(update={"code_key": code})
    invitation = book.add(fresh, FIRST_ADMIN, INSPECTOR)
    enrolled = book.enrolled(INSPECTOR, invitation, key="second key")
    refused(book, "second admin", enrolled, INSPECTOR, INSPECTOR, *signers)
    book.add(Confirmed(invitation=invitation), SECOND_ADMIN, INSPECTOR)
    book.add(enrolled, INSPECTOR, signers=signers)
    assert roles_of(book.register, INSPECTOR, book.at) == (Role.INSPECTOR,)


def test_one_admin_alone_takes_in_whom_it_must(young: Book) -> None:
    young.welcome(HMI, Role.HMI)
    assert roles_of(young.register, HMI, young.at) == (Role.HMI,)


def test_an_invitation_is_good_once_and_for_a_time(book: Book) -> None:
    invited = book.invited(NEW, Role.INSPECTOR)
    invitation = book.add(invited, FIRST_ADMIN, NEW)
    signers = (NEW, f"code of {NEW}")
    now = book.at
    book.at = invited.until
    refused(book, "has not expired", book.enrolled(NEW, invitation), NEW, NEW, *signers)
    book.at = now
    refused(book, "open invitation", book.enrolled("another.person", invitation), "another.person")
    book.add(book.enrolled(NEW, invitation), NEW, signers=signers)
    refused(book, "open invitation", book.enrolled(NEW, invitation, key="second key"), NEW, NEW, *signers)
    refused(
        book, "one that was used before", book.invited(NEW, Role.INSPECTOR), FIRST_ADMIN, NEW
    )  # the same code again
    late = invited.model_copy(update={"until": book.at, "code_key": public_key_of(key_for("another code"))})
    refused(book, "found one that expired before", late, FIRST_ADMIN, "another.person")


def test_a_newer_invitation_and_a_revocation_end_an_open_one(book: Book) -> None:
    first = book.add(book.invited(NEW, Role.INSPECTOR), FIRST_ADMIN, NEW)
    code = public_key_of(key_for("another code"))
    newer = book.invited(NEW, Role.MODERATOR).model_copy(update={"code_key": code})
    second = book.add(newer, SECOND_ADMIN, NEW)
    refused(book, "open invitation", book.enrolled(NEW, first), NEW, NEW, NEW, f"code of {NEW}")
    book.add(Revoked(reason="asked in by mistake"), SECOND_ADMIN, NEW)
    refused(book, "open invitation", book.enrolled(NEW, second), NEW, NEW, NEW, "another code")
    refused(book, "found neither", Revoked(reason="once more"), SECOND_ADMIN, "nobody.known")


WRONG_ENROLMENTS = [
    (NEW, "wrong code"),
    (NEW,),
    (f"code of {NEW}", NEW),
    ("mallory", f"code of {NEW}"),
    (NEW, f"code of {NEW}", NEW),
]


@pytest.mark.parametrize("signers", WRONG_ENROLMENTS, ids=" and ".join)
def test_enrolment_is_signed_with_the_new_key_and_the_code(book: Book, signers: tuple[str, ...]) -> None:
    invitation = book.add(book.invited(NEW, Role.INSPECTOR), FIRST_ADMIN, NEW)
    record_of = book.record
    if len(signers) > 2:
        with pytest.raises(ChainBrokenError, match="other bytes"):
            book.register.followed_by(record_of(book.enrolled(NEW, invitation), NEW, NEW, signers).to_bytes())
        return
    refused(book, "this kind of record needs", book.enrolled(NEW, invitation), NEW, NEW, *signers)


def test_an_admin_cannot_enrol_for_another(book: Book) -> None:
    invitation = book.add(book.invited(NEW, Role.INSPECTOR), FIRST_ADMIN, NEW)
    refused(book, "by the person themselves", book.enrolled(NEW, invitation), FIRST_ADMIN, NEW, NEW, f"code of {NEW}")


def test_no_key_is_taken_twice(book: Book) -> None:
    invitation = book.add(book.invited(NEW, Role.INSPECTOR), FIRST_ADMIN, NEW)
    for key in (HMI, "ncpi", f"code of {NEW}", FIRST_ADMIN):
        refused(book, "expected a new key", book.enrolled(NEW, invitation, key=key), NEW, NEW, key, f"code of {NEW}")
        refused(book, "expected a new key", rotated(key), INSPECTOR, INSPECTOR, INSPECTOR, key)
    stolen = ServiceRegistered(service_key=public_key_of(key_for(HMI)))
    refused(book, "expected a new key", stolen, FIRST_ADMIN)


def test_a_key_is_changed_by_its_owner_with_both_keys(book: Book) -> None:
    for signers in ((INSPECTOR, "mallory"), ("mallory", "second key"), ("second key",), ("second key", INSPECTOR)):
        refused(book, "this kind of record needs", rotated("second key"), INSPECTOR, INSPECTOR, *signers)
    refused(book, "by the person themselves", rotated("second key"), FIRST_ADMIN, INSPECTOR, FIRST_ADMIN, "second key")
    refused(book, "without", rotated("second key"), "nobody.known", None, "nobody.known", "second key")
    book.add(rotated("second key"), INSPECTOR, signers=(INSPECTOR, "second key"))
    member = book.register.member(INSPECTOR)
    assert member is not None
    assert member.key == public_key_of(key_for("second key"))
    assert member.roles == (Role.INSPECTOR,)
    refused(book, "this kind of record needs", rotated("third key"), INSPECTOR, INSPECTOR, INSPECTOR, "third key")


def test_whoever_is_revoked_signs_nothing_more(book: Book) -> None:
    book.add(Revoked(reason="the key was lost"), SECOND_ADMIN)  # oneself
    refused(book, "by a current admin", book.invited(NEW, Role.INSPECTOR), SECOND_ADMIN, NEW)
    refused(book, "without", rotated("second key"), SECOND_ADMIN, SECOND_ADMIN, SECOND_ADMIN, "second key")
    refused(book, "found neither", Revoked(reason="once more"), SECOND_ADMIN)
    assert roles_of(book.register, SECOND_ADMIN, book.at) == ()


def test_an_old_key_signs_no_record(book: Book) -> None:
    book.add(rotated("second key"), FIRST_ADMIN, signers=(FIRST_ADMIN, "second key"))
    refused(book, "this kind of record needs", book.invited(NEW, Role.INSPECTOR), FIRST_ADMIN, NEW)
    book.add(book.invited(NEW, Role.INSPECTOR), FIRST_ADMIN, NEW, ("second key",))


def test_roles_change_but_not_to_approver_or_admin(book: Book) -> None:
    for role in (Role.HMI, Role.ADMIN):
        refused(book, "to be granted by invitation", RolesChanged(roles=(role,), force=None), FIRST_ADMIN, INSPECTOR)
    book.add(RolesChanged(roles=(Role.INSPECTOR, Role.MODERATOR), force=None), FIRST_ADMIN, INSPECTOR)
    book.add(RolesChanged(roles=(Role.HMI, Role.MODERATOR), force=None), FIRST_ADMIN, HMI)
    book.add(RolesChanged(roles=(Role.FORCE_LIAISON,), force="kent"), FIRST_ADMIN, LIAISON)
    assert roles_of(book.register, INSPECTOR, book.at) == (Role.INSPECTOR, Role.MODERATOR)
    assert roles_of(book.register, HMI, book.at) == (Role.HMI, Role.MODERATOR)
    assert force_of(book.register, LIAISON, book.at) == "kent"
    refused(book, "a current member", RolesChanged(roles=(Role.MODERATOR,), force=None), FIRST_ADMIN, NEW)


def test_people_of_a_provider_come_in_without_a_code(book: Book) -> None:
    refused(book, "registered provider", by_login(book, Role.INSPECTOR), FIRST_ADMIN, NEW)
    book.believe(provider())
    refused(book, "an admin with a registered key", by_login(book, Role.ADMIN), FIRST_ADMIN, NEW)
    book.add(by_login(book, Role.INSPECTOR), FIRST_ADMIN, NEW)
    assert roles_of(book.register, NEW, book.at) == (Role.INSPECTOR,)
    refused(book, "found one of another person", by_login(book, Role.MODERATOR), FIRST_ADMIN, "another.person")
    refused(book, "without", rotated("second key"), NEW, NEW, NEW, "second key")
    book.add(Revoked(reason="left"), FIRST_ADMIN, NEW)
    book.add(by_login(book, Role.MODERATOR), FIRST_ADMIN, "another.person")


def test_an_approver_of_a_provider_takes_a_second_admin(book: Book) -> None:
    book.believe(provider())
    invitation = book.add(by_login(book, Role.HMI), FIRST_ADMIN, NEW)
    assert roles_of(book.register, NEW, book.at) == ()
    refused(book, "found one of another person", by_login(book, Role.MODERATOR), FIRST_ADMIN, "another.person")
    refused(book, "needs no enrolment", book.enrolled(NEW, invitation), NEW)
    book.add(Confirmed(invitation=invitation), SECOND_ADMIN, NEW)
    assert roles_of(book.register, NEW, book.at) == (Role.HMI,)


def test_a_provider_is_believed_once_a_second_admin_confirms_it(book: Book, young: Book) -> None:
    first = book.add(provider(), FIRST_ADMIN)
    refused(book, "registered provider", by_login(book, Role.INSPECTOR), FIRST_ADMIN, NEW)
    refused(book, "an admin other than the one who registered", Confirmed(invitation=first), FIRST_ADMIN)
    refused(book, "the admin as the subject", Confirmed(invitation=first), SECOND_ADMIN, HMI)
    refused(book, "by a current admin", Confirmed(invitation=first), HMI)
    second = book.add(provider(key_text=key_set("EC")), FIRST_ADMIN)
    refused(book, "a subject other than the admin", Confirmed(invitation=first), SECOND_ADMIN)
    confirmed_at = book.at
    book.add(Confirmed(invitation=second), SECOND_ADMIN)
    refused(book, "a subject other than the admin", Confirmed(invitation=second), SECOND_ADMIN)
    dated = book.register.state.providers[ISSUER]
    assert dated.at(confirmed_at - dt.timedelta(seconds=1)) is None
    believed = dated.at(confirmed_at)
    assert believed is not None
    assert believed.keys == key_set("EC")
    book.add(by_login(book, Role.INSPECTOR), FIRST_ADMIN, NEW)
    # An admin who takes its own keys for a provider's changes nothing without another's word.
    book.add(provider(key_text=key_set("RSA", 3072)), FIRST_ADMIN)
    assert book.register.state.providers[ISSUER] == dated
    young.add(provider(), FIRST_ADMIN)
    assert ISSUER in young.register.state.providers


def test_an_invitation_is_by_code_or_by_login(book: Book) -> None:
    book.believe(provider())
    code = book.invited(NEW, Role.INSPECTOR)
    for change in ({"issuer": ISSUER, "login": "sub-1"}, {"code_key": None}, {"issuer": ISSUER}, {"login": "sub-1"}):
        refused(book, "either a one-time code or a login", code.model_copy(update=change), FIRST_ADMIN, NEW)


ED25519 = {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
PROVIDERS = [
    (ISSUER, "not json", "JSON Web Key Set"),
    (ISSUER, "[]", "JSON Web Key Set"),
    (ISSUER, '{"keys": []}', "JSON Web Key Set"),
    (ISSUER, json.dumps({"keys": [{"kty": "oct", "k": "A" * 43}]}), "private or shared"),
    (ISSUER, json.dumps({"keys": [ED25519]}), "no RSA or EC key"),
    (ISSUER, key_set(private=True), "private or shared"),
    ("http://example.org", key_set(), "https"),
    ("ftp://example.org", key_set(), "https"),
]


@pytest.mark.parametrize(("issuer", "keys_text", "words"), PROVIDERS)
def test_a_provider_has_public_keys_and_a_safe_address(book: Book, issuer: str, keys_text: str, words: str) -> None:
    refused(book, words, provider(issuer, keys_text), FIRST_ADMIN)


@pytest.mark.filterwarnings("ignore:Key size")
def test_a_provider_has_no_short_keys(book: Book) -> None:
    refused(book, "2048 bits", provider(ISSUER, key_set(bits=1024)), FIRST_ADMIN)


def test_what_is_about_no_person_has_the_admin_as_subject(book: Book) -> None:
    refused(book, "the admin as the subject", provider(), FIRST_ADMIN, HMI)


def test_instants_never_go_back(book: Book) -> None:
    book.at = book.register.records[-1].at - dt.timedelta(seconds=1)
    refused(book, "no earlier than that of the record before", book.invited(NEW, Role.INSPECTOR), FIRST_ADMIN, NEW)


def test_a_record_bears_no_certificate(book: Book) -> None:
    record = book.record(book.invited(NEW, Role.INSPECTOR), FIRST_ADMIN, NEW)
    with_token = record.signatures[0].model_copy(update={"certificate": "a.b.c"})
    data = record.model_copy(update={"signatures": (with_token,)}).to_bytes()
    with pytest.raises(ChainBrokenError, match="identity provider"):
        book.register.followed_by(data)


CHANGES: list[tuple[str, Callable[[dict[str, object]], object]]] = [
    ("at", lambda _: "2020-01-01T00:00:00Z"),
    ("subject", lambda _: "mallory.mallory"),
    ("by", lambda _: "mallory.mallory"),
    ("prev", lambda _: GENESIS.replace("0", "1")),
    ("seq", lambda _: 3),
    ("version", lambda _: 2),
]


@pytest.mark.parametrize(("name", "change"), CHANGES, ids=lambda one: one if isinstance(one, str) else "")
@pytest.mark.parametrize("place", range(8))
def test_no_field_of_any_record_can_be_altered(
    book: Book, place: int, name: str, change: Callable[[dict[str, object]], object]
) -> None:
    record = json.loads(book.stored[place])
    if record[name] == change(record):
        return
    record[name] = change(record)
    stored = [*book.stored]
    stored[place] = json.dumps(record, sort_keys=True, separators=(",", ":")).encode()
    with pytest.raises(ChainBrokenError, match=f"register record {place}: "):
        Register.from_bytes(stored)


@settings(deadline=None)
@given(st.data())
def test_any_altered_byte_any_gap_and_any_exchange_is_found(data: st.DataObject) -> None:
    stored = [*EVERYBODY]
    place = data.draw(st.integers(0, len(stored) - 1))
    match data.draw(st.sampled_from(("byte", "gap", "exchange", "twice"))):
        case "byte":
            at = data.draw(st.integers(0, len(stored[place]) - 1))
            flipped = bytes([stored[place][at] ^ data.draw(st.integers(1, 255))])
            stored[place] = stored[place][:at] + flipped + stored[place][at + 1 :]
        case "gap" if place < len(stored) - 1:
            del stored[place]
        case "exchange" if place:
            stored[place - 1], stored[place] = stored[place], stored[place - 1]
        case _:
            stored.insert(place, stored[place])
    with pytest.raises(ChainBrokenError):
        Register.from_bytes(stored)


@pytest.mark.parametrize("cache", [None, ReadCache()], ids=["fresh", "cached"])
def test_the_store_reads_what_was_put_and_appends_once(book: Book, cache: ReadCache | None) -> None:
    objects = MemoryObjects()
    store = RegisterStore(objects, cache)
    assert not store.read().is_founded
    book.put(objects)
    register = store.read()
    assert register.head == book.register.head
    record = book.record(book.invited(NEW, Role.INSPECTOR), FIRST_ADMIN, NEW)
    rival = book.record(book.invited("another.person", Role.INSPECTOR), FIRST_ADMIN, "another.person")
    assert store.append(register, record).head == store.append(register, record).head == store.read().head
    with pytest.raises(ChainBrokenError):
        store.append(register, rival.model_copy(update={"seq": 0}))
    with pytest.raises(AlreadyWrittenError, match="read again"):
        store.append(register, rival)
    assert store.read().records[-1] == record


@pytest.mark.parametrize("cache", [None, ReadCache()], ids=["fresh", "cached"])
def test_the_store_finds_second_versions_markers_and_gaps(book: Book, cache: ReadCache | None) -> None:
    def changed(change: Callable[[MemoryObjects], object]) -> RegisterStore:
        objects = MemoryObjects()
        book.put(objects)
        store = RegisterStore(objects, cache)
        store.read()
        change(objects)
        return store

    changes: tuple[Callable[[MemoryObjects], object], ...] = (
        lambda one: one.overwrite(keys.register_record(3), book.stored[3], "application/json"),
        lambda one: one.remove(keys.register_record(3)),
        lambda one: one.stored.pop(keys.register_record(3)),
        lambda one: one.create("register/x.json", b"{}", "application/json"),
        lambda one: one.stored[keys.register_record(3)].__setitem__(0, b"{}"),
    )
    for change in changes:
        with pytest.raises(ChainBrokenError):
            changed(change).read()
