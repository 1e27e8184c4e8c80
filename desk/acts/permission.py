"""Check by the tables alone that a person may act on an inspection now, or read of it."""

from __future__ import annotations

from typing import Final

from domain.calendar import time_in_words
from domain.lifecycle.history import History
from domain.lifecycle.separation import check_separation
from domain.signing import Signer
from schemas.counts import one_of
from schemas.errors import IllegalMoveError, RoleError, StaleError
from schemas.lifecycle.acts import (
    CHANGE_DUE_DATE,
    DRAFT_CORRECTION,
    LIFT_HOLD,
    PLACE_HOLD,
    RECEIVE_ACTION_PLAN,
    RECEIVE_RESPONSE,
    TAKE_BACK_APPROVAL,
    Act,
)
from schemas.lifecycle.moves import Kind, State
from schemas.lifecycle.read_rights import ReadRight
from schemas.people.roles import Role
from schemas.programme.forces import force_of

_OF_THE_PLAN: Final = (CHANGE_DUE_DATE, RECEIVE_ACTION_PLAN, RECEIVE_RESPONSE)
_PLANNED: Final = Kind.FOLLOW_UP_RECORDED
_MAX_STATES: Final = 3
"""States that a message lists; more say less than the one that was found."""


def check_permission(history: History, act: Act, signer: Signer, expected_head: str | None) -> None:
    """Check role, force, head, state and separation of duties, in this order.

    Args:
        expected_head: beginning of the head of the ledger that the person saw; None when they were shown none.

    Raises:
        RefusedError: of the class that names the rule.
    """
    check_role(act, signer, history.inspection_id)
    check_force(act, signer, history.inspection_id)
    _check_head(history, act, expected_head)
    _check_state(history, act)
    check_separation(history, act, signer.actor.person)


def check_role(act: Act | ReadRight, signer: Signer, inspection_id: str) -> None:
    """Check that a person holds the role that they claim, and that it may do an act or read something.

    Raises:
        RoleError: naming the roles that may.
    """
    actor = signer.actor
    if not signer.is_role_held:
        raise RoleError(
            f"{inspection_id}: expected a role that {actor.person} holds to {act.name}, found {actor.role.value}; "
            "act in your own role (`ncpi people list`), or ask an admin for this one"
        )
    if actor.role not in act.roles:
        roles = one_of(role.value for role in act.roles)
        raise RoleError(
            f"{inspection_id}: expected {roles} to {act.name}, found {actor.role.value}; ask somebody in that role"
        )


def check_force(act: Act | ReadRight, signer: Signer, inspection_id: str) -> None:
    """Check that a force liaison acts for, or reads of, their own force.

    Raises:
        RoleError: naming the force.
    """
    force = force_of(inspection_id).slug
    if signer.actor.role is Role.FORCE_LIAISON and signer.force != force:
        raise RoleError(
            f"{inspection_id}: expected somebody who speaks for {force} to {act.name}, found the force liaison of "
            f"{signer.force or 'no force'}; ask theirs"
        )


def _check_head(history: History, act: Act, expected_head: str | None) -> None:
    if expected_head is not None and not history.head.startswith(expected_head):
        raise StaleError(
            f"{history.inspection_id}: the ledger has moved since you looked: expected the head {history.head[:12]}… "
            f"to {act.name}, found {expected_head[:12]}…; look again (`ncpi status`) and decide on what you see then"
        )


def _check_state(history: History, act: Act) -> None:
    if act.records not in history.position.legal or (act in _OF_THE_PLAN and not history.latest(_PLANNED)):
        raise IllegalMoveError(f"{history.inspection_id}: {_why_not(history, act)}; see `ncpi status`")


def _why_not(history: History, act: Act) -> str:
    """Return in words why an act is not possible where an inspection stands."""
    here, hold = history.position, history.latest(Kind.HOLD_PLACED)
    found = f"{here.state.value!r}" + (f", left at {here.left.value!r}" if here.left else "")
    if act is PLACE_HOLD and here.state is State.ON_HOLD and hold:
        return f"is on hold already, since {time_in_words(hold.entry.at)}; nothing was changed"
    if act is LIFT_HOLD:
        return f"expected it on hold to {act.name}, found {found}: there is nothing to lift"
    if act in _OF_THE_PLAN and not history.latest(_PLANNED):
        return "nothing is due yet: dates are set when the report is published"
    if act is TAKE_BACK_APPROVAL:
        return f"expected an approval that is not yet published to {act.name}, found none: it is {found}"
    if act is DRAFT_CORRECTION and not history.latest(Kind.PUBLISHED):
        return f"expected a published report to {act.name}, found none: it is {found}"
    states = [state.value for state in State if state in act.states]
    if len(states) <= _MAX_STATES:
        found = f"expected {one_of(map(repr, states))} to {act.name}, found {found}"
    else:
        found = f"expected another state to {act.name}, found {found}"
    return found
