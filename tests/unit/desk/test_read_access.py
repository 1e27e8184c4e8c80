"""Every role on every right, of its own force and another, held or only claimed: as the page says; and what is what.

What is expected is read from docs/stages.md, not from the table in code that the desk asks.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from desk.acts.accuracy import comment_on_accuracy, open_accuracy
from desk.acts.holds import change_hold
from desk.acts.withdrawal import withdraw
from desk.lookups import artefacts_of
from desk.read_access import check_may_read, right_to_read
from schemas.errors import RefusedError
from schemas.lifecycle.acts import PLACE_HOLD
from schemas.lifecycle.read_rights import (
    READ_CHECKED_DRAFT,
    READ_DRAFT,
    READ_PLAN,
    READ_PUBLISHED,
    READ_REJECTION,
    READ_RIGHTS,
    READ_VALIDATION,
    ReadRight,
)
from schemas.people.roles import Role
from tests.support.people import signer
from tests.support.returns import write_fieldwork
from tests.support.world import HMI, INSPECTION, LEAD, MANAGER, World

ROW: Final = re.compile(r"^\| `(?P<name>read [^`]+)` \| [^|]* \| (?P<roles>[^|]*) \| (?P<force>[^|]*) \|$")
PAGE: Final = {
    row["name"]: row
    for line in (Path(__file__).parents[3] / "docs/stages.md").read_text().splitlines()
    if (row := ROW.match(line))
}
LIAISON: Final = signer("gwyn.rees", Role.FORCE_LIAISON, "south-wales")


@pytest.fixture
def world(tmp_path: Path) -> World:
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(tmp_path / "fieldwork"))
    world.deliver()
    return world


def names(cell: str) -> set[str]:
    return {name.strip() for name in cell.split(",") if name.strip()}


def test_the_page_has_every_reading() -> None:
    assert set(PAGE) == {right.name for right in READ_RIGHTS}


@pytest.mark.parametrize("right", READ_RIGHTS, ids=lambda one: one.name)
def test_a_right_is_given_and_refused_exactly_as_the_page_says(right: ReadRight) -> None:
    row = PAGE[right.name]
    for role, force, is_held in itertools.product(Role, ("kent", "essex", None), (True, False)):
        own = force == "kent" and row["force"] == "own force"
        allowed = is_held and (own if role is Role.FORCE_LIAISON else role.value in names(row["roles"]))
        who = replace(signer("sam.smith", role, force), is_role_held=is_held)
        if allowed or names(row["roles"]) == {"anybody"}:
            check_may_read(right, who, "kent-2025")
        else:
            with pytest.raises(RefusedError):
                check_may_read(right, who, "kent-2025")


@pytest.mark.parametrize("right", READ_RIGHTS, ids=lambda one: one.name)
@pytest.mark.parametrize("inspection", ["kent-2025", None])
def test_nobody_reads_what_is_public_and_is_told_who_may_read_the_rest(
    right: ReadRight, inspection: str | None
) -> None:
    roles = names(PAGE[right.name]["roles"])
    if roles == {"anybody"}:
        check_may_read(right, None, inspection)
        return
    with pytest.raises(RefusedError) as refused:
        check_may_read(right, None, inspection)
    assert all(role in str(refused.value) for role in roles)
    assert "--person and --role" in str(refused.value)
    assert str(refused.value).startswith(f"{inspection or 'all inspections'}: ")


@pytest.mark.parametrize("role", [Role.ADMIN, Role.SERVICE], ids=str)
def test_some_roles_read_only_what_is_public(role: Role) -> None:
    assert [one.name for one in READ_RIGHTS if role in one.roles] == []


def test_every_artefact_of_a_draft_is_one_until_it_is_published_and_after_it_is_withdrawn(world: World) -> None:
    def rights() -> set[ReadRight]:
        history = world.history()
        shown = [name for name in artefacts_of(world.stores, history) if name.startswith("initial-report/")]
        assert shown
        return {right_to_read(history, name, world.now) for name in shown}

    assert rights() == {READ_DRAFT}
    embargo = world.now + dt.timedelta(days=3)
    world.approve(embargo=embargo)
    world.deliver()
    assert rights() == {READ_DRAFT}, "approved and under embargo"
    world.now = embargo
    world.run("publication")
    world.deliver()
    assert rights() == {READ_PUBLISHED}
    assert {
        right_to_read(world.history(), f"follow-up/{name}", world.now) for name in ("plan.json", "due-dates.ics")
    } == {READ_PLAN}
    assert right_to_read(world.history(), "review/review.pdf", world.now) is READ_DRAFT
    withdraw(world.context, INSPECTION, HMI, "It was wrong")
    assert rights() == {READ_DRAFT}
    world.deliver()
    assert rights() == {READ_DRAFT}


def test_a_force_reads_the_page_and_the_pdf_of_the_draft_that_it_checks_and_only_then(
    world: World, tmp_path: Path
) -> None:
    def opened() -> set[str]:
        history = world.history()
        return {
            name
            for name in artefacts_of(world.stores, history)
            if right_to_read(history, name, world.now) is READ_CHECKED_DRAFT
        }

    both = {"initial-report/report.html", "initial-report/report.pdf"}
    assert opened() == set()
    until = world.now + dt.timedelta(days=2)
    open_accuracy(world.context, INSPECTION, world.draft(), until, LEAD)
    assert opened() == both
    assert right_to_read(world.history(), "rejection.json", world.now) is READ_REJECTION
    assert right_to_read(world.history(), "fieldwork-return/validation.json", world.now) is READ_VALIDATION
    assert right_to_read(world.history(), "review/report.pdf", world.now) is READ_DRAFT
    assert right_to_read(world.history(), "initial-report/report.pdf", until) is READ_DRAFT, "its time is over"
    change_hold(world.context, PLACE_HOLD, INSPECTION, MANAGER, "No visits are possible")
    assert opened() == set()


def test_what_a_force_was_given_is_closed_by_its_answer_and_by_the_draft_s_return(world: World) -> None:
    until = world.now + dt.timedelta(days=2)
    open_accuracy(world.context, INSPECTION, world.draft(), until, LEAD)
    comment_on_accuracy(world.context, INSPECTION, world.draft(), ("75 cases, not 76.",), LIAISON)
    assert right_to_read(world.history(), "initial-report/report.pdf", world.now) is READ_DRAFT
    open_accuracy(world.context, INSPECTION, world.draft(), until + dt.timedelta(days=1), LEAD)
    assert right_to_read(world.history(), "initial-report/report.pdf", world.now) is READ_CHECKED_DRAFT
    world.return_draft("Finding I6 needs its numbers checked")
    assert right_to_read(world.history(), "initial-report/report.pdf", world.now) is READ_DRAFT
