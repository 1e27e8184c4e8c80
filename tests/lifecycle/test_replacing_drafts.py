"""The authors of a draft that nobody has decided on may replace it; whoever decides sees that, and what differs."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import pytest
from typer.testing import CliRunner

from deployments.program import program
from desk.acts.accuracy import open_accuracy
from desk.acts.corrections import draft_correction
from desk.acts.decision import approve, moderate
from domain.lifecycle.board import standing
from domain.lifecycle.history import Recorded
from domain.lifecycle.timeline import timeline
from domain.signing import KeySigner
from schemas.documents.publication import Draft
from schemas.errors import RefusedError, RejectedError, StaleError
from schemas.lifecycle.acts import ACT_OF
from schemas.lifecycle.moves import Kind, State
from schemas.people.roles import Role
from tests.support import quick
from tests.support.errata import erratum, write_errata
from tests.support.pages.audit_lives import report_on
from tests.support.people import signer
from tests.support.reading import sign_in_as
from tests.support.returns import fieldwork_return, review_return, write_fieldwork, write_review
from tests.support.verifying import found_by_both
from tests.support.world import HMI, INSPECTION, LEAD, World

PRESS: Final = signer("tom.baker", Role.PRESS_OFFICER)
MODERATOR: Final = signer("ruth.davies", Role.MODERATOR)


@dataclass(frozen=True)
class Case:
    """A document whose draft is replaced: how something else is sent in, and what differs then."""

    author: KeySigner
    other: KeySigner
    """Somebody in a role that may send in the same, who is not an author of this draft."""
    send: Callable[[World, Path, str, KeySigner], Recorded]
    differs: str


def changed(made: dict[str, Any], text: str) -> dict[str, Any]:
    """Return what changes of a return when one finding says something else."""
    findings = json.loads(json.dumps(made["findings"]))
    findings[0]["text"] = text
    return {"findings": findings}


def send_fieldwork(world: World, folder: Path, text: str, who: KeySigner) -> Recorded:
    return world.submit(
        "fieldwork", write_fieldwork(folder / text, **changed(fieldwork_return(), text)), who=who
    ).recorded


def send_review(world: World, folder: Path, text: str, who: KeySigner) -> Recorded:
    return world.submit("review", write_review(folder / text, **changed(review_return(), text)), who=who).recorded


def send_errata(world: World, folder: Path, text: str, who: KeySigner) -> Recorded:
    file = write_errata(folder / text, erratum(now=f"{text} as"))
    return draft_correction(world.context, INSPECTION, file, who)


OTHER: Final = signer("robin.ellis", Role.INSPECTOR)
CASES: Final = {
    "initial-report": Case(LEAD, OTHER, send_fieldwork, "findings: changed I1"),
    "review": Case(LEAD, OTHER, send_review, "findings: changed R1"),
    "correction": Case(PRESS, OTHER, send_errata, "errata: 1 value changed, added or removed"),
}


@pytest.fixture(scope="module")
def patched() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        quick.quicken(patch)
        yield


@pytest.fixture(params=sorted(CASES))
def case(request: pytest.FixtureRequest) -> Case:
    return CASES[request.param]


@pytest.fixture
def world(case: Case, patched: None, tmp_path: Path) -> World:
    """Return a world in which a first draft awaits a decision."""
    world = World()
    world.open()
    if case is not CASES["initial-report"]:
        world.submit("fieldwork", write_fieldwork(tmp_path / "fieldwork"))
        world.deliver()
        world.approve()
        world.deliver()
    case.send(world, tmp_path, "The first text", case.author)
    world.deliver()
    return world


def test_something_else_replaces_the_draft_and_says_which(world: World, case: Case, tmp_path: Path) -> None:
    first, state = world.draft(), world.history().state
    moderate(world.context, INSPECTION, first, MODERATOR)
    replacing = case.send(world, tmp_path, "Another text", case.author)
    world.deliver()
    assert replacing.entry.facts["replaces"] == first
    assert f", in place of the draft {first[:12]}…" in timeline(world.history())[replacing.entry.seq].words
    assert world.history().state is state
    assert world.draft() != first
    row = standing(world.history(), world.now)
    assert row.next.startswith("hmi: approve")
    assert row.beside[:2] == ("not moderated", f"it replaces the draft {first[:12]}…, on which nobody had decided")
    with pytest.raises(StaleError):
        approve(world.context, INSPECTION, first, HMI)
    draft = world.stores.artefacts.read_document(Draft, INSPECTION, world.draft())
    world.approve()
    world.deliver()
    published = {versions[-1] for versions in world.public_objects.stored.values()}
    assert {world.stores.artefacts.read(INSPECTION, file.sha256) for file in draft.files} <= published
    assert found_by_both(world, tmp_path / "record") == []


def test_who_may_read_drafts_is_told_what_differs(
    world: World, case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case.send(world, tmp_path, "Another text", case.author)
    world.deliver()
    monkeypatch.setattr("desk.acts.context.open_read_only", lambda: world.stores)
    for role, told in ((Role.INSPECTOR, True), (Role.HMI, True), (Role.PROGRAMME_MANAGER, False)):
        sign_in_as(monkeypatch, "sam.smith", role)
        shown = CliRunner().invoke(program, ["status", INSPECTION], env={"COLUMNS": "4000"}).output
        assert "Changed since the draft of entry" in shown
        assert (case.differs in shown) is told
        assert "Another text" not in shown


def test_the_same_again_is_no_other_draft(world: World, case: Case, tmp_path: Path) -> None:
    before = world.history()
    again = case.send(world, tmp_path, "The first text", case.author)
    assert again.entry.seq < len(before.recorded)
    assert world.history().head == before.head


def test_nobody_but_its_authors_replaces_a_draft(world: World, case: Case, tmp_path: Path) -> None:
    draft = world.draft()
    with pytest.raises(RefusedError, match="expected an author of the draft that awaits a decision"):
        case.send(world, tmp_path, "Another text", case.other)
    assert world.draft() == draft
    assert world.history().last_on_path is not None
    assert found_by_both(world, tmp_path / "record") == []


def test_a_draft_is_replaced_again_and_again_until_somebody_decides(world: World, case: Case, tmp_path: Path) -> None:
    for text in ("A second text", "The first text", "A third text"):
        case.send(world, tmp_path, text, case.author)
        world.deliver()
    world.approve(embargo=None)
    with pytest.raises(RefusedError):
        case.send(world, tmp_path, "Too late a text", case.author)
    world.deliver()
    assert found_by_both(world, tmp_path / "record") == []
    states = [one.state for one in report_on(world).side_events if one.what == "correction"]
    assert states in ([], [*["replaced by another draft"] * 3, "published"])


def test_the_desk_tells_of_errata_that_are_those_of_the_draft(patched: None, tmp_path: Path) -> None:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path / "fieldwork"))
    world.deliver()
    world.approve()
    world.deliver()
    send_errata(world, tmp_path, "The first text", PRESS)
    world.return_draft("Say more")
    send_errata(world, tmp_path, "The first text", PRESS)
    world.now = world.now.replace(day=world.now.day + 1)  # another day makes other bytes of the same errata
    with pytest.raises(RefusedError, match="expected other errata than those of the draft that awaits a decision"):
        send_errata(world, tmp_path, "The first text", PRESS)


@pytest.mark.parametrize("case", [CASES["initial-report"], CASES["review"]], ids=["initial-report", "review"])
def test_a_return_that_is_rejected_replaces_nothing(world: World, case: Case, tmp_path: Path) -> None:
    draft, state = world.draft(), world.history().state
    form, table = ("fieldwork", "cases.csv") if case is CASES["initial-report"] else ("review", "progress.csv")
    folder = tmp_path / "The first text"
    (folder / table).unlink()
    with pytest.raises(RejectedError):
        world.submit(form, folder)
    assert (world.history().state, world.draft()) == (state, draft)
    row = standing(world.history(), world.now)
    assert row.next.startswith("hmi: approve")
    assert row.incident is not None
    assert row.incident.startswith("another return in its place was rejected, so the draft stands: ")
    world.approve()
    world.deliver()
    assert found_by_both(world, tmp_path / "record") == []


def test_a_check_of_the_facts_ends_with_the_draft_that_it_is_of(patched: None, tmp_path: Path) -> None:
    world = World()
    world.open()
    send_fieldwork(world, tmp_path, "The first text", LEAD)
    world.deliver()
    open_accuracy(world.context, INSPECTION, world.draft(), world.now.replace(hour=23), LEAD)
    send_fieldwork(world, tmp_path, "Another text", LEAD)
    world.deliver()
    assert (
        "the force was asked about an earlier draft, not about this one" in standing(world.history(), world.now).beside
    )
    world.approve()


@pytest.mark.parametrize(
    ("facts", "who", "found"),
    [
        ({}, LEAD, "name the draft that it replaces"),
        ({"replaces": "0" * 64}, LEAD, "name the draft that it replaces"),
        (None, OTHER, ("expected an author of the draft", "a draft that a different person made")),
    ],
    ids=["none", "another", "another's"],
)
def test_what_the_desk_would_not_write_is_found_by_both_verifiers(
    world: World, case: Case, tmp_path: Path, facts: dict[str, Any] | None, who: KeySigner, found: str | tuple[str, str]
) -> None:
    history = world.history()
    kind = next(
        kind
        for kind in (Kind.CORRECTION_DRAFTED, Kind.REVIEW_SUBMITTED, Kind.FIELDWORK_SUBMITTED)
        if history.latest(kind)
    )
    sent = history.latest(kind)
    assert sent is not None
    given = {**sent.entry.facts, **({"replaces": world.draft()} if facts is None else facts)}
    author = who if who is OTHER else case.author
    assert author.actor.role in ACT_OF[kind].roles
    entry = history.next_entry(
        kind, at=world.clock(), signer=author, document=sent.entry.document, facts=given, because=sent.entry.because
    )
    world.stores.ledger.append(history, entry)
    said = found_by_both(world, tmp_path / "record")
    words = found if isinstance(found, tuple) else (found, found)
    for place, expected in zip(("product: rule", "alone: rule"), words, strict=True):
        assert any(one.startswith(place) and expected in one for one in said), said


def test_nothing_is_replaced_where_no_draft_awaits_a_decision(patched: None, tmp_path: Path) -> None:
    world = World()
    world.open()
    history = world.history()
    entry = history.next_entry(
        Kind.FIELDWORK_SUBMITTED, at=world.clock(), signer=LEAD, facts={"pack": "0" * 64, "replaces": "0" * 64}
    )
    world.stores.ledger.append(history, entry)
    assert world.history().state is State.FIELDWORK_SUBMITTED
    said = found_by_both(world, tmp_path / "record")
    assert any(one.startswith("product: rule") and "to replace no draft" in one for one in said), said
    assert any(one.startswith("alone: rule") and "though it replaces none" in one for one in said), said
