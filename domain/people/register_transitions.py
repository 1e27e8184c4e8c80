"""The transition of the register's state by each kind of record, once the rules allow it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, Final

from domain.people.membership import Invitation, Membership
from domain.people.register_state import RegisterState
from schemas.people.register import (
    Confirmed,
    Enrolled,
    Founded,
    Invited,
    ProviderRegistered,
    RegisterRecord,
    Revoked,
    RolesChanged,
    Rotated,
    SealKeyRegistered,
    ServiceRegistered,
)
from schemas.people.roles import Role


def apply(state: RegisterState, record: RegisterRecord, digest: str) -> RegisterState:
    """Return the state after a record that the rules allow.

    Args:
        digest: of the record's bytes; an invitation and a pending provider are named by it.
    """
    if isinstance(record.body, Invited):
        return _invited(state, record, record.body, digest)
    if isinstance(record.body, ProviderRegistered) and len(state.admins) > 1:
        return state.with_pending_provider(digest, record.by, record.body)
    return _CHANGES[type(record.body)](state, record, record.body)


def _founded(state: RegisterState, record: RegisterRecord, body: Founded) -> RegisterState:
    state = state.with_service(record, body.service_key).with_seal(record, body.seal_key)
    return state.with_member(record, Membership(record.by, (Role.ADMIN,), None, body.key, body.box))


def _invited(state: RegisterState, record: RegisterRecord, body: Invited, digest: str) -> RegisterState:
    needs_confirmation = state.needs_confirmation(record.subject, body)
    invitation = Invitation(digest, record.subject, record.by, body, needs_confirmation)
    keys = state.keys | {body.code_key} if body.code_key else state.keys
    return _with_invitation(replace(state, keys=keys), record, invitation)


def _confirmed(state: RegisterState, record: RegisterRecord, body: Confirmed) -> RegisterState:
    if (pending := state.pending_providers.get(body.invitation)) is not None:
        return state.with_provider(record, pending.body)
    return _with_invitation(state, record, replace(state.invitations[body.invitation], is_confirmed=True))


def _with_invitation(state: RegisterState, record: RegisterRecord, invitation: Invitation) -> RegisterState:
    """Return the state with a new member, if a login needs nothing more to join; else with the invitation open."""
    body = invitation.body
    if invitation.login is None or not invitation.can_be_accepted:
        return state.with_invitation(invitation)
    member = Membership(invitation.subject, body.roles, body.force, None, None, invitation.login)
    return state.with_member(record, member)


def _enrolled(state: RegisterState, record: RegisterRecord, body: Enrolled) -> RegisterState:
    invited = state.invitations[body.invitation].body
    return state.with_member(record, Membership(record.subject, invited.roles, invited.force, body.key, body.box))


def _rotated(state: RegisterState, record: RegisterRecord, body: Rotated) -> RegisterState:
    member = state.current_member(record.subject)
    return state.with_member(record, replace(member, key=body.key, box=body.box))


def _roles_changed(state: RegisterState, record: RegisterRecord, body: RolesChanged) -> RegisterState:
    member = state.current_member(record.subject)
    return state.with_member(record, replace(member, roles=body.roles, force=body.force))


_CHANGES: Final[Mapping[type, Callable[[RegisterState, RegisterRecord, Any], RegisterState]]] = {
    Founded: _founded,
    Confirmed: _confirmed,
    Enrolled: _enrolled,
    Rotated: _rotated,
    Revoked: lambda state, record, _: state.with_member(record, None),
    RolesChanged: _roles_changed,
    ProviderRegistered: lambda state, record, body: state.with_provider(record, body),
    ServiceRegistered: lambda state, record, body: state.with_service(record, body.service_key),
    SealKeyRegistered: lambda state, record, body: state.with_seal(record, body.seal_key),
}
