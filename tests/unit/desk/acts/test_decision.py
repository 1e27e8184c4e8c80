from __future__ import annotations

import dataclasses
import datetime as dt
import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from deployments.program import program
from desk.acts.decision import approve, moderate, return_draft
from domain.lifecycle.board import standing
from domain.lifecycle.timeline import timeline, words_of
from domain.signing import KeySigner
from schemas.errors import IllegalMoveError, RefusedError, SeparationError, StaleError
from schemas.lifecycle.acts import ACTS
from schemas.lifecycle.moves import Kind, Position, State
from schemas.people.roles import Role
from tests.support.people import signer
from tests.support.returns import write_fieldwork
from tests.support.servers.stack_people import sign_in_without_asking
from tests.support.verifying import verify_inspection
from tests.support.world import HMI, INSPECTION, World

if TYPE_CHECKING:
    from typer.testing import Result

EMBARGO = dt.datetime(2026, 12, 1, 0, 1, tzinfo=dt.UTC)
IN_WORDS = "1 December 2026, 00:01 in London (2026-12-01 00:01 UTC)"
WHO = ("--person", "dru.sharpling", "--role", "hmi")


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    monkeypatch.setattr("desk.acts.context.open_desk", lambda: world.context)
    sign_in_without_asking(monkeypatch)
    # Wide, so that no line is broken in the middle.
    monkeypatch.setenv("COLUMNS", "4000")
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path))
    world.deliver()
    return world


def command(world: World, name: str, *arguments: str) -> Result:
    return CliRunner().invoke(program, [name, INSPECTION, "--draft", world.draft(), *arguments, *WHO])


def test_the_same_approval_with_the_same_embargo_again_changes_nothing(world: World) -> None:
    first = world.approve(embargo=EMBARGO)
    assert world.approve(embargo=EMBARGO) == first
    again = command(world, "approve", "--embargo", "2026-12-01T00:01")
    assert again.exit_code == 0
    assert f"embargo {IN_WORDS}" in again.output


@pytest.mark.parametrize("embargo", [EMBARGO + dt.timedelta(days=1), EMBARGO - dt.timedelta(days=1), None], ids=str)
def test_another_embargo_for_an_approved_draft_is_refused_and_both_are_named(
    world: World, embargo: dt.datetime | None
) -> None:
    world.approve(embargo=EMBARGO)
    before = len(world.history().recorded)
    with pytest.raises(RefusedError, match=re.escape(f"found it approved already with the embargo {IN_WORDS}")):
        world.approve(embargo=embargo)
    assert len(world.history().recorded) == before


def test_an_embargo_after_an_approval_for_at_once_is_refused(world: World) -> None:
    world.approve()
    with pytest.raises(RefusedError, match=re.escape(f"expected the embargo {IN_WORDS}, found it approved already")):
        world.approve(embargo=EMBARGO)
    refused = command(world, "approve", "--embargo", "2026-12-01T00:01")
    assert refused.exit_code == 3
    assert IN_WORDS in refused.output
    assert world.history().state is State.REPORT_APPROVED


@pytest.mark.parametrize(
    ("embargo", "found"),
    [
        (dt.datetime(2025, 12, 1, 0, 1, tzinfo=dt.UTC), r"1 December 2025, 00:01 in London .*, which is past"),
        (dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC), r"23 November 2026, 09:00 in London .*, which is past"),
        (dt.datetime(2036, 12, 1, 0, 1, tzinfo=dt.UTC), r"1 December 2036, 00:01 in London .*; fix it"),
    ],
    ids=str,
)
def test_an_embargo_that_is_past_or_years_away_is_refused(world: World, embargo: dt.datetime, found: str) -> None:
    with pytest.raises(RefusedError, match=f"expected an embargo within the next 366 days, found {found}"):
        world.approve(embargo=embargo)
    assert world.history().state is State.REPORT_DRAFTED
    refused = command(world, "approve", "--embargo", embargo.strftime("%Y-%m-%dT%H:%MZ"))
    assert refused.exit_code == 3
    assert "leave it out to publish at once" in refused.output


def test_the_same_approval_again_after_its_embargo_changes_nothing(world: World) -> None:
    first = world.approve(embargo=EMBARGO)
    world.now = EMBARGO + dt.timedelta(days=1)
    assert world.approve(embargo=EMBARGO) == first


def test_now_asks_for_publication_at_once(world: World) -> None:
    approved = command(world, "approve", "--embargo", "now")
    assert approved.exit_code == 0, approved.output
    last = world.history().last
    assert last is not None
    assert dt.datetime.fromisoformat(str(last.entry.facts["embargo"])) <= last.entry.at
    assert "approved; it is published at once" in approved.output
    assert "embargo" not in approved.output


def test_an_embargo_of_usual_length_is_told_without_its_days(world: World) -> None:
    embargo = world.now + dt.timedelta(days=59)
    approved = command(world, "approve", "--embargo", embargo.strftime("%Y-%m-%dT%H:%MZ"))
    assert approved.exit_code == 0, approved.output
    assert " days" not in approved.output


def test_an_embargo_is_told_in_london_time_wherever_it_stands(world: World) -> None:
    approved = command(world, "approve", "--embargo", "2027-07-01T00:01")
    words = "1 July 2027, 00:01 in London (2027-06-30 23:01 UTC)"
    assert f"approved; embargo {words}" in approved.output
    days = (dt.date(2027, 7, 1) - world.now.date()).days
    assert f"{words}, in {days} days" in approved.output
    assert f"waits for the embargo, {words}" in standing(world.history(), world.now).next
    assert timeline(world.history())[-1].words == f"initial report approved, embargo {words}"
    assert words in world.run("publication").message


@pytest.mark.parametrize("reason", ["", " ", "\t\n", "\u00a0", "…"], ids=repr)
def test_a_reason_that_says_nothing_is_refused(world: World, reason: str) -> None:
    with pytest.raises(RefusedError, match="expected a reason in words"):
        world.return_draft(reason)
    refused = command(world, "return", "--reason", reason)
    assert refused.exit_code == 2
    assert "expected a reason in words, at most 600 characters" in refused.output
    assert world.history().state is State.REPORT_DRAFTED


def test_a_reason_that_no_entry_holds_is_refused_with_both_lengths(world: World) -> None:
    with pytest.raises(RefusedError, match="at most 600 characters, found 601"):
        world.return_draft("x" * 601)
    refused = command(world, "return", "--reason", "zqcanary " * 70)
    assert refused.exit_code == 2
    assert "at most 600 characters, found 629" in refused.output
    assert "zqcanary" not in refused.output
    assert world.return_draft("x" * 600).entry.facts["reason"] == "x" * 600


def test_a_reason_that_is_no_text_is_refused(world: World) -> None:
    with pytest.raises(RefusedError, match="bytes that are no text"):
        world.return_draft("numbers \udcff")


@pytest.mark.parametrize(
    "digest", ["", "ring the mother", "0" * 11, "0" * 65, "A" * 64, "g" * 12, "0" * 12 + "\n", " " + "0" * 12], ids=repr
)
@pytest.mark.parametrize("name", ["approve", "return"])
def test_what_is_no_digest_is_wrong_input_and_is_not_repeated(world: World, name: str, digest: str) -> None:
    more = ["--reason", "numbers"] if name == "return" else []
    refused = CliRunner().invoke(program, [name, INSPECTION, "--draft", digest, *more, *WHO])
    assert refused.exit_code == 2
    assert "expected the first 12 to 64 digits of the draft's digest" in refused.output
    assert "mother" not in refused.output
    assert world.history().last.entry.kind is Kind.REPORT_DRAFTED


def test_no_free_text_enters_a_refusal_past_the_command(world: World) -> None:
    with pytest.raises(StaleError, match="found something other than a digest"):
        approve(world.context, INSPECTION, "ring the mother", HMI)
    refusal = world.history().last
    assert refusal.entry.kind is Kind.REPORT_REFUSED
    assert b"mother" not in refusal.entry.to_bytes()


def test_a_return_that_is_refused_is_recorded_as_an_approval_is(world: World) -> None:
    refusals = [
        (lambda: world.return_draft("numbers", who=signer("sam.smith", Role.PRESS_OFFICER)), "wrong role"),
        (lambda: world.return_draft("numbers", who=signer("rhian.morgan", Role.HMI)), SeparationError.rule),
        (lambda: return_draft(world.context, INSPECTION, "0" * 64, HMI, "numbers"), StaleError.rule),
    ]
    for act, rule in refusals:
        with pytest.raises(RefusedError):
            act()
        refusal = world.history().last.entry
        assert (refusal.kind, refusal.facts["act"], refusal.facts["rule"]) == (
            Kind.REPORT_REFUSED,
            "return report",
            rule,
        )
        assert words_of(refusal).startswith("return refused: ")
    assert world.history().state is State.REPORT_DRAFTED
    assert world.return_draft("numbers").entry.kind is Kind.REPORT_RETURNED


def test_the_refusal_of_an_approval_says_that_it_is_one(world: World) -> None:
    with pytest.raises(RefusedError):
        world.approve(who=signer("rhian.morgan", Role.HMI))
    refusal = world.history().last.entry
    assert refusal.facts["act"] == "approve report"
    assert words_of(refusal).startswith("approval refused: ")


def test_every_decision_leaves_something_when_it_is_refused() -> None:
    for act in ACTS:
        for state in act.states if act.refusal else ():
            assert act.refusal in Position(state).legal
            assert Position(state).after(act.refusal).state is state


def test_a_return_when_nothing_awaits_a_decision_is_recorded_as_refused(world: World) -> None:
    world.approve()
    with pytest.raises(IllegalMoveError):
        world.return_draft("numbers", who=signer("wendy.williams", Role.HMI))
    refusal = world.history().last.entry
    assert (refusal.kind, refusal.facts["act"]) == (Kind.ACT_REFUSED, "return report")
    assert world.history().state is State.REPORT_APPROVED


def test_the_same_return_again_changes_nothing(world: World) -> None:
    digest = world.draft()
    first = return_draft(world.context, INSPECTION, digest, HMI, "numbers")
    assert return_draft(world.context, INSPECTION, digest, HMI, "numbers") == first
    assert world.history().last == first


@pytest.mark.parametrize(
    ("who", "why"),
    [
        (
            dataclasses.replace(signer("rhian.morgan", Role.HMI), is_role_held=False),
            "a role that rhian.morgan",
        ),
        (signer("sam.okafor", Role.ADMIN), "found admin"),
        (signer("gwyn.rees", Role.FORCE_LIAISON, "kent"), "found force-liaison"),
    ],
    ids=["a role not held", "an admin", "a liaison"],
)
def test_a_refusal_says_who_claimed_what_and_the_record_stays_whole(world: World, who: KeySigner, why: str) -> None:
    with pytest.raises(RefusedError, match=why):
        world.approve(who=who)
    refused = world.history().recorded[-1].entry
    assert (refused.kind, refused.actor) == (Kind.REPORT_REFUSED, who.actor)
    assert verify_inspection(world.stores, INSPECTION).faults == ()


def test_who_saw_another_head_decides_on_nothing(world: World) -> None:
    seen = world.history().head
    with pytest.raises(RefusedError):
        world.approve(who=signer("sam.smith", Role.PRESS_OFFICER))
    with pytest.raises(StaleError, match="the ledger has moved since you looked"):
        approve(replace(world.context, expected_head=seen), INSPECTION, world.draft(), HMI)
    assert world.history().last.entry.facts["rule"] == StaleError.rule
    context = replace(world.context, expected_head=world.history().head[:12])
    assert approve(context, INSPECTION, world.draft(), HMI)


def test_a_moderator_is_no_approver_and_no_author(world: World) -> None:
    moderator = signer("mo.adams", Role.MODERATOR)
    recorded = moderate(world.context, INSPECTION, world.draft(), moderator)
    assert moderate(world.context, INSPECTION, world.draft(), moderator) == recorded
    assert moderate(world.context, INSPECTION, world.draft(), signer("ana.price", Role.MODERATOR))
    with pytest.raises(SeparationError):
        world.approve(who=signer("mo.adams", Role.HMI))
    with pytest.raises(SeparationError):
        moderate(world.context, INSPECTION, world.draft(), signer("rhian.morgan", Role.MODERATOR))
    assert world.approve().entry.kind is Kind.REPORT_APPROVED


def test_a_reason_is_recorded_in_the_form_in_which_it_was_checked(world: World) -> None:
    for hidden in ("call 07700\u00ad900123", "call 0 7 7 0 0 9 0 0 1 2 3", "see CF10\u200b3NB"):
        with pytest.raises(RefusedError, match="the reason holds"):
            world.return_draft(hidden)
    for sign in ("\u202e", "\u0430", "\u3164"):
        with pytest.raises(RefusedError, match="the reason has U"):
            world.return_draft(f"say {sign} more")
    returned = world.return_draft(" say\u00a0where,\n\u200band w\u0302hy ")
    assert returned.entry.facts["reason"] == "say where, and \u0175hy"
