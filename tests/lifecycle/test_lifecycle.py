"""The whole life of an inspection by the product's own desk and stages, over real implementations in memory."""

from __future__ import annotations

import datetime as dt
import random
from pathlib import Path

import pytest

from desk.acts.decision import approve
from desk.acts.holds import change_hold
from domain.lifecycle.board import standing
from domain.lifecycle.facts import facts_of_index
from domain.signing import KeySigner, public_key_of
from schemas.documents.publication import Draft
from schemas.documents.report import InitialReport
from schemas.errors import (
    ArtefactError,
    IllegalMoveError,
    LedgerError,
    NcpiError,
    RefusedError,
    SeparationError,
    SettingsError,
    StaleError,
)
from schemas.lifecycle.acts import LIFT_HOLD, PLACE_HOLD
from schemas.lifecycle.moves import Kind, State
from schemas.lifecycle.stages import STAGES
from schemas.people.register import ServiceRegistered
from schemas.people.roles import Role
from storage import keys
from tests.support.people import FIRST_ADMIN, book_of_everybody, everybody, key_for, signer
from tests.support.quick import quicken
from tests.support.returns import write_fieldwork, write_review
from tests.support.servers.power_cuts import DyingWrites, PowerCut
from tests.support.verifying import verify_inspection, verify_public
from tests.support.world import HMI, INSPECTION, MANAGER, World, copied

WHOLE_LIFE = [
    Kind.OPENED,
    Kind.FIELDWORK_SUBMITTED,
    Kind.FIELDWORK_RECORDED,
    Kind.REPORT_DRAFTED,
    Kind.REPORT_APPROVED,
    Kind.PUBLISHED,
    Kind.FOLLOW_UP_RECORDED,
    Kind.REVIEW_SUBMITTED,
    Kind.REVIEW_DRAFTED,
    Kind.REVIEW_APPROVED,
    Kind.REVIEW_PUBLISHED,
]


def kinds(world: World, inspection: str = INSPECTION) -> list[Kind]:
    return [one.entry.kind for one in world.history(inspection).recorded]


def live(world: World, folder: Path, deliver=World.deliver) -> World:
    """Take an inspection through its life, letting `deliver` carry the events."""
    world.open()
    world.submit("fieldwork", write_fieldwork(folder / "fieldwork"))
    deliver(world)
    world.approve()
    deliver(world)
    world.submit("review", write_review(folder / "review"))
    deliver(world)
    world.approve()
    deliver(world)
    return world


def contents(world: World, *others: str) -> list[tuple[object, ...]]:
    """Everything the ledger says, times and what follows from times aside."""
    return [
        (
            one.entry.seq,
            one.entry.kind,
            one.entry.id,
            one.entry.actor,
            {name: value for name, value in one.entry.facts.items() if name not in {"embargo", "index", *others}},
        )
        for one in world.history().recorded
    ]


def test_five_stages_by_events(tmp_path: Path) -> None:
    world = live(World(), tmp_path)
    assert kinds(world) == WHOLE_LIFE
    assert world.history().state is State.COMPLETE
    verified = verify_inspection(world.stores, INSPECTION)
    assert verified.faults == ()
    assert verified.published == 10
    assert verify_public(world.stores, (INSPECTION,)) == ()


def test_the_review_says_that_the_revisit_was_late(tmp_path: Path) -> None:
    world = live(World(), tmp_path)
    facts = world.history().latest(Kind.REVIEW_DRAFTED).entry.facts
    assert (facts["revisit"], facts["days_late_at_least"], facts["days_late_at_most"]) == ("late", 1, 59)
    page = world.public_objects.read(f"{INSPECTION}/review/report.html").decode()
    assert "late" in page


def doubled(world: World) -> None:
    while world.events:
        event = world.events.pop(0)
        for _ in range(3):
            world.start(event)
        world.events = [one for one in world.events if one["id"] != event["id"]]


def shuffled(world: World) -> None:
    # Every event wakes every stage, in any order, until nothing changes any more.
    order = random.Random(7)
    before = -1
    while before != len(world.history().recorded):
        before = len(world.history().recorded)
        stages = list(STAGES) * 2
        order.shuffle(stages)
        for stage in stages:
            world.run(stage.name)
    world.events.clear()


def lost(world: World) -> None:
    # No event arrives; a sweep starts whatever stage's turn it is.
    world.events.clear()
    while (here := standing(world.history(), world.clock())).is_ready:
        world.run(here.stage)
        world.events.clear()


@pytest.mark.parametrize("deliver", [doubled, shuffled, lost])
def test_doubled_shuffled_and_lost_events_give_the_same_ledger(tmp_path: Path, deliver) -> None:
    plain = live(World(), tmp_path)
    other = live(World(), tmp_path, deliver)
    assert contents(other) == contents(plain)
    assert {key: len(versions) for key, versions in other.public_objects.stored.items() if key != "index.html"} == {
        key: 1 for key in plain.public_objects.stored if key != "index.html"
    }


def test_run_again_changes_nothing(tmp_path: Path) -> None:
    world = live(World(), tmp_path)
    before = dict(world.ledger_objects.stored)
    world.open()
    assert not world.submit("fieldwork", tmp_path / "fieldwork").is_new
    assert not world.submit("review", tmp_path / "review").is_new
    world.approve()
    for stage in STAGES:
        world.run(stage.name)
    assert world.ledger_objects.stored == before


def test_the_author_cannot_approve_and_the_refusal_is_recorded(tmp_path: Path) -> None:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    world.deliver()
    for person in ("rhian.morgan", "tom.ellis"):  # who submitted it, and who is named in its team
        with pytest.raises(SeparationError, match=f"{person} had a part"):
            world.approve(who=signer(person, Role.HMI))
    assert kinds(world)[-2:] == [Kind.REPORT_REFUSED, Kind.REPORT_REFUSED]
    assert world.history().state is State.REPORT_DRAFTED
    world.deliver()
    assert world.public_objects.stored == {}


def test_an_approval_needs_the_role_and_the_newest_digest(tmp_path: Path) -> None:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    world.deliver()
    with pytest.raises(RefusedError, match="expected hmi"):
        world.approve(who=signer("sam.smith", Role.PRESS_OFFICER))
    with pytest.raises(StaleError, match="read the newest draft"):
        approve(world.context, INSPECTION, "0" * 64, HMI)
    assert kinds(world).count(Kind.REPORT_REFUSED) == 2


def test_two_people_of_one_name_are_two_people(tmp_path: Path) -> None:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path), who=signer("robin.ellis", Role.INSPECTOR))
    world.deliver()
    with pytest.raises(SeparationError):
        world.approve(who=signer("robin.ellis", Role.HMI))
    assert world.approve(who=signer("robin.ellis2", Role.HMI)).entry.actor.person == "robin.ellis2"


@pytest.mark.parametrize(
    ("approver", "error", "said"),
    [
        (signer("robin.ellis", Role.HMI), SeparationError, "robin.ellis had a part in this inspection as author"),
        (signer("rhian.morgan", Role.HMI), LedgerError, "expected a role that the person had"),
        (
            signer("dru.sharpling", Role.HMI, key=key_for("a thief")),
            LedgerError,
            "expected the key that the person had at that time",
        ),
        (signer("eve.stone", Role.HMI), LedgerError, "expected a member at that time"),
    ],
    ids=["by its author", "in a role not held", "with another's key", "by nobody known"],
)
def test_a_forged_approval_is_not_published(
    tmp_path: Path, approver: KeySigner, error: type[NcpiError], said: str
) -> None:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path), who=signer("robin.ellis", Role.INSPECTOR))
    world.deliver()
    history = world.history()
    draft = history.recorded[-1]
    forged = history.next_entry(
        Kind.REPORT_APPROVED,
        id="forged",
        at=world.clock(),
        signer=approver,
        document=draft.entry.document,
        facts={"draft": draft.entry.document.sha256, "embargo": world.clock().isoformat()},
    )
    world.stores.ledger.append(history, forged)
    with pytest.raises(error, match=said):
        world.run("publication")
    assert world.public_objects.stored == {}
    assert world.history().state is State.REPORT_APPROVED


@pytest.mark.parametrize("which", ["inspection", "digest", "head", "stage"])
def test_an_approval_cannot_be_moved(tmp_path: Path, which: str) -> None:
    """A signature that dru.sharpling really made, put into an entry that says something else."""
    world = World()
    for inspection, force in ((INSPECTION, "south-wales"), ("dorset-2015", "dorset")):
        world.open(inspection)
        world.submit("fieldwork", write_fieldwork(tmp_path / inspection, inspection, force=force), inspection)
        world.deliver()
    real = world.approve("dorset-2015" if which == "inspection" else INSPECTION).entry
    history = world.history().before(world.history().recorded[-1]) if which != "inspection" else world.history()
    told = {
        "inspection": {"inspection": INSPECTION, "prev": history.head, "because": history.head},
        "digest": {"facts": {**real.facts, "draft": "0" * 64}},
        "head": {"prev": "0" * 64},
        "stage": {"kind": Kind.REVIEW_APPROVED},
    }[which]
    moved = real.model_copy(update=told)
    assert everybody().fault_of(real) is None
    assert everybody().fault_of(moved) == "expected a signature of exactly these bytes, found another"
    if which in {"inspection", "digest"}:  # the others do not even follow in the chain
        world.ledger_objects.stored[f"ledger/{INSPECTION}/00000004.json"] = [moved.to_bytes()]
        with pytest.raises(LedgerError, match="exactly these bytes"):
            world.run("publication")
    assert world.public_objects.stored == {}


def test_nothing_is_published_before_the_embargo(tmp_path: Path) -> None:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    world.deliver()
    embargo = world.now + dt.timedelta(hours=3)
    world.approve(embargo=embargo)
    world.deliver()
    assert world.history().state is State.REPORT_APPROVED
    assert world.public_objects.stored == {}
    world.now = embargo - dt.timedelta(seconds=2)
    assert world.run("publication").result.value == "waiting"
    world.now = embargo
    assert world.run("publication").result.value == "recorded"


@pytest.mark.parametrize(
    ("after", "says"), [(0, ""), (40, " seconds after its embargo: "), (600, ", 10 minutes after its embargo: ")]
)
def test_a_publication_long_after_its_embargo_says_so_unless_a_hold_kept_it(
    tmp_path: Path, after: int, says: str
) -> None:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    world.deliver()
    embargo = world.now + dt.timedelta(hours=3)
    world.approve(embargo=embargo)
    held = copied(world)
    for one, is_held in ((world, False), (held, True)):
        if is_held:
            change_hold(one.context, PLACE_HOLD, INSPECTION, MANAGER, "The force is in court")
        one.now = embargo + dt.timedelta(seconds=after)
        if is_held:
            change_hold(one.context, LIFT_HOLD, INSPECTION, MANAGER, "The force is out of court")
        outcome = one.run("publication")
        assert outcome.result.value == "recorded"
        expected = "" if is_held else says
        assert expected in outcome.late
        assert bool(outcome.late) is bool(expected)
        assert outcome.message.endswith(outcome.late)


def test_a_returned_report_is_mended_and_drafted_again(tmp_path: Path) -> None:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path / "one"))
    world.deliver()
    first = world.draft()
    world.return_draft("Finding I2 needs its numbers checked")
    with pytest.raises(IllegalMoveError):
        world.approve()
    fixed = write_fieldwork(
        tmp_path / "two",
        quotation={"speaker": "Dru Sharpling", "paragraphs": ["We saw other things."], "is_synthetic": True},
    )
    with pytest.raises(
        RefusedError, match=r"expected a changed return, .* found the files of entry 1 again; change"
    ) as refusal:
        world.submit("fieldwork", tmp_path / "one")
    assert world.history().recorded[-1].entry.facts["reason"] == str(refusal.value)
    world.submit("fieldwork", fixed)
    world.deliver()
    assert world.draft() != first
    assert world.history().latest(Kind.REPORT_DRAFTED).entry.facts["round"] == 2
    with pytest.raises(StaleError):
        approve(world.context, INSPECTION, first, HMI)


def test_a_reason_with_personal_data_is_refused(tmp_path: Path) -> None:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    world.deliver()
    with pytest.raises(RefusedError, match="telephone number"):
        world.return_draft("ring the mother on 020 7946 0000")


def test_two_inspections_interleaved_do_not_disturb_each_other(tmp_path: Path) -> None:
    alone = live(World(), tmp_path / "alone")
    world = World()
    other = "kent-2025"
    world.open()
    world.open(other)
    world.submit("fieldwork", write_fieldwork(tmp_path / "a"))
    world.submit("fieldwork", write_fieldwork(tmp_path / "b", other), other)
    world.deliver()
    world.approve(other)
    world.approve()
    world.deliver()
    world.submit("review", write_review(tmp_path / "c", other), other)
    world.submit("review", write_review(tmp_path / "d"))
    world.deliver()
    world.approve()
    world.approve(other)
    world.deliver()
    # The index lists what is public of the other too.
    assert contents(world, "index_records") == contents(alone, "index_records")
    assert kinds(world, other) == WHOLE_LIFE


def test_a_stray_record_in_the_public_bucket_stops_no_publication_and_is_found(tmp_path: Path) -> None:
    world = World()
    world.public_objects.create("publications/essex-2015/review.json", b"{}", "application/json")
    live(world, tmp_path)
    assert world.history().state is State.COMPLETE
    (fault,) = verify_public(world.stores, (INSPECTION,))
    assert (fault.layer, fault.where) == ("public", "essex-2015")


def test_an_index_that_says_nothing_new_is_not_put_again(tmp_path: Path) -> None:
    world = live(World(), tmp_path)
    before = len(world.public_objects.stored[keys.PUBLIC_INDEX])
    assert world.steps.restore_index() == 2
    assert len(world.public_objects.stored[keys.PUBLIC_INDEX]) == before
    defaced = world.public_objects.read(keys.PUBLIC_INDEX).replace(b"</h1>", b" defaced</h1>")
    world.public_objects.overwrite(keys.PUBLIC_INDEX, defaced, "text/html")
    world.steps.restore_index()
    assert INSPECTION.encode() in world.public_objects.stored[keys.PUBLIC_INDEX][-1]


@pytest.mark.parametrize(
    ("key", "layer"),
    [
        (f"{INSPECTION}/initial-report/report.pdf", "public"),
        (f"publications/{INSPECTION}/review.json", "public"),
    ],
)
def test_altered_public_files_are_found(tmp_path: Path, key: str, layer: str) -> None:
    world = live(World(), tmp_path)
    world.public_objects.overwrite(key, b"{}", "x/y")
    faults = verify_inspection(world.stores, INSPECTION).faults
    assert [fault.layer for fault in faults] == [layer]
    assert key in faults[0].message


def test_a_publication_of_other_bytes_than_were_approved_is_found(tmp_path: Path) -> None:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    world.deliver()
    world.approve()
    history = world.history()
    draft = world.stores.artefacts.read_document(Draft, INSPECTION, world.draft())
    forged = draft.model_copy(update={"files": draft.files[:1]})
    report = world.stores.artefacts.read_document(InitialReport, INSPECTION, draft.files[2].sha256)
    publication = world.steps.publish(
        world.history(), forged, world.draft(), report, approver="dru.sharpling", embargo=world.now
    )
    entry = history.next_entry(
        Kind.PUBLISHED,
        id="forged",
        at=world.clock(),
        signer=world.steps.signer,
        document=world.steps.store_document(publication, INSPECTION),
        facts={"draft": world.draft(), **facts_of_index("0" * 64, 1)},
    )
    world.stores.ledger.append(history, entry)
    faults = verify_inspection(world.stores, INSPECTION).faults
    assert [(fault.layer, fault.message) for fault in faults] == [
        ("rule", "expected the files that were approved, found different ones")
    ]


def test_other_bytes_at_a_public_address_stop_the_publication_and_stay(tmp_path: Path) -> None:
    world = World()
    key = f"{INSPECTION}/initial-report/report.html"
    world.public_objects.create(key, b"foreign", "text/html")
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    world.deliver()
    world.approve()
    with pytest.raises(ArtefactError, match="nothing was overwritten"):
        world.deliver()
    assert world.public_objects.read(key) == b"foreign"
    assert world.history().state is State.REPORT_APPROVED


def test_an_act_out_of_turn_is_refused_and_leaves_its_refusal_alone(tmp_path: Path) -> None:
    world = World()
    world.open()
    with pytest.raises(IllegalMoveError, match="awaiting fieldwork return"):
        world.submit("review", write_review(tmp_path))
    assert kinds(world) == [Kind.OPENED, Kind.ACT_REFUSED]
    with pytest.raises(NcpiError, match="no such inspection"):
        world.submit("fieldwork", tmp_path, "essex-2025")


def test_every_port_call_may_be_the_last_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Die before and after each write of a life, start again, and end with the same ledger."""
    quicken(monkeypatch)  # two hundred lives, whose pages nothing here reads
    plain = live(World(), tmp_path)
    writes = 0
    for after in (False, True):
        for fatal in range(1, 200):
            world = World()
            calls = DyingWrites(world, fatal, after=after)
            resumed = 0
            while world.history().state is not State.COMPLETE:
                try:
                    live(world, tmp_path)
                except PowerCut:
                    resumed += 1
                    lost_events(world)
            assert contents(world) == contents(plain), f"write {fatal}, after={after}"
            assert verify_inspection(world.stores, INSPECTION).faults == ()
            if not resumed:
                writes = calls.count
                break
    assert writes > 30


def lost_events(world: World) -> None:
    lost(world)


def test_stages_with_a_key_that_is_not_registered_record_and_publish_nothing(tmp_path: Path) -> None:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    world.deliver()
    world.approve()
    public, entries = dict(world.public_objects.stored), len(world.history().recorded)
    registered, world.steps.signer = world.steps.signer, KeySigner(world.steps.signer.actor, key_for("another host"))
    with pytest.raises(SettingsError, match="NCPI_SERVICE_KEY: expected the private half of"):
        world.run("publication")
    assert dict(world.public_objects.stored) == public
    assert len(world.history().recorded) == entries
    world.steps.signer = registered
    world.run("publication")
    assert verify_inspection(world.stores, INSPECTION).faults == ()


def test_a_key_that_is_replaced_while_a_stage_works_records_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    book = book_of_everybody()
    registers = [everybody()]
    book.add(ServiceRegistered(service_key=public_key_of(key_for("new"))), FIRST_ADMIN)
    registers.append(book.register)
    monkeypatch.setattr(world.steps, "read_register", lambda: registers.pop(0))
    with pytest.raises(SettingsError, match="NCPI_SERVICE_KEY"):
        world.run("fieldwork")
    assert world.history().state is State.FIELDWORK_SUBMITTED
