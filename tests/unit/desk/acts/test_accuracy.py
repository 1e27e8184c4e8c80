"""The force's comments as a file, as an answer and on the screen; and who is given a link."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, urlsplit

import pytest

from desk.acts.accuracy import (
    AccuracyLink,
    accuracy_links,
    comment_on_accuracy,
    open_accuracy,
    read_comments,
)
from desk.acts.accuracy_answers import read_all_comments
from desk.acts.decision import moderate
from desk.acts.holds import change_hold
from desk.acts.withdrawal import withdraw
from desk.cli.accuracy import _print_comments
from desk.lookups import read_artefact
from domain.calendar import time_in_words
from domain.lifecycle.history import Recorded
from schemas.errors import AlreadyWrittenError, IllegalMoveError, RefusedError, RejectedError
from schemas.lifecycle.acts import LIFT_HOLD, PLACE_HOLD
from schemas.people.roles import Role
from storage import keys
from storage.settings import Settings
from tests.support.pages.audit_lives import EXAMPLES, south_wales
from tests.support.people import signer
from tests.support.returns import write_fieldwork
from tests.support.world import HMI, INSPECTION, LEAD, MANAGER, World

LIAISON = signer("gwyn.rees", Role.FORCE_LIAISON, "south-wales")
SETTINGS = Settings(
    s3_endpoint="http://127.0.0.1:9",
    s3_auditor_access_key="auditor",
    s3_auditor_secret_key="secret",  # type: ignore[arg-type]
)


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path / "fieldwork"))
    world.deliver()
    return world


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", ()),
        (b"\n \n\t\n", ()),
        (b"One.", ("One.",)),
        (b"\xef\xbb\xbfOne.\r\nStill one.\r\n\r\n Two. \r\n", ("One. Still one.", "Two.")),
        ("75 cases, not 76\n \n\n\nŵ".encode(), ("75 cases, not 76", "ŵ")),
        (b"One.\r\rTwo.", ("One.", "Two.")),
        ("In\u00adspector\u200bs \u00a0 saw\n\u200b\n\u4e2d\u6587".encode(), ("Inspectors saw", "\u4e2d\u6587")),
    ],
)
def test_a_comment_is_a_paragraph(tmp_path: Path, data: bytes, expected: tuple[str, ...]) -> None:
    file = tmp_path / "comments.txt"
    file.write_bytes(data)
    assert read_comments(file, INSPECTION) == expected


@pytest.mark.parametrize(
    ("data", "line"), [(b"One.\n\nzqcanary \xff", 3), (b"PK\x03\x04\0\0zqcanary", 1), ("é".encode("utf-16"), 1)]
)
def test_what_is_no_plain_text_is_rejected_and_not_repeated(tmp_path: Path, data: bytes, line: int) -> None:
    file = tmp_path / "zqcanary.docx"
    file.write_bytes(data)
    with pytest.raises(RejectedError) as caught:
        read_comments(file, INSPECTION)
    assert [problem.line for problem in caught.value.problems] == [line]
    assert "zqcanary" not in f"{caught.value} {caught.value.problems}"


def test_a_character_that_nobody_can_see_is_rejected_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "comments.txt"
    file.write_text("One.\n\nTwo \u202ezqcanary\nThree \U000e0041", encoding="utf-8")
    with pytest.raises(RejectedError) as caught:
        read_comments(file, INSPECTION)
    assert [(problem.line, problem.rule) for problem in caught.value.problems] == [(3, "character"), (4, "character")]
    assert caught.value.problems[0].message.startswith("has U+202E RIGHT-TO-LEFT OVERRIDE as character 5; ")
    assert "zqcanary" not in f"{caught.value.problems}"


def test_only_a_plain_file_of_some_size_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/etc/passwd")
    (tmp_path / "large").write_bytes(b"x" * 2_000_001)
    for name in ("pipe", "link", "large", "none", "."):
        with pytest.raises(RejectedError):
            read_comments(tmp_path / name, INSPECTION)


def test_answers_are_read_oldest_first_and_shown_plain(world: World, capsys: pytest.CaptureFixture[str]) -> None:
    for comments in (["75 cases,\u00ad\nnot 76", "[bold]The force has two teams"], []):
        open_accuracy(world.context, INSPECTION, world.draft(), world.now + dt.timedelta(days=3), LEAD)
        with pytest.raises(RefusedError, match="a comment has U"):
            comment_on_accuracy(world.context, INSPECTION, world.draft(), ["75 cases, \x1b[31mnot 76"], LIAISON)
        comment_on_accuracy(world.context, INSPECTION, world.draft(), comments, LIAISON)
    answers = read_all_comments(world.stores.artefacts, world.history())
    assert [len(one.comments.comments) for one in answers] == [2, 0]
    for one in answers:
        _print_comments(one)
    shown = capsys.readouterr().out
    assert "gwyn.rees" in shown
    assert "1. 75 cases, not 76" in shown
    assert "2. [bold]The force has two teams" in shown
    assert "\x1b" not in shown


def test_links_name_the_page_and_the_pdf_and_end_with_the_check(world: World) -> None:
    end = world.now + dt.timedelta(days=10)
    with pytest.raises(IllegalMoveError, match="found none"):
        accuracy_links(world.context, INSPECTION, SETTINGS)
    open_accuracy(world.context, INSPECTION, world.draft(), end, LEAD)
    links = accuracy_links(world.context, INSPECTION, SETTINGS)
    assert [one.name for one in links] == ["report.html", "report.pdf"]
    assert {one.until for one in links} == {world.now - dt.timedelta(seconds=1) + dt.timedelta(days=7)}
    others = accuracy_links(world.context, INSPECTION, SETTINGS)
    assert not {one.address for one in links} & {one.address for one in others}
    assert len(standing(world)) == 4, "links given before are not ended by others"
    world.now = end - dt.timedelta(seconds=3601)
    late = accuracy_links(world.context, INSPECTION, SETTINGS)
    assert {one.until for one in late} == {end}
    assert all("X-Amz-Expires=3600" in one.address and "ncpi-private" in one.address for one in late)
    world.now = end - dt.timedelta(seconds=1)
    with pytest.raises(IllegalMoveError):
        accuracy_links(world.context, INSPECTION, SETTINGS)


def test_a_link_saves_under_a_name_and_its_page_links_to_nothing_that_it_cannot_open(world: World) -> None:
    until = world.now + dt.timedelta(days=3)
    open_accuracy(world.context, INSPECTION, world.draft(), until, LEAD)
    links = accuracy_links(world.context, INSPECTION, SETTINGS)
    named = [dict(parse_qsl(urlsplit(one.address).query))["response-content-disposition"] for one in links]
    assert named == [
        f'inline; filename="{INSPECTION}-initial-report-draft.html"',
        f'inline; filename="{INSPECTION}-initial-report-draft.pdf"',
    ]
    given = world.private_objects.read(urlsplit(links[0].address).path.removeprefix("/ncpi-private/"))
    drafted = read_artefact(world.stores, world.history(), "initial-report/report.html")
    assert b'href="report.pdf"' in drafted
    links_of_page = re.findall(rb'href="([^"]*)"', given)
    assert links_of_page
    assert all(one.startswith((b"#", b"https://")) for one in links_of_page)
    (box,) = re.findall(rb'<main[^>]*>(\s<aside class="notice".*?</aside>)', given, re.DOTALL)
    said = box.decode()
    assert "Draft, for the force to check its facts" in said
    assert "do not copy it or pass it on" in said
    assert f"Say by {time_in_words(until)} which facts are wrong" in said
    given = given.replace(box, b"")
    assert re.sub(rb"<[^>]*>", b"", given) == re.sub(rb"<[^>]*>", b"", drafted), "no other word differs"


def test_there_is_no_link_to_a_draft_that_was_returned(world: World, tmp_path: Path) -> None:
    open_accuracy(world.context, INSPECTION, world.draft(), world.now + dt.timedelta(days=3), LEAD)
    world.return_draft("Finding I2 needs its numbers checked")
    with pytest.raises(IllegalMoveError):
        accuracy_links(world.context, INSPECTION, SETTINGS)
    fixed = {"speaker": "Dru Sharpling", "paragraphs": ["We saw other things."], "is_synthetic": True}
    world.submit("fieldwork", write_fieldwork(tmp_path / "again", quotation=fixed))
    world.deliver()
    with pytest.raises(IllegalMoveError):
        accuracy_links(world.context, INSPECTION, SETTINGS)


CHANGED: Final = {"speaker": "Dru Sharpling", "paragraphs": ["We saw other things."], "is_synthetic": True}
ENDS: Final[dict[str, Callable[[World, Path], object]]] = {
    "the force answers": lambda world, _: comment_on_accuracy(world.context, INSPECTION, world.draft(), [], LIAISON),
    "returned": lambda world, _: world.return_draft("Finding I2 needs its numbers checked"),
    "replaced": lambda world, folder: world.submit("fieldwork", write_fieldwork(folder / "again", quotation=CHANGED)),
    "held": lambda world, _: change_hold(world.context, PLACE_HOLD, INSPECTION, MANAGER, "Nobody may visit it."),
    "opened anew": lambda world, _: opened(world, days=4),
}


def opened(world: World, days: int = 3) -> Recorded:
    until = world.now.replace(hour=12, minute=0, second=0) + dt.timedelta(days=days)
    return open_accuracy(world.context, INSPECTION, world.draft(), until, LEAD)


def standing(world: World) -> list[str]:
    return world.stores.accuracy_copies.standing(keys.ACCURACY_PREFIX)


@pytest.fixture
def linked(world: World) -> World:
    """Return a draft with links to it."""
    opened(world)
    accuracy_links(world.context, INSPECTION, SETTINGS)
    assert len(standing(world)) == 2
    return world


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_what_ends_the_check_ends_its_links_at_once(
    linked: World, tmp_path: Path, end: Callable[[World, Path], object]
) -> None:
    end(linked, tmp_path)
    assert standing(linked) == []


@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
@pytest.mark.parametrize("repair", ["the same act", "the sweep"])
def test_an_act_that_breaks_off_before_the_links_end_is_made_good(
    linked: World,
    tmp_path: Path,
    end: Callable[[World, Path], object],
    repair: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(_key: str) -> None:
        raise ConnectionError

    with monkeypatch.context() as patch:
        patch.setattr(linked.private_objects, "remove", fail)
        with pytest.raises(ConnectionError):
            end(linked, tmp_path)
    assert len(standing(linked)) == 2
    entries = len(linked.history().recorded)
    if repair == "the sweep":
        assert linked.steps.end_links() == 2
    else:
        end(linked, tmp_path)
    assert standing(linked) == []
    assert len(linked.history().recorded) == entries


def test_a_withdrawal_ends_the_links_to_a_review() -> None:
    world = south_wales(is_reviewed=False)
    world.now = dt.datetime(2016, 6, 30, 9, 0, tzinfo=dt.UTC)
    world.submit("review", EXAMPLES / "review")
    world.deliver()
    opened(world)
    accuracy_links(world.context, INSPECTION, SETTINGS)
    assert len(standing(world)) == 2
    withdraw(world.context, INSPECTION, HMI, "It was wrong")
    assert standing(world) == []


@pytest.mark.parametrize("beside", ["moderated", "refused", "swept", "opened again"])
def test_what_does_not_end_the_check_leaves_its_links(linked: World, beside: str) -> None:
    if beside == "moderated":
        moderate(linked.context, INSPECTION, linked.draft(), signer("ruth.davies", Role.MODERATOR))
    elif beside == "refused":
        with pytest.raises(RefusedError):
            linked.approve()
    elif beside == "opened again":
        opened(linked)
    assert linked.steps.end_links() == 0
    assert len(standing(linked)) == 2


def test_the_sweep_ends_links_whose_time_is_over_and_those_of_a_ledger_that_nobody_can_read(linked: World) -> None:
    linked.now += dt.timedelta(days=4)
    assert linked.steps.end_links() == 2
    opened(linked)
    accuracy_links(linked.context, INSPECTION, SETTINGS)
    linked.ledger_objects.overwrite(keys.ledger_entry(INSPECTION, 1), b"{}", "application/json")
    assert linked.steps.end_links() == 2
    assert standing(linked) == []


def test_a_link_that_ended_stays_dead_when_the_check_goes_on(linked: World, tmp_path: Path) -> None:
    ended = standing(linked)
    ENDS["held"](linked, tmp_path)
    change_hold(linked.context, LIFT_HOLD, INSPECTION, MANAGER, "The force may be visited.")
    links = accuracy_links(linked.context, INSPECTION, SETTINGS)
    assert [urlsplit(one.address).path.removeprefix("/ncpi-private/") for one in links] == standing(linked)
    assert not set(ended) & set(standing(linked))


@pytest.mark.parametrize(
    ("end", "expected"), [("held", IllegalMoveError), ("opened anew", AlreadyWrittenError)], ids=["held", "anew"]
)
def test_a_check_that_ends_while_its_links_are_made_leaves_none(
    world: World, tmp_path: Path, end: str, expected: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(world)
    create = world.private_objects.create

    def ended_meanwhile(key: str, data: bytes, media_type: str) -> bool:
        if key.endswith(".pdf"):
            ENDS[end](world, tmp_path)
        return create(key, data, media_type)

    with monkeypatch.context() as patch:
        patch.setattr(world.private_objects, "create", ended_meanwhile)
        with pytest.raises(expected):
            accuracy_links(world.context, INSPECTION, SETTINGS)
    assert standing(world) == []


def test_a_link_does_not_show_itself(world: World) -> None:
    link = AccuracyLink("report.html", "http://127.0.0.1:9/x?X-Amz-Signature=zqcanary", world.now)
    assert "zqcanary" not in f"{link!r} {link}"
