"""An entry is believed by what it rests on, the register and the seals, whatever it says of its own time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest

from desk.acts.foreign_entries import name_foreign_entries, set_foreign_aside
from desk.acts.holds import change_hold
from desk.acts.withdrawal import withdraw
from desk.lookups import stands
from domain.lifecycle.history import MAX_CLOCKS_APART, Recorded
from domain.sealing.note import verifier_key_of
from domain.signing import KeySigner, public_key_of, sign_entry
from flows.stage_run import Result
from schemas.errors import LedgerError, RefusedError
from schemas.lifecycle.acts import PLACE_HOLD
from schemas.lifecycle.entry import Fact, UnsignedEntry
from schemas.lifecycle.moves import Kind, State
from schemas.people.register import Body, Revoked, RolesChanged, Rotated, ServiceRegistered
from schemas.people.roles import Role
from storage import keys
from storage.s3.versions import StoredVersion
from storage.sealing.sealer import Sealer
from storage.settings import ORIGIN
from tests.support import quick
from tests.support.people import FIRST_ADMIN, SERVICE, book_of_everybody, key_for, signer
from tests.support.returns import write_fieldwork
from tests.support.verifying import found_by_both
from tests.support.world import HMI, INSPECTION, LEAD, MANAGER, World

OTHER_HMI: Final = signer("wendy.williams", Role.HMI)
WHY: Final = "The key of dru.sharpling was stolen"
LEFT: Final = Revoked(reason="left the service")
SEALING: Final = key_for("seals")


@dataclass
class Sealed:
    """A world in which seals are made and people leave."""

    world: World

    def __post_init__(self) -> None:
        self.book = book_of_everybody(seal_key=str(verifier_key_of(ORIGIN, SEALING)))
        self.world.ledger_objects.stored.clear()
        self.book.put(self.world.ledger_objects)

    def seal(self) -> None:
        Sealer(self.world.ledger_objects, ORIGIN, SEALING, self.world.clock).seal()

    def end(
        self, body: Body = LEFT, person: str = "dru.sharpling", *, by: str = FIRST_ADMIN, keys: tuple[str, ...] = ()
    ) -> None:
        self.book.at = self.world.clock()
        self.book.add(body, by, person, keys)
        self.book.put(self.world.ledger_objects)

    def forge(
        self, kind: Kind, who: KeySigner, facts: dict[str, Fact], at: dt.datetime, because: Recorded | None = None
    ) -> Recorded:
        """Append an entry of any instant, past the desk."""
        history = self.world.history()
        document = because.entry.document if because else None
        made = history.next_entry(
            kind, at=self.world.now, signer=who, facts=facts, document=document, because=because and because.digest
        )
        content = {name: value for name, value in dict(made).items() if name != "signature"}
        entry = sign_entry(UnsignedEntry(**{**content, "at": at}), who)
        return self.world.stores.ledger.append(history, entry).recorded[-1]

    def approve_with_ended_key(self, at: dt.datetime, who: KeySigner = HMI) -> Recorded:
        facts: dict[str, Fact] = {"decision": "approved", "draft": self.world.draft(), "embargo": at.isoformat()}
        return self.forge(Kind.REPORT_APPROVED, who, facts, at, self.world.history().recorded[-1])

    def publish_before_the_end(self) -> dt.datetime:
        """Publish the draft, then end the approver's key, each sealed; return an instant between."""
        self.world.approve()
        self.world.deliver()
        self.seal()
        before = self.world.clock()
        self.end()
        self.seal()
        return before

    def set_aside(self, *entries: Recorded) -> None:
        world = self.world
        digests = [one.digest[:12] for one in entries]
        name_foreign_entries(world.context, INSPECTION, digests, MANAGER, WHY)
        set_foreign_aside(world.context, INSPECTION, OTHER_HMI)


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    quick.quicken(monkeypatch)


@pytest.fixture
def drafted(tmp_path: Path) -> Sealed:
    """An inspection whose draft waits for a decision, sealed."""
    sealed = Sealed(World())
    sealed.world.open()
    sealed.world.submit("fieldwork", write_fieldwork(tmp_path / "fieldwork"))
    sealed.world.deliver()
    sealed.seal()
    return sealed


ENDINGS: Final[dict[str, Callable[[Sealed], None]]] = {
    "revoked": lambda sealed: sealed.end(),
    "by themselves": lambda sealed: sealed.end(by="dru.sharpling"),
    "rotated": lambda sealed: sealed.end(
        Rotated(key=public_key_of(key_for("new key")), box="0" * 64),
        by="dru.sharpling",
        keys=("dru.sharpling", "new key"),
    ),
    "roles changed": lambda sealed: sealed.end(RolesChanged(roles=(Role.MODERATOR,), force=None)),
}


@pytest.mark.parametrize("how", ENDINGS)
@pytest.mark.parametrize("later", [dt.timedelta(), dt.timedelta(days=7)], ids=["at once", "a week later"])
def test_what_an_ended_key_signs_is_never_acted_on_whenever_it_says_it_was_signed(
    drafted: Sealed, tmp_path: Path, how: str, later: dt.timedelta
) -> None:
    world, before = drafted.world, drafted.world.clock()
    world.now += dt.timedelta(seconds=14)
    ENDINGS[how](drafted)
    drafted.seal()
    world.now += later
    forged = drafted.approve_with_ended_key(before)
    for _ in range(2):  # unsealed, and sealed
        with pytest.raises(LedgerError, match="ncpi foreign name"):
            world.run("publication")
        assert world.public_objects.stored == {}
        drafted.seal()
    said = found_by_both(world, tmp_path / "before")
    assert [one.split(":")[0] for one in said if "its key or role ended" in one] == ["product", "alone"]
    (line,) = [one for one in stands(world.stores, world.now)(world.history()).beside if "not believed" in one]
    assert f"ncpi foreign name {INSPECTION} --entry {forged.digest[:12]}" in line
    drafted.set_aside(forged)
    assert world.history().state is State.REPORT_DRAFTED
    world.approve(who=OTHER_HMI)
    world.deliver()
    assert world.history().state is State.AWAITING_REVIEW
    drafted.seal()
    assert found_by_both(world, tmp_path / "after") == []


def test_an_approval_dated_before_its_draft_is_found_whoever_signed_it(drafted: Sealed, tmp_path: Path) -> None:
    world = drafted.world
    submitted = world.history().latest(Kind.FIELDWORK_SUBMITTED)
    assert submitted
    drafted.approve_with_ended_key(submitted.entry.at)
    with pytest.raises(LedgerError, match="no earlier than those of the entries before"):
        world.run("publication")
    assert world.public_objects.stored == {}
    assert [one.split(" ")[1] for one in found_by_both(world, tmp_path / "record")] == ["rule", "rule"]


def test_until_a_seal_tells_a_stage_waits(drafted: Sealed) -> None:
    world, before = drafted.world, drafted.world.clock()
    drafted.end()
    drafted.approve_with_ended_key(before)
    with pytest.raises(TimeoutError, match="only the next seal shows"):
        world.run("publication")
    drafted.seal()
    # In one seal, the entry counts as the later of the two.
    with pytest.raises(LedgerError, match="found it sealed later"):
        world.run("publication")
    assert world.public_objects.stored == {}


def test_nothing_is_sealed_before_the_end_of_its_key_that_was_written_after_it(
    drafted: Sealed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thief who writes while the sealer is between two listings gains nothing."""
    world, before, listed = drafted.world, drafted.world.clock(), []
    versions = world.ledger_objects.versions

    def racing(prefix: str) -> Iterator[StoredVersion]:
        if prefix in {keys.LEDGER_PREFIX, keys.REGISTER_PREFIX}:
            listed.append(prefix)
            if len(listed) == 3:  # the sealer has read the register for its key, and has listed one of the two
                monkeypatch.undo()
                quick.quicken(monkeypatch)
                drafted.end()
                drafted.approve_with_ended_key(before)
        return iter(list(versions(prefix)))

    monkeypatch.setattr(world.ledger_objects, "versions", racing)
    drafted.seal()
    assert len(listed) == 3
    drafted.seal()
    with pytest.raises(LedgerError, match="found it sealed later"):
        world.run("publication")


def test_what_was_sealed_before_its_signer_left_stays_valid(drafted: Sealed, tmp_path: Path) -> None:
    world = drafted.world
    world.approve(embargo=world.now + dt.timedelta(hours=1))
    drafted.seal()
    drafted.end()
    assert world.run("publication").result is Result.WAITING
    world.now += dt.timedelta(hours=2)
    drafted.seal()
    world.deliver()
    assert world.history().state is State.AWAITING_REVIEW
    drafted.seal()
    assert found_by_both(world, tmp_path / "record") == []
    with pytest.raises(RefusedError, match="not believed"):
        name_foreign_entries(world.context, INSPECTION, [world.history().recorded[4].digest[:12]], MANAGER, WHY)


def test_two_people_who_set_aside_what_was_sealed_in_time_are_found_by_both(drafted: Sealed, tmp_path: Path) -> None:
    world = drafted.world
    approval = world.approve(embargo=world.now + dt.timedelta(hours=1))
    drafted.seal()
    drafted.end()
    drafted.seal()
    facts: dict[str, Fact] = {"entries": (approval.digest,), "reason": WHY}
    naming = drafted.forge(Kind.FOREIGN_NAMED, MANAGER, facts, world.clock())
    history = world.history()
    aside = history.next_entry(
        Kind.FOREIGN_SET_ASIDE,
        at=world.clock(),
        signer=OTHER_HMI,
        facts={"entries": (approval.digest,)},
        because=naming.digest,
    )
    world.stores.ledger.append(history, aside)
    assert [one.split(" ")[1] for one in found_by_both(world, tmp_path / "record")] == ["rule", "rule"]
    with pytest.raises(LedgerError, match="an entry that is not believed"):
        world.approve(who=OTHER_HMI)


def test_a_lift_of_a_hold_is_held_to_the_same(drafted: Sealed) -> None:
    world = drafted.world
    change_hold(world.context, PLACE_HOLD, INSPECTION, MANAGER, "Nobody may visit the force")
    world.clock()
    drafted.seal()
    before = world.clock()
    drafted.end()
    drafted.seal()
    lift = drafted.forge(Kind.HOLD_LIFTED, HMI, {"reason": "They may"}, before)
    approval = world.approve(who=OTHER_HMI)  # the desk looks at the draft alone
    with pytest.raises(LedgerError, match=r"hold\.lifted"):
        world.run("publication")
    assert approval.entry.seq == lift.entry.seq + 1
    assert world.public_objects.stored == {}


def test_nobody_decides_on_what_an_ended_key_drafted(drafted: Sealed) -> None:
    world = drafted.world
    world.approve()
    world.deliver()
    drafted.seal()
    before = world.clock()
    drafted.end(person=LEAD.actor.person)
    drafted.seal()
    published = world.history().latest(Kind.PUBLISHED)
    drafted.forge(Kind.CORRECTION_DRAFTED, LEAD, {"of": "initial-report", "number": 2, "errata": 1}, before, published)
    with pytest.raises(LedgerError, match="ncpi foreign name"):
        world.approve(who=OTHER_HMI)


def test_a_withdrawal_is_done_at_once_whatever_else_was_written(drafted: Sealed) -> None:
    world, before = drafted.world, drafted.publish_before_the_end()
    drafted.forge(Kind.CASE_REFERRED_BACK, HMI, {"cases": 1}, before)
    withdraw(world.context, INSPECTION, OTHER_HMI, "It names another force")
    assert world.run("publication").result is Result.RECORDED
    assert world.history().state is State.WITHDRAWN


def test_an_order_by_an_ended_key_withdraws_nothing(drafted: Sealed) -> None:
    world, before = drafted.world, drafted.publish_before_the_end()
    public = dict(world.public_objects.stored)
    order = drafted.forge(Kind.WITHDRAWAL_ORDERED, HMI, {"reason": "No reason"}, before)
    with pytest.raises(LedgerError, match=r"withdrawal\.ordered"):
        world.run("publication")
    assert world.public_objects.stored == public
    drafted.set_aside(order)
    withdraw(world.context, INSPECTION, OTHER_HMI, "It names another force")
    assert world.run("publication").result is Result.RECORDED


def test_what_the_stages_signed_with_a_replaced_key_stands_where_it_was_sealed(drafted: Sealed, tmp_path: Path) -> None:
    world = drafted.world
    drafted.end(ServiceRegistered(service_key=public_key_of(key_for("ncpi 2"))), FIRST_ADMIN)
    drafted.seal()
    world.steps.signer = KeySigner(SERVICE.actor, key_for("ncpi 2"))
    world.approve()
    world.deliver()
    drafted.seal()
    assert world.history().state is State.AWAITING_REVIEW
    assert found_by_both(world, tmp_path / "record") == []


def test_a_clock_that_is_behind_dates_nothing_back(drafted: Sealed, tmp_path: Path) -> None:
    world = drafted.world
    newest = world.now
    world.now = newest - dt.timedelta(minutes=10)
    approval = world.approve()
    draft = world.history().recorded[approval.entry.seq - 1].entry
    assert approval.entry.at == draft.at > world.now
    world.deliver()
    drafted.seal()
    assert found_by_both(world, tmp_path / "record") == []
    world.now = newest - MAX_CLOCKS_APART - dt.timedelta(minutes=1)
    with pytest.raises(RefusedError, match="fix the clock that is wrong"):
        change_hold(world.context, PLACE_HOLD, INSPECTION, MANAGER, "Nobody may visit the force")
