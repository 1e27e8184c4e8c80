"""The commands of corrections, withdrawals and the force's check, over memory: what they say and how they end."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

import desk.acts.corrections
from deployments.program import program
from domain.signing import Signer
from schemas.lifecycle.moves import Kind, State
from schemas.people.roles import Role
from storage.settings import Settings
from tests.support import quick
from tests.support.errata import erratum, write_errata
from tests.support.people import FORCE, signer
from tests.support.returns import write_fieldwork
from tests.support.world import INSPECTION, World

PRESS = ("--person", "tom.baker", "--role", "press-officer")
HMI = ("--person", "dru.sharpling", "--role", "hmi")
LEAD = ("--person", "rhian.morgan", "--role", "inspector")
LIAISON = ("--person", "gwyn.rees", "--role", "force-liaison")


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> World:
    """Return a drafted report, and a desk over memory at which everybody signs without a passphrase."""
    quick.quicken(monkeypatch)
    monkeypatch.setattr(
        desk.acts.corrections,
        "render_document",
        quick.standing_for("render_document", desk.acts.corrections.render_document),
    )
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path / "fieldwork"))
    world.deliver()
    settings = Settings(s3_endpoint="http://127.0.0.1:9", s3_auditor_access_key="a", s3_auditor_secret_key="s")  # type: ignore[arg-type]

    def sign_in(person: str, role: Role, **_: object) -> Signer:
        return signer(person, role, FORCE if role is Role.FORCE_LIAISON else None)

    monkeypatch.setattr("desk.people.sign_in.sign_in", sign_in)
    monkeypatch.setattr("desk.acts.context.open_desk", lambda: world.context)
    monkeypatch.setattr("desk.acts.context.open_read_only", lambda *_: world.stores)
    monkeypatch.setattr("storage.record.presigned.read_settings", lambda: settings)
    monkeypatch.setattr("storage.clock.utc_now", world.clock)
    monkeypatch.setenv("COLUMNS", "4000")
    return world


def run(*arguments: str, status: int = 0) -> str:
    result = CliRunner().invoke(program, list(arguments))
    assert result.exit_code == status, result.output
    return result.output


def published(world: World) -> None:
    world.approve()
    world.deliver()
    assert world.history().state is State.AWAITING_REVIEW


def test_correct_names_the_version_and_the_draft(world: World, tmp_path: Path) -> None:
    published(world)
    file = str(write_errata(tmp_path))
    said = run("correct", INSPECTION, "--errata", file, *PRESS)
    digest = world.draft()[:12]
    assert f"version 2 of the initial-report drafted with 1 erratum, draft {digest}…, entry" in said
    again = json.loads(run("correct", INSPECTION, "--errata", file, *PRESS, "--json"))
    assert again["entry"]["kind"] == "correction.drafted"
    assert "correction/report.pdf" in run("show", INSPECTION, "nothing", *PRESS, status=4)
    assert "approved" in run("approve", INSPECTION, "--draft", digest, *HMI)
    world.deliver()
    assert world.history().latest(Kind.CORRECTION_PUBLISHED)


def test_correct_lists_every_problem_and_records_nothing(world: World, tmp_path: Path) -> None:
    published(world)
    head = world.history().head
    file = str(write_errata(tmp_path, erratum("zqcanary"), erratum("Do another.", "Do another.")))
    said = run("correct", INSPECTION, "--errata", file, *PRESS, status=2)
    assert "errata[0].was" in said
    assert "errata[1].now" in said
    assert "zqcanary" not in said
    assert run("correct", INSPECTION, "--errata", str(tmp_path / "none"), *PRESS, status=2)
    assert world.history().head == head


def test_a_head_that_has_moved_is_refused(world: World, tmp_path: Path) -> None:
    published(world)
    head = world.history().head[:12]
    stale = "0" * 12
    for command in (
        ("correct", "--errata", str(write_errata(tmp_path)), *PRESS),
        ("withdraw", "--reason", "wrong", *HMI),
    ):
        name, *options = command
        assert "has moved since you looked" in run(name, INSPECTION, *options, "--head", stale, status=3)
    head = world.history().head[:12]
    assert "withdrawal ordered" in run("withdraw", INSPECTION, "--reason", "It was wrong", *HMI, "--head", head)
    world.deliver()
    assert world.history().state is State.WITHDRAWN
    assert "found 'withdrawn'" in run("withdraw", INSPECTION, "--reason", "Again", *HMI, status=3)


def test_withdraw_takes_no_reason_that_names_anybody(world: World) -> None:
    published(world)
    said = run("withdraw", INSPECTION, "--reason", "ring 020 7946 0000", *HMI, status=3)
    assert "telephone" in said
    assert "7946" not in said


def test_the_force_is_given_links_answers_and_is_read(world: World, tmp_path: Path) -> None:
    draft, end = world.draft()[:12], world.now + dt.timedelta(days=10)
    asked = ("accuracy", "open", INSPECTION, "--draft", draft, "--until", end.isoformat(), *LEAD)
    said = run(*asked)
    assert said.count("X-Amz-Signature=") == 2
    entries = len(world.history().recorded)
    links = json.loads(run(*asked, "--json"))["links"]
    assert [one["name"] for one in links] == ["report.html", "report.pdf"]
    assert len(world.history().recorded) == entries, "asked again, nothing is recorded"
    comments = tmp_path / "comments.txt"
    comments.write_text("75 cases, not 76.\n\nThe force has two teams.\n")
    answer = ("accuracy", "comment", INSPECTION, "--draft", draft, "--comments", str(comments), *LIAISON)
    assert f"2 comments on draft {draft}…" in run(*answer)
    assert "2. The force has two teams." in run("accuracy", "read", INSPECTION, *LEAD)
    assert json.loads(run("accuracy", "read", INSPECTION, *LIAISON, "--json"))[0]["comments"][0] == "75 cases, not 76."
    assert "found none" in run(*asked, status=3)


def test_nothing_was_answered_yet(world: World) -> None:
    assert "the force has not answered" in run("accuracy", "read", INSPECTION, *LEAD)
    assert json.loads(run("accuracy", "read", INSPECTION, *LEAD, "--json")) == []
    assert world.history().state is State.REPORT_DRAFTED
