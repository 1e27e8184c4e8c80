"""Corrections and withdrawals from the act to the public, over memory, with a death at every write."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desk.acts.corrections import draft_correction
from desk.acts.holds import change_hold
from desk.acts.withdrawal import withdraw
from domain.lifecycle.board import standing
from schemas.documents.correction import CorrectedDocument
from schemas.documents.publication import Draft
from schemas.documents.review import Review
from schemas.errors import IllegalMoveError, NotFoundError, RefusedError, RejectedError, SeparationError
from schemas.identifiers import digest_of
from schemas.lifecycle.acts import LIFT_HOLD, PLACE_HOLD
from schemas.lifecycle.moves import Kind, State
from schemas.people.roles import Role
from storage import keys
from storage.record.documents import read_drafted, read_report, read_version
from storage.record.public import Public
from tests.support import quick
from tests.support.errata import erratum, write_errata
from tests.support.people import signer
from tests.support.returns import write_fieldwork, write_review
from tests.support.servers.power_cuts import DyingWrites, PowerCut
from tests.support.verifying import found_by_both
from tests.support.world import HMI, INSPECTION, LEAD, World, copied

PRESS = signer("tom.baker", Role.PRESS_OFFICER)
REASON = "The figures of another force were printed"
FIRST = f"{INSPECTION}/initial-report/report.html"
SECOND = f"{INSPECTION}/initial-report/v2/report.html"
NOTICE = f"{INSPECTION}/withdrawal.html"


@pytest.fixture(scope="module")
def patched() -> Iterator[None]:
    # Pages that nothing here reads stand for themselves: the typesetter would take most of the time.
    with pytest.MonkeyPatch.context() as patch:
        quick.quicken(patch)
        yield


@pytest.fixture(scope="module")
def lived(patched: None, tmp_path_factory: pytest.TempPathFactory) -> tuple[World, World]:
    """Return one inspection that awaits its review, and one whose review is published."""
    folder = tmp_path_factory.mktemp("lives")
    planned, complete = World(), World()
    for world in (planned, complete):
        world.open()
        world.submit("fieldwork", write_fieldwork(folder / "fieldwork"))
        world.deliver()
        world.approve()
        world.deliver()
    complete.submit("review", write_review(folder / "review"))
    complete.deliver()
    complete.approve()
    complete.deliver()
    return planned, complete


@pytest.fixture
def planned(lived: tuple[World, World]) -> World:
    return copied(lived[0])


@pytest.fixture
def complete(lived: tuple[World, World]) -> World:
    return copied(lived[1])


def correct(world: World, folder: Path, *each: dict[str, object], **changes: object) -> None:
    draft_correction(world.context, INSPECTION, write_errata(folder, *each, **changes), PRESS)
    world.approve()
    world.deliver()


def readable(world: World) -> set[str]:
    found = set()
    for key in world.public_objects.stored:
        try:
            world.public_objects.read(key)
        except NotFoundError:
            continue
        found.add(key)
    return found


def latest_facts(world: World, kind: Kind) -> dict[str, object]:
    latest = world.history().latest(kind)
    assert latest is not None
    return dict(latest.entry.facts)


def test_a_correction_is_a_new_version_beside_the_old_one(planned: World, tmp_path: Path) -> None:
    before = {key: list(versions) for key, versions in planned.public_objects.stored.items()}
    recorded = draft_correction(planned.context, INSPECTION, write_errata(tmp_path), PRESS)
    assert draft_correction(planned.context, INSPECTION, tmp_path / "errata.json", PRESS) == recorded
    assert recorded.entry.facts == {"of": "initial-report", "number": 2, "errata": 1}
    assert standing(planned.history(), planned.now).next == (
        "hmi: approve correction; hmi or moderator: return correction"
    )
    draft = planned.stores.artefacts.read_document(Draft, INSPECTION, planned.draft())
    planned.approve()
    planned.deliver()
    assert planned.history().state is State.AWAITING_REVIEW
    facts = latest_facts(planned, Kind.CORRECTION_PUBLISHED)
    assert facts == {
        "draft": digest_of(draft.to_bytes()),
        "of": "initial-report",
        "number": 2,
        "published": "2026-11-23",
        "published_is_exact": True,
        "files": 4,
        "approver": "dru.sharpling",
        "index": digest_of(planned.public_objects.read(keys.PUBLIC_INDEX)),
        "index_records": 2,
    }
    for file in draft.files:
        public = planned.public_objects.read(f"{INSPECTION}/initial-report/v2/{file.name}")
        assert digest_of(public) == file.sha256
    for key, versions in before.items():
        if key != keys.PUBLIC_INDEX:
            assert planned.public_objects.stored[key] == versions, key
    assert f"publications/{INSPECTION}/initial-report-v2.json" in readable(planned)


def test_later_stages_answer_the_corrected_report(planned: World, tmp_path: Path) -> None:
    old = read_report(planned.stores.artefacts, planned.history())
    correct(planned, tmp_path, erratum("Do another.", "Do another, and soon."))
    report = read_report(planned.stores.artefacts, planned.history())
    assert [one.text for one in report.recommendations] == ["Do one thing.", "Do another, and soon."]
    assert report.published == old.published
    planned.submit("review", write_review(tmp_path / "review"))
    planned.deliver()
    review = planned.stores.artefacts.read_document(Draft, INSPECTION, planned.draft())
    data = next(file.sha256 for file in review.files if file.name == "report.json")
    assert b"Do another, and soon." in planned.stores.artefacts.read(INSPECTION, data)


def test_a_second_correction_keeps_the_errata_of_the_first(complete: World, tmp_path: Path) -> None:
    correct(complete, tmp_path / "one")
    correct(complete, tmp_path / "two", erratum("Finding I2 just", "Finding I2 exactly"))
    correct(complete, tmp_path / "three", erratum("We looked again.", "We looked twice."), of="review")
    current = read_version(complete.stores.artefacts, complete.history(), "initial-report")
    assert isinstance(current, CorrectedDocument)
    assert [one.number for one in current.corrections] == [2, 3]
    assert current.document.findings[1].text == "Finding I2 exactly as the inspectors put it."
    assert latest_facts(complete, Kind.CORRECTION_PUBLISHED)["number"] == 2
    assert {SECOND, SECOND.replace("v2", "v3"), f"{INSPECTION}/review/v2/report.html", FIRST} <= readable(complete)
    assert complete.history().state is State.COMPLETE
    index = complete.public_objects.read(keys.PUBLIC_INDEX)
    assert index == quick.standing_for("render_index", None)(complete.stores.public.publications()).data


def test_a_returned_correction_leaves_what_is_published(planned: World, tmp_path: Path) -> None:
    before = readable(planned)
    draft_correction(planned.context, INSPECTION, write_errata(tmp_path), PRESS)
    planned.return_draft("Say which page")
    planned.deliver()
    assert planned.history().state is State.AWAITING_REVIEW
    assert readable(planned) == before
    again = draft_correction(planned.context, INSPECTION, tmp_path / "errata.json", PRESS)
    assert again.entry.facts["number"] == 2
    assert read_report(planned.stores.artefacts, planned.history()).findings[1].text.startswith("Finding I2 as")
    planned.approve()
    planned.deliver()
    assert SECOND in readable(planned)


def test_who_drafts_a_correction_cannot_approve_it(planned: World, tmp_path: Path) -> None:
    draft_correction(planned.context, INSPECTION, write_errata(tmp_path), PRESS)
    with pytest.raises(SeparationError):
        planned.approve(who=signer("tom.baker", Role.HMI))
    assert planned.history().recorded[-1].entry.kind is Kind.CORRECTION_REFUSED
    with pytest.raises(RefusedError, match="expected hmi"):
        planned.approve(who=LEAD)


def test_a_correction_waits_for_its_embargo(planned: World, tmp_path: Path) -> None:
    draft_correction(planned.context, INSPECTION, write_errata(tmp_path), PRESS)
    embargo = planned.now + dt.timedelta(hours=1)
    planned.approve(embargo=embargo)
    planned.deliver()
    assert planned.history().state is State.CORRECTION_APPROVED
    assert SECOND not in readable(planned)
    planned.now = embargo
    assert planned.run("publication").result.value == "recorded"


def test_what_is_not_published_cannot_be_corrected(planned: World, tmp_path: Path) -> None:
    file = write_errata(tmp_path, erratum("We looked again.", "We looked twice."), of="review")
    with pytest.raises(IllegalMoveError, match="expected a published review to correct, found none"):
        draft_correction(planned.context, INSPECTION, file, PRESS)
    assert planned.history().recorded[-1].entry.kind is Kind.ACT_REFUSED


def test_a_file_with_problems_is_rejected_and_nothing_is_recorded(planned: World, tmp_path: Path) -> None:
    head = planned.history().head
    with pytest.raises(RejectedError) as caught:
        draft_correction(planned.context, INSPECTION, write_errata(tmp_path, erratum("zqcanary", "other")), PRESS)
    assert [problem.rule for problem in caught.value.problems] == ["erratum-found-once"]
    assert "zqcanary" not in str(caught.value.problems)
    with pytest.raises(RejectedError):
        draft_correction(planned.context, INSPECTION, tmp_path / "none.json", PRESS)
    assert planned.history().head == head


@pytest.mark.parametrize("which", [0, 1], ids=["awaiting review", "complete"])
def test_a_withdrawal_hides_every_file_and_keeps_its_bytes(
    lived: tuple[World, World], which: int, tmp_path: Path
) -> None:
    world = copied(lived[which])
    correct(world, tmp_path)
    hidden = {key for key in readable(world) if key.startswith(f"{INSPECTION}/")}
    bytes_before = {key: world.public_objects.stored[key] for key in hidden}
    order = withdraw(world.context, INSPECTION, HMI, REASON)
    assert withdraw(world.context, INSPECTION, HMI, REASON) == order
    world.deliver()
    assert world.history().state is State.WITHDRAWN
    assert {key for key in readable(world) if key.startswith(f"{INSPECTION}/")} == {NOTICE}
    assert {key: world.public_objects.stored[key] for key in hidden} == bytes_before
    facts = latest_facts(world, Kind.WITHDRAWN)
    assert facts == {
        "files": len(hidden),
        "notice": digest_of(world.public_objects.read(NOTICE)),
        "index": digest_of(world.public_objects.read(keys.PUBLIC_INDEX)),
        "index_records": len([key for key in readable(world) if key.startswith("publications/")]),
    }
    record = world.public_objects.read(f"publications/{INSPECTION}/withdrawal.json")
    recorded = world.history().latest(Kind.WITHDRAWN)
    assert recorded is not None
    assert recorded.entry.document is not None
    assert digest_of(record) == recorded.entry.document.sha256
    assert REASON.encode() in record
    assert {f"publications/{INSPECTION}/initial-report.json", keys.PUBLIC_INDEX} <= readable(world)
    assert standing(world.history(), world.now).next == "nothing; withdrawn"


def test_only_an_hmi_withdraws_and_only_what_is_published(planned: World, tmp_path: Path) -> None:
    with pytest.raises(RefusedError, match="expected hmi to withdraw, found press-officer"):
        withdraw(planned.context, INSPECTION, PRESS, REASON)
    with pytest.raises(RefusedError, match="telephone"):
        withdraw(planned.context, INSPECTION, HMI, "ring the mother on 020 7946 0000")
    planned.submit("review", write_review(tmp_path / "review"))
    with pytest.raises(IllegalMoveError, match="found 'review return submitted'"):
        withdraw(planned.context, INSPECTION, HMI, REASON)


@pytest.mark.parametrize("waits", ["drafted", "approved", "review approved"])
def test_a_withdrawal_waits_for_no_correction_and_no_embargo(planned: World, tmp_path: Path, waits: str) -> None:
    if waits == "review approved":
        planned.submit("review", write_review(tmp_path / "review"))
        planned.deliver()
    else:
        draft_correction(planned.context, INSPECTION, write_errata(tmp_path), PRESS)
    if waits != "drafted":
        planned.approve(embargo=planned.now + dt.timedelta(days=9))
    withdraw(planned.context, INSPECTION, HMI, REASON)
    planned.deliver()
    assert planned.history().state is State.WITHDRAWN
    planned.now += dt.timedelta(days=10)
    for stage in ("publication", "review-publication"):
        assert planned.run(stage).result.value == "nothing to do"
    assert {key for key in readable(planned) if key.startswith(f"{INSPECTION}/")} == {NOTICE}


def test_what_is_withdrawn_cannot_be_published_again(complete: World, tmp_path: Path) -> None:
    draft = complete.stores.artefacts.read_document(Draft, INSPECTION, complete.draft())
    withdraw(complete.context, INSPECTION, HMI, REASON)
    complete.deliver()
    document = read_drafted(complete.stores.artefacts, draft, Review)
    with pytest.raises(IllegalMoveError, match="is withdrawn"):
        complete.steps.publish(
            complete.history(), draft, complete.draft(), document, approver="dru.sharpling", embargo=complete.now
        )
    with pytest.raises(IllegalMoveError):
        draft_correction(complete.context, INSPECTION, write_errata(tmp_path), PRESS)
    assert {key for key in readable(complete) if key.startswith(f"{INSPECTION}/")} == {NOTICE}


def test_a_run_that_slept_through_the_withdrawal_takes_back_what_it_put(
    complete: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The slow run has asked whether anything was withdrawn; then it is; then the run goes on writing."""
    draft = complete.stores.artefacts.read_document(Draft, INSPECTION, complete.draft())
    document = read_drafted(complete.stores.artefacts, draft, Review)
    publish = Public.publish
    slept: list[bool] = []

    def slowly(public: Public, *arguments: object) -> object:
        if not slept:
            slept.append(True)
            withdraw(complete.context, INSPECTION, HMI, REASON)
            complete.deliver()
        return publish(public, *arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(Public, "publish", slowly)
    with pytest.raises(IllegalMoveError, match="is withdrawn"):
        complete.steps.publish(
            complete.history(), draft, complete.draft(), document, approver="dru.sharpling", embargo=complete.now
        )
    assert complete.history().state is State.WITHDRAWN
    assert {key for key in readable(complete) if key.startswith(f"{INSPECTION}/")} == {NOTICE}


def while_copying(world: World, patch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Let somebody act after the first file of a publication was copied."""
    publish = Public.publish
    acted: list[object] = []

    def slowly(public: Public, *arguments: object) -> object:
        made = publish(public, *arguments)  # type: ignore[arg-type]
        if not acted:
            acted.append(act())
        return made

    patch.setattr(Public, "publish", slowly)


@pytest.fixture
def approved(planned: World, tmp_path: Path) -> World:
    planned.submit("review", write_review(tmp_path / "review"))
    planned.deliver()
    planned.approve()
    return planned


def reviews(world: World) -> set[str]:
    return {key for key in readable(world) if "/review" in key}


def test_a_publication_that_meets_a_hold_takes_back_what_it_put(
    approved: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    while_copying(approved, monkeypatch, lambda: change_hold(approved.context, PLACE_HOLD, INSPECTION, HMI, REASON))
    assert approved.run("review-publication").result.value == "nothing to do"
    assert approved.history().state is State.ON_HOLD
    assert reviews(approved) == set()
    assert found_by_both(approved, tmp_path / "held") == []
    change_hold(approved.context, LIFT_HOLD, INSPECTION, HMI, REASON)
    approved.deliver()
    assert approved.history().state is State.COMPLETE
    assert len(reviews(approved)) > 1
    assert found_by_both(approved, tmp_path / "lifted") == []


def test_a_publication_that_takes_back_what_another_run_has_published_meanwhile_puts_it_again(
    approved: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """The hold is lifted and another run publishes while the slow run is about to hide its files."""
    hide = Public.hide
    lifted: list[object] = []

    def slowly(public: Public, key: str) -> None:
        if not lifted:
            lifted.append(change_hold(approved.context, LIFT_HOLD, INSPECTION, HMI, REASON))
            approved.run("review-publication")
        hide(public, key)

    monkeypatch.setattr(Public, "hide", slowly)
    while_copying(approved, monkeypatch, lambda: change_hold(approved.context, PLACE_HOLD, INSPECTION, HMI, REASON))
    approved.run("review-publication")
    assert approved.history().state is State.COMPLETE
    assert len(reviews(approved)) > 1
    assert found_by_both(approved, tmp_path / "export") == []


def go_on(world: World, folder: Path) -> None:
    """Do the next thing on the way to two corrections and a withdrawal, whatever was done before."""
    history = world.history()
    corrected = history.count(Kind.CORRECTION_PUBLISHED)
    if history.state is State.COMPLETE and corrected == 2:
        withdraw(world.context, INSPECTION, HMI, REASON)
    elif history.state is State.COMPLETE:
        draft_correction(world.context, INSPECTION, folder / str(corrected) / "errata.json", PRESS)
    elif history.state is State.CORRECTION_DRAFTED:
        world.approve()
    else:
        world.run("publication")


def taken_to_the_end(world: World, folder: Path) -> int:
    deaths = 0
    while world.history().state is not State.WITHDRAWN:
        try:
            go_on(world, folder)
        except PowerCut:
            deaths += 1
    return deaths


def left_behind(world: World) -> tuple[object, ...]:
    """Everything that a life leaves, times and what follows from times aside."""
    entries = [
        (one.entry.seq, one.entry.kind, one.entry.id, one.entry.actor, {**one.entry.facts, "embargo": "", "index": ""})
        for one in world.history().recorded
    ]
    files = {key: versions for key, versions in world.public_objects.stored.items() if key.startswith(INSPECTION)}
    return entries, files, readable(world)


def test_every_write_may_be_the_last_one(complete: World, tmp_path: Path) -> None:
    """Die before and after each write of two corrections and a withdrawal, go on, and leave the same."""
    write_errata(tmp_path / "0")
    write_errata(tmp_path / "1", erratum("Finding I2 just", "Finding I2 exactly"))
    undisturbed = copied(complete)
    assert taken_to_the_end(undisturbed, tmp_path) == 0
    expected = left_behind(undisturbed)
    for after in (False, True):
        for fatal in range(1, 200):
            world = copied(complete)
            calls = DyingWrites(world, fatal, after=after)
            deaths = taken_to_the_end(world, tmp_path)
            assert left_behind(world) == expected, f"write {fatal}, after={after}"
            if not deaths:
                assert calls.count > 50
                break
        else:
            pytest.fail("the life has more writes than were tried")
