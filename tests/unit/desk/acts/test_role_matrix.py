"""Every role, every act, with and without a part in the inspection, of its own force and another: as the page says.

What is expected is read from docs/stages.md, not from the table in code that the desk asks.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Final

import pytest

from desk.acts.permission import check_permission
from domain.lifecycle.history import History
from schemas.errors import IllegalMoveError, RefusedError, SeparationError
from schemas.lifecycle.acts import ACTS, Act, SeparatedDuty
from schemas.lifecycle.moves import START, Kind, Position, State
from schemas.people.roles import Role
from tests.support.histories import AT
from tests.support.people import SERVICE, signer

INSPECTION: Final = "kent-2025"
PERSON: Final = "sam.smith"
ROW: Final = re.compile(
    r"^\| `(?P<act>[a-z ]+)` \| [^|]* \| (?P<roles>[^|]*) \| (?P<barred>[^|]*) \| (?P<states>[^|]*) \|"
)
PAGE: Final = {
    row["act"]: row
    for line in (Path(__file__).parents[4] / "docs/stages.md").read_text().splitlines()
    if (row := ROW.match(line))
}
GIVES: Final = {
    SeparatedDuty.AUTHOR: Kind.FIELDWORK_SUBMITTED,
    SeparatedDuty.MODERATOR: Kind.MODERATED,
    SeparatedDuty.APPROVER: Kind.REPORT_APPROVED,
}


def names(cell: str) -> set[str]:
    return {name.strip() for name in cell.split(",") if name.strip()}


def path_to(state: State, through: Kind | None, then: Kind | None = None) -> tuple[Kind, ...] | None:
    """Find the shortest way to a state on which some kind was recorded; None where there is no such way.

    Args:
        then: must be legal there; on hold, what is depends on what was left.
    """
    waiting: list[tuple[Position, tuple[Kind, ...]]] = [(START, ())]
    seen = set()
    while waiting:
        here, path = waiting.pop(0)
        if here.state is state and (through is None or through in path) and (then is None or then in here.legal):
            return path
        for kind in sorted(here.legal - {Kind.ACT_REFUSED}):
            there = here.after(kind)
            key = (there, through in (*path, kind))
            if key not in seen:
                seen.add(key)
                waiting.append((there, (*path, kind)))
    return None


def history_at(state: State, part: SeparatedDuty | None, then: Kind | None = None) -> History:
    """Write a ledger that stands in a state, in which one person has had a part."""
    history = History(INSPECTION)
    given = GIVES[part] if part else None
    for place, kind in enumerate(path_to(state, given, then) or ()):
        who = signer(PERSON, Role.INSPECTOR) if kind is given else SERVICE
        entry = history.next_entry(kind, id=f"entry/{place}", at=AT, signer=who)
        history = history.followed_by(entry.to_bytes())
    return history


def is_before_the_plan(history: History, act: Act) -> bool:
    """Return whether an act is about what is due of an inspection that was put on hold before anything was."""
    names_of_plan = {"change due date", "receive action plan", "receive response"}
    return act.name in names_of_plan and history.latest(Kind.FOLLOW_UP_RECORDED) is None


CASES: Final = [
    (act, part, state)
    for act in ACTS
    for part in (None, *SeparatedDuty)
    for state in sorted(act.states)
    if path_to(state, GIVES[part] if part else None, act.records) is not None
]


def test_every_act_is_tried_with_every_part_that_somebody_can_have_had_by_then() -> None:
    tried = {(act.name, part) for act, part, _ in CASES}
    # Whose approval was taken back has been an approver before anything was published.
    impossible = {("open", part) for part in SeparatedDuty}
    assert {(act.name, part) for act in ACTS for part in (None, *SeparatedDuty)} - tried == impossible


@pytest.mark.parametrize(("act", "part", "state"), CASES, ids=lambda one: getattr(one, "name", str(one)))
def test_an_act_is_allowed_and_refused_exactly_as_the_page_says(
    act: Act, part: SeparatedDuty | None, state: State
) -> None:
    row = PAGE[act.name]
    assert state.value in names(row["states"])
    history = history_at(state, part, act.records)
    for role, force in itertools.product(Role, ("kent", "essex", None)):
        allowed = (
            role.value in names(row["roles"])
            and (part is None or part.value not in names(row["barred"]))
            and (role is not Role.FORCE_LIAISON or force == "kent")
        )
        who = signer(PERSON, role, force)
        if allowed and is_before_the_plan(history, act):
            with pytest.raises(IllegalMoveError, match="nothing is due yet"):
                check_permission(history, act, who, None)
        elif allowed:
            check_permission(history, act, who, None)
        else:
            with pytest.raises(RefusedError):
                check_permission(history, act, who, None)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_an_act_is_legal_in_exactly_the_states_of_the_page(act: Act) -> None:
    row = PAGE[act.name]
    role = next(one for one in Role if one.value in names(row["roles"]))
    who = signer(PERSON, role, "kent")
    for state in State:
        is_legal = state.value in names(row["states"])
        history = history_at(state, None, act.records if is_legal else None)
        if is_legal and not is_before_the_plan(history, act):
            check_permission(history, act, who, None)
            assert act.records in history.position.legal
        else:
            with pytest.raises(IllegalMoveError):
                check_permission(history, act, who, None)


def test_a_part_is_refused_by_the_class_that_names_it() -> None:
    act = next(one for one in ACTS if one.name == "approve report")
    with pytest.raises(SeparationError):
        check_permission(history_at(State.REPORT_DRAFTED, SeparatedDuty.AUTHOR), act, signer(PERSON, Role.HMI), None)


@pytest.mark.parametrize("role", [Role.ADMIN, Role.OPERATIONS, Role.SERVICE], ids=str)
def test_some_roles_act_in_no_inspection(role: Role) -> None:
    assert [act.name for act in ACTS if role in act.roles] == []


def test_management_reviews_trails_and_does_nothing_else() -> None:
    assert [act.name for act in ACTS if Role.MANAGEMENT in act.roles] == ["review trail"]
