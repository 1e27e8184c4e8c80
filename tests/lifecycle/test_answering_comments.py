"""Every comment of the force has an answer, accepted or why not, before a report or a review is approved."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner

from deployments.program import program
from desk.acts.accuracy import comment_on_accuracy, open_accuracy
from desk.acts.accuracy_answers import answer_comments
from domain.lifecycle.accuracy import comments_on
from domain.lifecycle.approval import latest_draft
from domain.lifecycle.board import standing
from domain.lifecycle.history import Recorded
from domain.lifecycle.timeline import timeline
from schemas.errors import IllegalMoveError, RefusedError
from schemas.lifecycle.entry import Fact
from schemas.lifecycle.moves import Kind, State
from schemas.people.roles import Role
from tests.support import quick
from tests.support.pages.audit_lives import report_on
from tests.support.people import signer
from tests.support.reading import sign_in_as
from tests.support.returns import fieldwork_return, write_fieldwork, write_review
from tests.support.servers.stack_people import sign_in_without_asking
from tests.support.verifying import found_by_both
from tests.support.world import HMI, INSPECTION, LEAD, World, copied

LIAISON: Final = signer("gwyn.rees", Role.FORCE_LIAISON, "south-wales")
COMMENTS: Final = ("75 cases, not 76", "The unit has another name", "CA-0007 was closed")
WHY: Final = "The log of CA-0007 says otherwise"


@pytest.fixture(scope="module")
def patched() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        quick.quicken(patch)
        yield


def drafted(folder: Path, of: str) -> World:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(folder / "fieldwork"))
    world.deliver()
    if of == "review":
        world.approve()
        world.deliver()
        world.submit("review", write_review(folder / "review"))
        world.deliver()
    return world


@pytest.fixture(params=["initial-report", "review"])
def world(request: pytest.FixtureRequest, patched: None, tmp_path: Path) -> World:
    """Return a world in which the force has made three comments on a draft."""
    world = drafted(tmp_path, request.param)
    comment(world)
    return world


def comment(world: World, comments: tuple[str, ...] = COMMENTS) -> Recorded:
    open_accuracy(world.context, INSPECTION, world.draft(), world.now + dt.timedelta(days=3), LEAD)
    return comment_on_accuracy(world.context, INSPECTION, world.draft(), comments, LIAISON)


def answer(world: World, answers: Mapping[int, str | None], entry: int | None = None) -> Recorded:
    return answer_comments(world.context, INSPECTION, answers, LEAD, entry=entry)


def test_nothing_is_approved_before_each_comment_has_an_answer(world: World, tmp_path: Path) -> None:
    place = len(world.history().recorded) - 1
    with pytest.raises(IllegalMoveError, match=f"found none to comments 1, 2 and 3 of entry {place}"):
        world.approve()
    row = standing(world.history(), world.now)
    assert row.next.startswith("inspector or hmi: answer comments; hmi or moderator: return")
    assert "comments 1, 2 and 3 not answered, nobody approves before" in row.beside[-1]
    answer(world, {2: None})
    with pytest.raises(IllegalMoveError, match=f"found none to comments 1 and 3 of entry {place}"):
        world.approve()
    answer(world, {1: None, 3: WHY})
    row = standing(world.history(), world.now)
    assert row.next.startswith("hmi: approve")
    assert "3 comments of the force on the facts" in row.beside[-2]
    assert "2 accepted, 1 not" in row.beside[-2]
    assert row.beside[-1].startswith("what was accepted is not in this draft yet")
    assert timeline(world.history())[-1].words == "comments of the force answered: accepted: 1; not accepted: 3"
    world.approve()
    world.deliver()
    assert world.history().state in {State.AWAITING_REVIEW, State.COMPLETE}
    assert found_by_both(world, tmp_path / "record") == []
    answered = [one for one in report_on(world).side_events if one.what == "answers to the force's comments"]
    assert [one.facts for one in answered] == [{"accepted": ("2",)}, {"accepted": ("1",), "not_accepted": ("3",)}]


def test_another_draft_is_no_way_around_the_comments(patched: None, tmp_path: Path) -> None:
    world = drafted(tmp_path, "initial-report")
    first = comment(world)
    findings = fieldwork_return()["findings"]
    findings[0]["text"] = "75 cases were read."
    world.submit("fieldwork", write_fieldwork(tmp_path / "again", findings=findings))
    world.deliver()
    with pytest.raises(IllegalMoveError, match=f"comments 1, 2 and 3 of entry {first.entry.seq}"):
        world.approve()
    second = comment(world, ("Still 75",))
    with pytest.raises(IllegalMoveError, match=f"of entry {first.entry.seq}, comment 1 of entry {second.entry.seq}"):
        world.approve()
    answer(world, dict.fromkeys((1, 2, 3)), entry=first.entry.seq)
    of_second = answer(world, {1: None})
    assert of_second.entry.because == second.digest
    third = comment(world, ("And the unit has another name",))
    of_third = answer(world, {1: None})
    assert (of_third.entry.because, of_third.entry.facts) == (third.digest, of_second.entry.facts)
    world.approve()
    world.deliver()
    world.submit("review", write_review(tmp_path / "review"))
    world.deliver()
    world.approve()
    world.deliver()
    assert found_by_both(world, tmp_path / "record") == []


def test_a_force_that_finds_nothing_wrong_needs_no_answer(patched: None, tmp_path: Path) -> None:
    world = drafted(tmp_path, "initial-report")
    comment(world, ())
    assert "no fact is wrong" in standing(world.history(), world.now).beside[-1]
    with pytest.raises(RefusedError, match="expected numbers of the 0 comments"):
        answer(world, {1: None})
    world.approve()


def test_a_later_answer_stands_and_the_same_again_changes_nothing(world: World, tmp_path: Path) -> None:
    first = answer(world, {1: None, 2: None, 3: None})
    assert answer(world, {1: None, 2: None, 3: None}) == first
    answer(world, {3: WHY})
    (said,) = comments_on(world.history(), latest_draft(world.history()))
    assert (said.accepted, said.not_accepted) == ({1, 2}, {3})
    assert found_by_both(world, tmp_path / "record") == []


@pytest.mark.parametrize(
    ("answers", "entry", "says"),
    [
        ({4: None}, None, "expected numbers of the 3 comments of entry"),
        ({0: None}, None, "expected numbers of the 3 comments of entry"),
        ({}, None, "found none"),
        ({1: " \u200b"}, None, "why comment 1 is not accepted"),
        ({1: "x" * 2_001}, None, "found 2001 characters"),
        ({1: "Two \u202ezq"}, None, "the answer to comment 1 has U"),
        ({1: None}, 0, "found none in entry 0"),
    ],
)
def test_an_answer_to_no_comment_or_without_words_is_refused_and_not_repeated(
    world: World, answers: Mapping[int, str | None], entry: int | None, says: str
) -> None:
    with pytest.raises(RefusedError, match=says):
        answer(world, answers, entry)
    refusal = world.history().recorded[-1].entry
    assert refusal.facts["act"] == "answer comments"
    assert "zq" not in str(refusal.facts)


def test_the_same_words_in_a_later_check_are_said_again(patched: None, tmp_path: Path) -> None:
    world = drafted(tmp_path, "initial-report")
    first, second = comment(world), comment(world)
    assert second.entry.seq > first.entry.seq + 1
    assert second.entry.document == first.entry.document
    again = comment_on_accuracy(world.context, INSPECTION, world.draft(), COMMENTS, LIAISON)
    assert again == second, "a reply that was lost"


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.FORCE_LIAISON, Role.PROGRAMME_MANAGER], ids=str)
def test_only_inspectors_answer(world: World, role: Role) -> None:
    with pytest.raises(RefusedError, match="expected inspector or hmi to answer comments"):
        answer_comments(world.context, INSPECTION, {1: None}, signer("sam.smith", role, "south-wales"))


@settings(max_examples=40, deadline=None)
@given(answered=st.lists(st.dictionaries(st.integers(1, 3), st.booleans(), min_size=1), max_size=4))
def test_approval_is_open_exactly_when_every_comment_has_an_answer(
    answered: list[dict[int, bool]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    if not _ready:
        with pytest.MonkeyPatch.context() as patch:
            quick.quicken(patch)
            _ready.append(drafted(tmp_path_factory.mktemp("drafted"), "initial-report"))
            comment(_ready[0])
    world = copied(_ready[0])
    for one in answered:
        answer(world, {number: None if is_accepted else WHY for number, is_accepted in one.items()})
    numbers = {number for one in answered for number in one}
    is_possible = "approve" in standing(world.history(), world.now).next
    assert is_possible is (numbers == {1, 2, 3})
    if is_possible:
        world.approve()
    else:
        with pytest.raises(IllegalMoveError):
            world.approve()


_ready: list[World] = []


def test_the_commands_answer_and_show_the_answers_to_those_who_may_read_them(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desk.acts.context.open_desk", lambda: world.context)
    monkeypatch.setattr("desk.acts.context.open_read_only", lambda: world.stores)
    sign_in_without_asking(monkeypatch)
    run = lambda *words: CliRunner().invoke(program, words, env={"COLUMNS": "4000"})  # noqa: E731
    who = ("--person", "rhian.morgan", "--role", "inspector")
    bad = run("accuracy", "answer", INSPECTION, "--refuse", "no number", *who)
    assert bad.exit_code == 2
    done = run("accuracy", "answer", INSPECTION, "--accept", "1", "--refuse", f"3: {WHY}", *who)
    assert done.exit_code == 0, done.output
    assert "2 comments answered" in done.output
    sign_in_as(monkeypatch, "gwyn.rees", Role.FORCE_LIAISON)
    shown = run("accuracy", "read", INSPECTION).output
    assert f"3. {COMMENTS[2]}" in shown
    assert f"rhian.morgan: not accepted: {WHY}" in shown
    assert "not answered yet" in shown
    (data,) = json.loads(run("accuracy", "read", INSPECTION, "--json").output)
    assert [(one["number"], one["accepted"], one["why_not"]) for one in data["answers"]] == [
        (1, True, None),
        (3, False, WHY),
    ]
    sign_in_as(monkeypatch, "pat.howells", Role.PROGRAMME_MANAGER)
    refused = run("accuracy", "read", INSPECTION)
    assert refused.exit_code == 3
    assert WHY not in refused.output
    assert WHY not in run("audit", "show", INSPECTION).output


@pytest.mark.parametrize(
    ("facts", "is_about_comments", "found"),
    [
        ({"accepted": ("4",), "not_accepted": ()}, True, ("a number of none", "comments that the force did not make")),
        ({"accepted": (), "not_accepted": ()}, True, ("or no answer", "comments that the force did not make, or none")),
        (
            {"accepted": ("1",), "not_accepted": ()},
            False,
            ("comments of the force as", "not a comment of the force"),
        ),
    ],
    ids=["another number", "nothing", "another cause"],
)
def test_what_the_desk_would_not_write_is_found_by_both_verifiers(
    world: World, tmp_path: Path, facts: dict[str, Fact], is_about_comments: bool, found: tuple[str, str]
) -> None:
    commented = world.history().recorded[-1]
    because = commented.digest if is_about_comments else world.history().recorded[0].digest
    append(world, Kind.ACCURACY_ANSWERED, facts, because, LEAD)
    check_found(world, tmp_path, found)


def test_an_approval_past_the_comments_is_found_by_both_verifiers(world: World, tmp_path: Path) -> None:
    draft = latest_draft(world.history())
    kind = Kind.REPORT_APPROVED if draft.entry.kind is Kind.REPORT_DRAFTED else Kind.REVIEW_APPROVED
    facts = {"decision": "approved", "draft": world.draft(), "embargo": world.now.isoformat()}
    append(world, kind, facts, draft.digest, HMI)
    check_found(world, tmp_path, ("expected an answer to each comment", "while comments of the force have no answer"))


def append(world: World, kind: Kind, facts: dict[str, Fact], because: str, who: Any) -> None:
    history = world.history()
    document = latest_draft(history).entry.document
    entry = history.next_entry(kind, at=world.clock(), signer=who, document=document, facts=facts, because=because)
    world.stores.ledger.append(history, entry)


def check_found(world: World, folder: Path, found: tuple[str, str]) -> None:
    said = found_by_both(world, folder / "record")
    for place, words in zip(("product: rule", "alone: rule"), found, strict=True):
        assert any(one.startswith(place) and words in one for one in said), said
