"""How a person joins the register: rules of invitations, of their confirmation and of enrolment.

* Admins invite and confirm, never themselves.
* An invitation is accepted once, before it expires. A new one replaces those before it; a person who has joined or was
  revoked has none.
* Once two admins are enrolled, an invitation with the role hmi or admin, or of a former or present member, must be
  confirmed by an admin other than the one who invited.
* Once two admins are enrolled, a provider takes effect when an admin other than the one who registered it confirms it.
* A login at a provider belongs to one person. Admins cannot use a provider: they need a registered key.
"""

from __future__ import annotations

from collections.abc import Iterator

from domain.people.membership import Login, fault_of_roles, login_of
from domain.people.register_state import RegisterState
from schemas.people.register import Confirmed, Enrolled, Invited, RegisterRecord
from schemas.people.roles import Role


def faults_of_invitation(state: RegisterState, record: RegisterRecord, body: Invited) -> Iterator[str]:
    """List what is wrong with an invitation by an admin."""
    if fault := fault_of_roles(body.roles, body.force):
        yield fault
    if body.until <= record.at:
        yield "expected an invitation that expires after it was made, found one that expired before"
    if (body.code_key is None) == (body.issuer is None) or (body.issuer is None) != (body.login is None):
        yield "expected either a one-time code or a login at a provider, found both or neither"
    if body.code_key in state.keys:
        yield "expected a new one-time code, found one that was used before"
    if login := login_of(body):
        yield from _faults_of_login(state, record, body, login)


def _faults_of_login(state: RegisterState, record: RegisterRecord, body: Invited, login: Login) -> Iterator[str]:
    if login.issuer not in state.providers:
        yield "expected a login at a registered provider, found another"
    if Role.ADMIN in body.roles:
        yield "expected an admin with a registered key, found one who logs in at a provider"
    if state.owner_of(login) not in (None, record.subject):
        yield "expected a login of this person alone, found one of another person"


def faults_of_confirmation(state: RegisterState, record: RegisterRecord, body: Confirmed) -> Iterator[str]:
    """List what is wrong with an admin's confirmation of an invitation or a provider."""
    if (pending := state.pending_providers.get(body.invitation)) is not None:
        if record.by == pending.by:
            yield "expected an admin other than the one who registered the provider, found the same"
        return
    yield from _faults_of_reference(state, record, body.invitation)
    invitation = state.invitations[body.invitation]
    if record.by == invitation.by:
        yield "expected an admin other than the one who invited, found the same"
    if invitation.is_confirmed:
        yield "expected an invitation that was not confirmed yet, found one that was"


def faults_of_enrolment(state: RegisterState, record: RegisterRecord, body: Enrolled) -> Iterator[str]:
    """List what is wrong with a person's acceptance of an invitation."""
    yield from _faults_of_reference(state, record, body.invitation)
    invitation = state.invitations[body.invitation]
    if invitation.body.code_key is None:
        yield "expected an invitation with a one-time code, found one with a login, which needs no enrolment"
    if not invitation.can_be_accepted:
        yield "expected an invitation confirmed by a second admin, found it unconfirmed"


def _faults_of_reference(state: RegisterState, record: RegisterRecord, digest: str) -> Iterator[str]:
    invitation = state.invitations.get(digest)
    if invitation is None or invitation.subject != record.subject:
        yield "expected the open invitation of this person, found none"
    elif not invitation.is_open(record.at):
        yield "expected an invitation that has not expired, found an expired one"
