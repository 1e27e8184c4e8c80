"""Is an entry by whom it names? Read against the register as it stood at the entry's instant.

* By a stage: actor `ncpi`, role and assurance `service`, signed with the stages' key.
* By a person: signed with their key of the register, or with a key that the identity provider bound to their login by
  an ID token (`certificate.py`); in a role that they held; a force liaison only for their own force.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from domain.people.id_token import fault_of_certificate
from domain.people.membership import Login
from domain.signing import is_valid_signature
from schemas.errors import NotFoundError
from schemas.lifecycle.acts import ACTS, WITHDRAW
from schemas.people.roles import Role
from schemas.programme.forces import force_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.people.membership import Membership
    from domain.people.register_state import RegisterState
    from schemas.lifecycle.entry import Entry

STEP_UP: Final = frozenset(act.records for act in ACTS if act.of is not None) | {WITHDRAW.records}
"""Acts for which a person at a provider must have proved who they are just before: decisions and withdrawals."""
_STAGES: Final = "ncpi"


def fault_of_entry(state: RegisterState, entry: Entry) -> str | None:
    """Say why an entry is not by whom it names, without case data; None when it is."""
    return next(_faults(state, entry), None)


def credential_of(member: Membership | None) -> str | Login | None:
    """Return that by which a member signs: the key of the register, or the login at a provider."""
    return (member.key or member.login) if member else None


def _faults(state: RegisterState, entry: Entry) -> Iterator[str]:
    yield from _faults_of_service(state, entry)
    yield from _faults_of_person(state, entry)
    if not is_valid_signature(entry.statement, entry.signature):
        yield "expected a signature of these very bytes, found another"


def _faults_of_service(state: RegisterState, entry: Entry) -> Iterator[str]:
    signature = entry.signature
    signs = (entry.actor.person == _STAGES, entry.actor.role is Role.SERVICE, entry.actor.assurance == "service")
    if any(signs) != all(signs):
        yield "expected the stages alone in the role and with the assurance of a service"
    if all(signs) and (signature.key != state.service.at(entry.at) or signature.certificate is not None):
        yield "expected the key of the stages of that time, found another"


def _faults_of_person(state: RegisterState, entry: Entry) -> Iterator[str]:
    actor, signature = entry.actor, entry.signature
    if actor.person == _STAGES:
        return
    member = state.member(actor.person, entry.at)
    if member is None:
        yield "expected a member of that time, found nobody such, or somebody revoked"
        return
    if actor.role not in member.roles or actor.role is Role.ADMIN:
        yield f"expected a role that the person held and that acts, found {actor.role.value}"
    if actor.role is Role.FORCE_LIAISON and member.force != _force_slug(entry.inspection):
        yield "expected the liaison of this force, found another's"
    if actor.assurance == "identity-provider":
        yield from _faults_of_login(state, entry, member)
    elif signature.key != member.key or signature.certificate is not None:
        yield "expected the key that the person had then, found another"


def _faults_of_login(state: RegisterState, entry: Entry, member: Membership) -> Iterator[str]:
    signature = entry.signature
    provider = state.providers[member.login.issuer].at(entry.at) if member.login else None
    if member.login is None or provider is None or signature.certificate is None:
        yield "expected somebody who logs in at a registered provider, with an ID token, found otherwise"
        return
    fault = fault_of_certificate(
        signature.certificate, provider, member.login, signature.key, entry.at, needs_step_up=entry.kind in STEP_UP
    )
    if fault:
        yield fault


def _force_slug(inspection_id: str) -> str | None:
    try:
        return force_of(inspection_id).slug
    except NotFoundError:
        return None
