"""Entries by a process whose key the register does not know are set aside by two people, and nothing else ever is."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Final

import pytest

from audit.verification import verify
from desk.acts.foreign_entries import name_foreign_entries, set_foreign_aside
from desk.acts.holds import change_hold
from domain.lifecycle.history import Recorded
from domain.people.register import Register
from domain.signing import KeySigner, public_key_of, sign_entry
from schemas.errors import ChainBrokenError, LedgerError, RefusedError, SeparationError
from schemas.lifecycle.acts import PLACE_HOLD
from schemas.lifecycle.entry import Actor, Fact, UnsignedEntry
from schemas.lifecycle.moves import Kind, State
from schemas.people.register import ServiceRegistered
from schemas.people.roles import Role
from tests.support import quick
from tests.support.people import FIRST_ADMIN, book_of_everybody, key_for, signer
from tests.support.returns import write_fieldwork
from tests.support.verifying import found_by_both, holdings_of
from tests.support.world import HMI, INSPECTION, MANAGER, World, copied

WRONG: Final = KeySigner(Actor(person="ncpi", role=Role.SERVICE, assurance="service"), key_for("another ncpi"))
WHY: Final = "A runner on another computer wrote it with its own key"


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    quick.quicken(monkeypatch)


def foreign(world: World, count: int, who: KeySigner = WRONG) -> list[Recorded]:
    """Let a wrong process do the next turns of the stages, as the right one would have done them."""
    right = copied(world)
    right.events = list(world.events)
    right.deliver()
    place = len(world.history().recorded)
    for one in right.history().recorded[place : place + count]:
        history, entry = world.history(), one.entry
        written = history.next_entry(
            entry.kind, id=entry.id, at=world.clock(), signer=who, document=entry.document, facts=entry.facts
        )
        world.stores.ledger.append(history, written)
    for key, versions in right.private_objects.stored.items():
        world.private_objects.stored.setdefault(key, list(versions))
    return list(world.history().recorded[place:])


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path / "fieldwork"))
    return world


def name(world: World, entries: list[Recorded], who: KeySigner = MANAGER) -> Recorded:
    return name_foreign_entries(world.context, INSPECTION, [one.digest[:12] for one in entries], who, WHY)


@pytest.mark.parametrize("count", [1, 2])
def test_the_inspection_goes_on_from_the_last_good_entry(world: World, tmp_path: Path, count: int) -> None:
    entries = foreign(world, count)
    if count == 1:
        with pytest.raises(LedgerError, match="ncpi foreign name"):
            world.run("initial-report")
    else:
        with pytest.raises(LedgerError, match="ncpi foreign name"):
            world.approve()
    assert any("signature" in one for one in found_by_both(copied(world), tmp_path / "before"))
    named = name(world, entries)
    assert named.entry.facts["entries"] == tuple(one.digest for one in entries)
    assert world.history().state is not State.FIELDWORK_SUBMITTED
    done = set_foreign_aside(world.context, INSPECTION, HMI)
    assert set_foreign_aside(world.context, INSPECTION, HMI) == done
    assert world.history().state is State.FIELDWORK_SUBMITTED
    world.run("fieldwork")
    world.deliver()
    assert world.history().state is State.REPORT_DRAFTED
    world.approve()
    world.deliver()
    assert world.history().state is State.AWAITING_REVIEW
    assert found_by_both(world, tmp_path / "record") == []
    layers = {one.layer: one.checked for one in verify(holdings_of(world.stores)).layers}
    number = "1" if count == 1 else "2"
    assert layers["signature"].endswith(f"; {number} not believed and set aside by dru.sharpling, pat.howells")


def test_one_person_alone_sets_nothing_aside(world: World, tmp_path: Path) -> None:
    entries = foreign(world, 1)
    with pytest.raises(RefusedError, match="somebody named"):
        set_foreign_aside(world.context, INSPECTION, HMI)
    name(world, entries)
    with pytest.raises(SeparationError):
        set_foreign_aside(world.context, INSPECTION, MANAGER)
    with pytest.raises(RefusedError):
        set_foreign_aside(world.context, INSPECTION, signer("sam.smith", Role.INSPECTOR))
    assert world.history().set_aside == frozenset()


def test_no_entry_by_a_known_key_is_set_aside(world: World) -> None:
    for place, one in enumerate(world.history().recorded):
        with pytest.raises(RefusedError, match="only such entries can be set aside"):
            name(world, [one])
        assert len(world.history().recorded) == 3 + place
    world.deliver()
    for one in world.history().recorded:
        with pytest.raises(RefusedError):
            name(world, [one])


def test_an_entry_by_a_known_key_that_rests_on_it_keeps_it(world: World) -> None:
    entries = foreign(world, 2)
    draft = entries[-1]
    facts: dict[str, Fact] = {"decision": "approved", "draft": world.draft(), "embargo": world.now.isoformat()}
    history = world.history()
    approval = history.next_entry(
        Kind.REPORT_APPROVED,
        at=world.clock(),
        signer=HMI,
        document=draft.entry.document,
        facts=facts,
        because=draft.digest,
    )
    world.stores.ledger.append(history, approval)  # as a desk that looks at no signature would record it
    with pytest.raises(LedgerError, match="ncpi foreign name"):
        world.run("publication")
    assert world.public_objects.stored == {}
    name(world, entries)
    with pytest.raises(RefusedError, match="rests on an entry that is to be set aside"):
        set_foreign_aside(world.context, INSPECTION, HMI)


def test_what_people_did_meanwhile_beside_the_path_stands(world: World, tmp_path: Path) -> None:
    entries = foreign(world, 1)
    change_hold(world.context, PLACE_HOLD, INSPECTION, MANAGER, "A wrong process was seen")
    name(world, entries)
    set_foreign_aside(world.context, INSPECTION, HMI)
    assert world.history().position == (State.ON_HOLD, State.FIELDWORK_SUBMITTED)
    assert found_by_both(world, tmp_path / "record") == []


def forge(
    world: World, kind: Kind, facts: dict[str, Fact], who: KeySigner, because: str | None, at: dt.datetime | None = None
) -> Recorded:
    history = world.history()
    entry = history.next_entry(kind, at=world.clock(), signer=who, facts=facts, because=because)
    if at:
        content = {name: value for name, value in dict(entry).items() if name != "signature"}
        entry = sign_entry(UnsignedEntry(**{**content, "at": at}), who)
    return world.stores.ledger.append(history, entry).recorded[-1]


@pytest.mark.parametrize("dated_back", [False, True], ids=["now", "dated back"])
def test_two_people_who_set_a_genuine_entry_aside_are_found_by_both(
    world: World, tmp_path: Path, dated_back: bool
) -> None:
    change_hold(world.context, PLACE_HOLD, INSPECTION, MANAGER, "They would rather that nobody saw this")
    genuine = world.history().recorded[-1]
    at = dt.datetime(2013, 1, 1, tzinfo=dt.UTC) if dated_back else None
    facts: dict[str, Fact] = {"entries": (genuine.digest,), "reason": WHY}
    naming = forge(world, Kind.FOREIGN_NAMED, facts, MANAGER, None, at)
    forge(world, Kind.FOREIGN_SET_ASIDE, {"entries": (genuine.digest,)}, HMI, naming.digest, at)
    said = found_by_both(world, tmp_path / "record")
    assert any(one.startswith("product: rule") and "an entry that is not believed" in one for one in said), said
    assert any(one.startswith("alone: rule") and "which is believed" in one for one in said), said
    with pytest.raises(LedgerError):
        world.run("fieldwork")


def test_a_stage_does_not_believe_a_wrong_process_that_sets_aside(world: World, tmp_path: Path) -> None:
    """Whoever can write to the ledger without a known key gains nothing by this act."""
    change_hold(world.context, PLACE_HOLD, INSPECTION, MANAGER, "Stop")
    hold = world.history().recorded[-1]
    thieves = [signer(one, Role.HMI, key=key_for(f"stolen {one}")) for one in ("dru.sharpling", "wendy.williams")]
    facts: dict[str, Fact] = {"entries": (hold.digest,), "reason": WHY}
    naming = forge(world, Kind.FOREIGN_NAMED, facts, thieves[0], None)
    aside = forge(world, Kind.FOREIGN_SET_ASIDE, {"entries": (hold.digest,)}, thieves[1], naming.digest)
    with pytest.raises(LedgerError):
        world.run("fieldwork")
    name(world, [naming, aside])
    set_foreign_aside(world.context, INSPECTION, HMI)
    assert world.history().state is State.ON_HOLD
    assert found_by_both(world, tmp_path / "record") == []


@pytest.mark.parametrize("kind", ["same person", "other entries", "no cause", "not there"])
def test_the_chain_takes_no_act_that_its_ledger_contradicts(world: World, kind: str) -> None:
    (one,) = foreign(world, 1)
    naming = name(world, [one])
    entries = ("0" * 64,) if kind == "other entries" else (one.digest,)
    who = MANAGER if kind == "same person" else HMI
    because = one.digest if kind == "no cause" else naming.digest
    if kind == "not there":
        naming = forge(world, Kind.FOREIGN_NAMED, {"entries": ("0" * 64,), "reason": WHY}, MANAGER, None)
        entries, because = ("0" * 64,), naming.digest
    with pytest.raises(ChainBrokenError, match="entries that may be set aside"):
        forge(world, Kind.FOREIGN_SET_ASIDE, {"entries": entries}, who, because)


def test_what_was_set_aside_stays_so_when_its_key_is_registered_later(world: World, tmp_path: Path) -> None:
    (one,) = foreign(world, 1)
    name(world, [one])
    set_foreign_aside(world.context, INSPECTION, HMI)
    book = book_of_everybody()
    book.at = world.now + dt.timedelta(hours=1)
    book.add(ServiceRegistered(service_key=public_key_of(key_for("another ncpi"))), FIRST_ADMIN)
    book.put(world.ledger_objects)
    assert isinstance(book.register, Register)
    assert found_by_both(world, tmp_path / "record") == []
