"""How somebody comes into the register: rules of invitations, their confirmation and their taking up.

* Admins invite and confirm, never themselves.
* An invitation is taken up once, before its time has passed. The newest of a person replaces those before; whoever is
  taken in or revoked has none left.
* Once two admins are enrolled, an invitation with the role hmi or admin, or of a person who was a member before, must
  be confirmed by another admin than who invited.
* Once two admins are enrolled, a provider is believed from its confirmation by another admin on, and not before.
* A login at a provider belongs to one person. No provider makes an admin: an admin has a key of the register.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from domain.people.membership import fault_of_roles, login_of
from schemas.people.roles import Role

if TYPE_CHECKING:
    from collections.abc import Iterator

    from domain.people.membership import Login
    from domain.people.register_state import RegisterState
    from schemas.people.register import Confirmed, Enrolled, Invited, RegisterRecord


def faults_of_invitation(state: RegisterState, record: RegisterRecord, body: Invited) -> Iterator[str]:
    """Return what is wrong with an invitation by an admin."""
    if fault := fault_of_roles(body.roles, body.force):
        yield fault
    if body.until <= record.at:
        yield "expected an invitation that holds for a time, found one whose time had passed when it was made"
    if (body.code_key is None) == (body.issuer is None) or (body.issuer is None) != (body.login is None):
        yield "expected either a one-time code or a login at a provider"
    if body.code_key in state.keys:
        yield "expected a one-time code that was never used, found one that was"
    if login := login_of(body):
        yield from _faults_of_login(state, record, body, login)


def _faults_of_login(state: RegisterState, record: RegisterRecord, body: Invited, login: Login) -> Iterator[str]:
    if login.issuer not in state.providers:
        yield "expected a login at a registered provider, found another"
    if Role.ADMIN in body.roles:
        yield "expected an admin with a key of the register, found one who logs in at a provider"
    if state.owner_of(login) not in (None, record.subject):
        yield "expected a login that is nobody else's, found another person's"


def faults_of_confirmation(state: RegisterState, record: RegisterRecord, body: Confirmed) -> Iterator[str]:
    """Return what is wrong with a confirmation by an admin, of an invitation or of a provider."""
    if (waiting := state.pending_providers.get(body.invitation)) is not None:
        if record.by == waiting.by:
            yield "expected another admin than the one who registered the provider, found the same"
        return
    yield from _faults_of_use(state, record, body.invitation)
    invitation = state.invitations[body.invitation]
    if record.by == invitation.by:
        yield "expected another admin than the one who invited, found the same"
    if invitation.is_confirmed:
        yield "expected an invitation that nobody had confirmed, found one that somebody had"


def faults_of_enrolment(state: RegisterState, record: RegisterRecord, body: Enrolled) -> Iterator[str]:
    """Return what is wrong with the taking up of an invitation by the person themselves."""
    yield from _faults_of_use(state, record, body.invitation)
    invitation = state.invitations[body.invitation]
    if invitation.body.code_key is None:
        yield "expected an invitation with a one-time code, found one with a login, which needs no enrolment"
    if not invitation.can_be_accepted:
        yield "expected an invitation that a second admin has confirmed, found one that none has"


def _faults_of_use(state: RegisterState, record: RegisterRecord, digest: str) -> Iterator[str]:
    invitation = state.invitations.get(digest)
    if invitation is None or invitation.subject != record.subject:
        yield "expected the newest invitation of this person, not taken up, found none such"
    elif not invitation.is_open(record.at):
        yield "expected an invitation whose time has not passed, found one that was good before"
