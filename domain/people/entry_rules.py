"""Check that an entry was signed by its stated actor, against the register as of the entry's instant.

* A stage: actor `ncpi`, role and assurance `service`, signed with the stages' key.
* A person: signed with their registered key, or with a key that their identity provider bound to their login by an ID
  token (`id_token.py`); in a role that they had; a force liaison only for their own force. A refusal records the role
  that was claimed, which may be the very reason why the act was refused: only whose it is is checked.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from domain.people.effective import EffectiveDated
from domain.people.membership import Membership
from domain.people.register_state import RegisterState
from domain.signing import is_valid_signature
from schemas.errors import NotFoundError
from schemas.lifecycle.entry import Entry
from schemas.lifecycle.kinds import REFUSALS, STEPPED_UP
from schemas.people.roles import Role
from schemas.programme.forces import force_of

_STAGES: Final = "ncpi"


def fault_of_entry(state: RegisterState, entry: Entry) -> str | None:
    """Return why an entry was not signed by its stated actor, without case data; None when it was."""
    return next(_faults(state, entry), None)


def ended_by(state: RegisterState, entry: Entry) -> int | None:
    """Return seq of the record that ended the key, the login or the role of an entry; None where none did.

    An entry that is dated after that record was signed with something that had ended as well.
    """
    signature = entry.signature
    if entry.actor.person == _STAGES:
        return state.service.ended(entry.at, lambda key: key == signature.key)
    people = state.people.get(entry.actor.person, EffectiveDated())
    login = member.login if (member := people.at(entry.at)) else None

    def is_held(member: Membership | None) -> bool:
        if member is None:
            return False
        is_own = member.login == login is not None if signature.certificate else member.key == signature.key
        return is_own and (entry.kind in REFUSALS or next(_faults_of_role(entry, member), None) is None)

    return people.ended(entry.at, is_held)


def _faults(state: RegisterState, entry: Entry) -> Iterator[str]:
    yield from _faults_of_service(state, entry)
    yield from _faults_of_person(state, entry)
    if not is_valid_signature(entry.statement, entry.signature):
        yield "expected a signature of exactly these bytes, found another"


def _faults_of_service(state: RegisterState, entry: Entry) -> Iterator[str]:
    signature = entry.signature
    marks = (entry.actor.person == _STAGES, entry.actor.role is Role.SERVICE, entry.actor.assurance == "service")
    if any(marks) != all(marks):
        yield "expected role and assurance `service` for the stages and for nobody else"
    if all(marks) and (signature.key != state.service.at(entry.at) or signature.certificate is not None):
        yield "expected the key that the stages had at that time, found another"


def _faults_of_person(state: RegisterState, entry: Entry) -> Iterator[str]:
    actor, signature = entry.actor, entry.signature
    if actor.person == _STAGES:
        return
    member = state.member(actor.person, entry.at)
    if member is None:
        yield "expected a member at that time, found none, or one who was revoked"
        return
    if entry.kind not in REFUSALS:
        yield from _faults_of_role(entry, member)
    if actor.assurance == "identity-provider":
        yield from _faults_of_login(state, entry, member)
    elif signature.key != member.key or signature.certificate is not None:
        yield "expected the key that the person had at that time, found another"


def _faults_of_role(entry: Entry, member: Membership) -> Iterator[str]:
    role = entry.actor.role
    if role not in member.roles or role is Role.ADMIN:
        yield f"expected a role that the person had and that may act, found {role.value}"
    if role is Role.FORCE_LIAISON and member.force != _force_slug(entry.inspection):
        yield "expected the liaison of this force, found that of another"


def _faults_of_login(state: RegisterState, entry: Entry, member: Membership) -> Iterator[str]:
    signature = entry.signature
    provider = state.providers[member.login.issuer].at(entry.at) if member.login else None
    if member.login is None or provider is None or signature.certificate is None:
        yield "expected a login at a registered provider, with an ID token, found none"
        return
    from domain.people.id_token import fault_of_certificate  # noqa: PLC0415 - slow to load, and few entries need it

    fault = fault_of_certificate(
        signature.certificate, provider, member.login, signature.key, entry.at, needs_step_up=entry.kind in STEPPED_UP
    )
    if fault:
        yield fault


def _force_slug(inspection_id: str) -> str | None:
    try:
        return force_of(inspection_id).slug
    except NotFoundError:
        return None
