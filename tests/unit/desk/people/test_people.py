from __future__ import annotations

import datetime as dt
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.people.changing import change_roles, revoke, rotate
from desk.people.code import code_of, key_of_code
from desk.people.joining import confirm, enrol, found, invite
from desk.people.registry import Registry
from desk.people.system_keys import confirm_provider, register_provider, register_seal_key, register_service_key
from desk.people.unlocking import key_signer
from domain.lifecycle.history import History
from domain.people.id_token import thumbprints_of
from domain.people.membership import Login
from domain.sealing.note import verifier_key_of
from domain.signing import KeySigner, public_key_of
from schemas.errors import AlreadyWrittenError, ArtefactError, NotFoundError, RefusedError
from schemas.identifiers import digest_of
from schemas.lifecycle.entry import Fact
from schemas.lifecycle.moves import Kind
from schemas.people.roles import Role
from storage import keys
from storage.record.ledger import Ledger
from storage.record.register import RegisterStore
from storage.sealing.sealer import Sealer
from storage.secrets.sealed_keys import SealedKeys
from tests.support.memory import MemoryObjects
from tests.support.people import SEAL_KEY, key_for
from tests.support.tokens import CLIENT, ISSUER, key_set

ADMIN, SECOND, HMI = "jo.keller", "sam.okafor", "dru.sharpling"
PASSPHRASE = "correct horse battery"
PEPPER = b"p" * 32
SERVICE_KEY = public_key_of(key_for("ncpi"))


class Town:
    """A registry in memory, with real sealed keys at a cost that tests can pay."""

    def __init__(self) -> None:
        self.ledger, self.private = MemoryObjects(), MemoryObjects()
        self.now = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
        self.registry = Registry(RegisterStore(self.ledger), self.boxes(PEPPER), self.clock)

    def boxes(self, pepper: bytes) -> SealedKeys:
        return SealedKeys(self.private, pepper, cost=10)

    def clock(self) -> dt.datetime:
        self.now += dt.timedelta(seconds=1)
        return self.now

    def signer(self, person: str, role: Role = Role.ADMIN, passphrase: str = PASSPHRASE) -> KeySigner:
        return key_signer(self.registry.register.read(), self.registry.boxes, person, role, passphrase)

    def found(self) -> None:
        found(self.registry, ADMIN, PASSPHRASE, service_key=SERVICE_KEY, seal_key=SEAL_KEY)

    def welcome(self, person: str, *roles: Role) -> None:
        invited = invite(self.registry, self.signer(ADMIN), person, roles)
        assert invited.code is not None
        if invited.needs_second:
            confirm(self.registry, self.signer(SECOND), person)
        enrol(self.registry, person, invited.code, PASSPHRASE)

    def records(self) -> int:
        return len(self.registry.register.read().records)


@pytest.fixture
def town() -> Town:
    town = Town()
    town.found()
    town.welcome(SECOND, Role.ADMIN)
    town.welcome(HMI, Role.HMI)
    return town


def test_people_come_in_by_code_and_sign_with_their_passphrase(town: Town) -> None:
    signer = town.signer(HMI, Role.HMI)
    member = town.registry.register.read().member(HMI)
    assert member is not None
    assert signer.sign(b"x").key == member.key
    assert (signer.actor.person, signer.actor.role, signer.actor.assurance) == (HMI, Role.HMI, "person-key")
    assert signer.is_role_held
    assert not town.signer(HMI, Role.INSPECTOR).is_role_held
    with pytest.raises(RefusedError, match="found none"):
        town.signer("nobody.known", Role.HMI)


def test_the_register_is_founded_once(town: Town) -> None:
    with pytest.raises(RefusedError, match=r"already founded, by jo\.keller"):
        town.found()


def test_a_wrong_code_enrols_nobody_and_the_right_one_once(town: Town) -> None:
    invited = invite(town.registry, town.signer(ADMIN), "new.person", (Role.INSPECTOR,))
    assert invited.code is not None
    assert not invited.needs_second
    for code in (code_of(b"\0" * 20), "", "ABCD", "x" * 39, invited.code[:-1]):
        before = town.records()
        with pytest.raises(RefusedError) as refusal:
            enrol(town.registry, "new.person", code, PASSPHRASE)
        assert not code or code not in str(refusal.value)
        assert town.records() == before
    with pytest.raises(RefusedError, match="found none"):
        enrol(town.registry, "another.person", invited.code, PASSPHRASE)
    enrol(town.registry, "new.person", invited.code.lower().replace("-", " "), PASSPHRASE)
    with pytest.raises(RefusedError, match="found none"):
        enrol(town.registry, "new.person", invited.code, PASSPHRASE)
    assert invited.code not in repr([*town.ledger.stored.values(), *town.private.stored.values()])


def test_an_invitation_expires(town: Town) -> None:
    holds = dt.timedelta(hours=1)
    invited = invite(town.registry, town.signer(ADMIN), "new.person", (Role.INSPECTOR,), holds=holds)
    assert invited.code is not None
    town.now += holds
    with pytest.raises(RefusedError, match="has not expired"):
        enrol(town.registry, "new.person", invited.code, PASSPHRASE)


def test_an_approver_waits_for_a_second_admin(town: Town) -> None:
    invited = invite(town.registry, town.signer(ADMIN), "new.person", (Role.HMI,))
    assert invited.code is not None
    assert invited.needs_second
    with pytest.raises(RefusedError, match="second admin"):
        enrol(town.registry, "new.person", invited.code, PASSPHRASE)
    with pytest.raises(RefusedError, match="an admin other than"):
        confirm(town.registry, town.signer(ADMIN), "new.person")
    confirm(town.registry, town.signer(SECOND), "new.person")
    enrol(town.registry, "new.person", invited.code, PASSPHRASE)
    assert town.signer("new.person", Role.HMI)


def test_no_admin_makes_itself_an_approver_and_no_other_makes_anybody(town: Town) -> None:
    with pytest.raises(RefusedError, match="other than the admin"):
        invite(town.registry, town.signer(ADMIN), ADMIN, (Role.HMI,))
    with pytest.raises(RefusedError, match="by a current admin"):
        invite(town.registry, town.signer(HMI, Role.HMI), "new.person", (Role.HMI,))
    with pytest.raises(RefusedError, match="granted by invitation"):
        change_roles(town.registry, town.signer(ADMIN), SECOND, (Role.HMI,))


def test_roles_change_and_somebody_leaves(town: Town) -> None:
    town.welcome("rhian.morgan", Role.INSPECTOR)
    change_roles(town.registry, town.signer(ADMIN), "rhian.morgan", (Role.FORCE_LIAISON,), force="kent")
    assert town.registry.register.read().member("rhian.morgan", town.now).force == "kent"
    revoke(town.registry, town.signer("rhian.morgan", Role.FORCE_LIAISON), "rhian.morgan", "leaves the force")
    with pytest.raises(RefusedError, match="found none"):
        town.signer("rhian.morgan", Role.FORCE_LIAISON)
    revoke(town.registry, town.signer(ADMIN), SECOND, "leaves")
    with pytest.raises(RefusedError, match="another admin to be left"):
        revoke(town.registry, town.signer(ADMIN), ADMIN, "leaves")


def test_a_revoked_admin_does_nothing_with_a_key_that_was_open(town: Town) -> None:
    stolen = town.signer(SECOND)
    revoke(town.registry, town.signer(ADMIN), SECOND, "the key was stolen")
    with pytest.raises(RefusedError, match="by a current admin"):
        invite(town.registry, stolen, "new.person", (Role.INSPECTOR,))


def test_a_person_changes_their_key_and_the_old_passphrase_is_worth_nothing(town: Town) -> None:
    old = town.signer(HMI, Role.HMI)
    with pytest.raises(RefusedError, match="does not open"):
        rotate(town.registry, HMI, "not the passphrase", "another passphrase")
    rotate(town.registry, HMI, PASSPHRASE, "another passphrase")
    with pytest.raises(RefusedError, match="does not open"):
        town.signer(HMI, Role.HMI)
    new = town.signer(HMI, Role.HMI, "another passphrase")
    assert new.sign(b"x").key != old.sign(b"x").key


def test_providers_and_keys_of_the_system(town: Town) -> None:
    admin = town.signer(ADMIN)
    login = Login(ISSUER, "sub-1")
    with pytest.raises(RefusedError, match="registered provider"):
        invite(town.registry, admin, "new.person", (Role.INSPECTOR,), login=login)
    register_provider(town.registry, admin, issuer=ISSUER, client=CLIENT, keys=key_set())
    with pytest.raises(RefusedError, match="registered provider"):
        invite(town.registry, admin, "new.person", (Role.INSPECTOR,), login=login)
    thumbprints = thumbprints_of(key_set())
    for issuer, known in (("https://another.example.org", thumbprints), (ISSUER, ()), (ISSUER, ("x", *thumbprints))):
        with pytest.raises(RefusedError, match="identity provider"):
            confirm_provider(town.registry, town.signer(SECOND), issuer, known)
    with pytest.raises(RefusedError, match="an admin other than"):
        confirm_provider(town.registry, admin, ISSUER, thumbprints)
    confirm_provider(town.registry, town.signer(SECOND), ISSUER, thumbprints)
    invited = invite(town.registry, admin, "new.person", (Role.INSPECTOR,), login=login)
    assert (invited.code, invited.needs_second) == (None, False)
    assert invite(town.registry, admin, "new.approver", (Role.HMI,), login=Login(ISSUER, "sub-2")).needs_second
    with pytest.raises(RefusedError, match="logs in at a provider"):
        town.signer("new.person", Role.INSPECTOR)
    register_service_key(town.registry, admin, public_key_of(key_for("ncpi 2")))
    register_seal_key(town.registry, admin, SEAL_KEY.replace("+00000000+", "+00000001+"))
    register = town.registry.register.read()
    assert register.state.service.at(town.now) == public_key_of(key_for("ncpi 2"))
    assert len(register.seal_keys) == 2


def test_a_clock_that_is_a_little_behind_is_overlooked_and_one_that_is_wrong_is_not(town: Town) -> None:
    admin, before = town.signer(ADMIN), town.now
    town.now = before - dt.timedelta(seconds=30)
    recorded = invite(town.registry, admin, "new.person", (Role.INSPECTOR,)).recorded
    assert recorded.record.at >= before - dt.timedelta(seconds=5)
    town.now = before - dt.timedelta(hours=1)
    with pytest.raises(RefusedError, match="fix the clock"):
        invite(town.registry, admin, "another.person", (Role.INSPECTOR,))


def box_of(town: Town, person: str) -> str:
    member = town.registry.register.read().member(person)
    assert member is not None
    assert member.box is not None
    return member.box


def test_a_stolen_store_opens_nothing_without_the_pepper(town: Town) -> None:
    assert town.boxes(PEPPER).open(HMI, box_of(town, HMI), PASSPHRASE)
    for pepper in (b"", b"q" * 32):
        with pytest.raises(RefusedError, match="does not open"):
            town.boxes(pepper).open(HMI, box_of(town, HMI), PASSPHRASE)
    stored = b"".join(data for versions in town.private.stored.values() for data in versions)
    assert PASSPHRASE.encode() not in stored
    key = town.boxes(PEPPER).open(HMI, box_of(town, HMI), PASSPHRASE)
    assert key.private_bytes_raw() not in stored
    assert digest_of(PASSPHRASE.encode()).encode() not in stored


@pytest.mark.parametrize(
    "change", [{"person": SECOND}, {"key": "0" * 64}, {"cost": 11}, {"box": "AAAA"}, {"version": 2}]
)
def test_an_altered_box_opens_nothing(town: Town, change: dict[str, object]) -> None:
    digest = box_of(town, HMI)
    said = json.loads(town.private.read(keys.sealed_key(HMI, digest)))
    data = json.dumps({**said, **change}, sort_keys=True, separators=(",", ":")).encode()
    town.private.overwrite(keys.sealed_key(HMI, digest), data, "application/json")
    with pytest.raises(ArtefactError, match="not what was registered"):
        town.signer(HMI, Role.HMI)
    # And under the name of its own bytes, if somebody could write that into the register:
    town.private.overwrite(keys.sealed_key(HMI, digest_of(data)), data, "application/json")
    with pytest.raises((ArtefactError, RefusedError)):
        town.boxes(PEPPER).open(HMI, digest_of(data), PASSPHRASE)


def test_a_box_moved_to_another_person_opens_nothing(town: Town) -> None:
    digest = box_of(town, HMI)
    data = town.private.read(keys.sealed_key(HMI, digest))
    town.private.create(keys.sealed_key(SECOND, digest), data, "application/json")
    with pytest.raises(ArtefactError, match="not what was registered"):
        town.boxes(PEPPER).open(SECOND, digest, PASSPHRASE)
    moved = data.replace(HMI.encode(), SECOND.encode())
    town.private.create(keys.sealed_key(SECOND, digest_of(moved)), moved, "application/json")
    with pytest.raises(RefusedError, match="does not open"):
        town.boxes(PEPPER).open(SECOND, digest_of(moved), PASSPHRASE)


def test_what_is_sealed_at_the_cost_of_the_product_opens(town: Town) -> None:
    boxes = SealedKeys(town.private, PEPPER)
    digest = boxes.keep(HMI, key_for(HMI), PASSPHRASE)
    assert json.loads(town.private.read(keys.sealed_key(HMI, digest)))["cost"] == 17
    assert public_key_of(boxes.open(HMI, digest, PASSPHRASE)) == public_key_of(key_for(HMI))


def test_a_box_that_is_gone_is_said_to_be(town: Town) -> None:
    town.private.stored.pop(keys.sealed_key(HMI, box_of(town, HMI)))
    with pytest.raises(ArtefactError, match="restore it"):
        town.signer(HMI, Role.HMI)


def test_every_record_is_told_of_so_that_it_is_sealed_at_once(town: Town) -> None:
    told: list[int] = []
    registry = replace(town.registry, announce=lambda recorded: told.append(recorded.record.seq))
    before = town.records()
    rotate(registry, HMI, PASSPHRASE, "another passphrase")
    revoke(registry, town.signer(ADMIN), HMI, "left the service")
    assert told == [before, before + 1]


def test_nobody_s_key_or_role_ends_as_planned_before_what_they_signed_is_sealed(town: Town) -> None:
    registry, admin, sealing = town.registry, town.signer(ADMIN), key_for("seals")
    register_seal_key(registry, admin, str(verifier_key_of("ncpi.invalid/ledger", sealing)))
    town.welcome("pat.howells", Role.PROGRAMME_MANAGER, Role.INSPECTOR)
    manager = town.signer("pat.howells", Role.PROGRAMME_MANAGER)
    history = History("kent-2025")
    facts: dict[str, Fact] = {"force": "kent", "force_name": "Kent Police"}
    entry = history.next_entry(Kind.OPENED, at=town.clock(), signer=manager, facts=facts)
    Ledger(town.ledger).append(history, entry)
    roles = (Role.PROGRAMME_MANAGER,)
    with pytest.raises(RefusedError, match=r"ledger/kent-2025/00000000\.json not sealed yet"):
        rotate(registry, "pat.howells", PASSPHRASE, "another passphrase")
    with pytest.raises(RefusedError, match="not sealed yet"):
        change_roles(registry, admin, "pat.howells", roles)
    # Another's entries are no hindrance, nor is a role that is added.
    rotate(registry, HMI, PASSPHRASE, "another passphrase")
    change_roles(registry, admin, "pat.howells", (*roles, Role.INSPECTOR, Role.MODERATOR))
    Sealer(town.ledger, "ncpi.invalid/ledger", sealing, town.clock).seal()
    change_roles(registry, admin, "pat.howells", roles)
    rotate(registry, "pat.howells", PASSPHRASE, "another passphrase")


class Crowded(MemoryObjects):
    """A ledger bucket in which somebody else writes the next record first, a number of times."""

    def __init__(self, town: Town, times: int) -> None:
        super().__init__()
        self.stored, self.town, self.times = town.ledger.stored, town, times
        self.others = iter(range(times))

    def create(self, key: str, data: bytes, content_type: str) -> bool:
        if (number := next(self.others, None)) is not None:
            invite(self.town.registry, self.town.signer(ADMIN), f"other.person{number}", (Role.INSPECTOR,))
        return super().create(key, data, content_type)


def crowded(town: Town, times: int) -> Registry:
    return replace(town.registry, register=RegisterStore(Crowded(town, times)))


def test_whoever_acts_on_the_register_beside_others_acts_after_them(town: Town) -> None:
    invited = invite(crowded(town, 2), town.signer(ADMIN), "rhian.morgan", (Role.INSPECTOR,))
    before = town.records()
    assert invited.code is not None
    enrol(crowded(town, 10), "rhian.morgan", invited.code, PASSPHRASE)
    assert town.records() == before + 11
    rotate(crowded(town, 1), "rhian.morgan", PASSPHRASE, "another horse battery")
    assert town.signer("rhian.morgan", Role.INSPECTOR, "another horse battery").is_role_held
    change_roles(crowded(town, 1), town.signer(ADMIN), "rhian.morgan", (Role.MODERATOR,))
    revoke(crowded(town, 1), town.signer(ADMIN), "rhian.morgan", "left")
    assert town.registry.register.read().member("rhian.morgan") is None


def test_who_is_never_first_is_told_to_do_the_same_again(town: Town) -> None:
    invited = invite(town.registry, town.signer(ADMIN), "rhian.morgan", (Role.INSPECTOR,))
    assert invited.code is not None
    with pytest.raises(AlreadyWrittenError) as conflict:
        enrol(crowded(town, 30), "rhian.morgan", invited.code, PASSPHRASE)
    assert str(conflict.value) == (
        "rhian.morgan: somebody else was registered at the same moment; run the same command again"
    )
    enrol(town.registry, "rhian.morgan", invited.code, PASSPHRASE)


def test_who_is_invited_and_has_not_enrolled_is_told_to(town: Town) -> None:
    invite(town.registry, town.signer(ADMIN), "rhian.morgan", (Role.INSPECTOR,))
    with pytest.raises(RefusedError, match="is invited and has not enrolled yet; run `ncpi people enrol"):
        town.signer("rhian.morgan", Role.INSPECTOR)
    with pytest.raises(RefusedError, match="expected a member of the register, found none"):
        town.signer("zoe.khan", Role.INSPECTOR)


def test_a_short_passphrase_is_refused_and_a_spelling_of_it_is_not(town: Town) -> None:
    with pytest.raises(RefusedError, match="12 characters"):
        rotate(town.registry, HMI, PASSPHRASE, "elevenchars")
    rotate(town.registry, HMI, PASSPHRASE, "caf\u00e9 caf\u00e9 caf\u00e9")
    assert town.signer(HMI, Role.HMI, "cafe\u0301 cafe\u0301 cafe\u0301")


@pytest.mark.parametrize("person", ["", "../x", "dru", "Dru.Sharpling", "dru.sharpling\n", "dru.sharpling/../x"])
def test_no_path_is_made_of_what_is_no_account_name(person: str) -> None:
    with pytest.raises(NotFoundError):
        keys.sealed_key(person, "0" * 64)


@settings(deadline=None)
@given(st.binary(min_size=20, max_size=20))
def test_a_code_is_read_back_however_it_is_written(drawn: bytes) -> None:
    code = code_of(drawn)
    assert len(code) == 39
    for text in (code, code.lower(), f" {code.replace('-', ' ')}\n"):
        assert public_key_of(key_of_code(text)) == public_key_of(key_of_code(code))


@settings(deadline=None)
@given(st.text(max_size=60))
def test_any_other_text_is_no_code(text: str) -> None:
    if len("".join(text.split()).replace("-", "")) == 32:
        return
    with pytest.raises(RefusedError) as refusal:
        key_of_code(text)
    assert len(text) < 12 or text not in str(refusal.value)  # shorter ones are words of the message
