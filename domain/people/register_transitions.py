"""What each kind of record makes of the roll, once the rules allow it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from domain.people.membership import Invitation, Membership
from schemas.people.register import (
    Confirmed,
    Enrolled,
    Founded,
    Invited,
    ProviderRegistered,
    Revoked,
    RolesChanged,
    Rotated,
    SealKeyRegistered,
    ServiceRegistered,
)
from schemas.people.roles import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from domain.people.register_state import Roll
    from schemas.people.register import RegisterRecord


def roll_after(roll: Roll, record: RegisterRecord, digest: str) -> Roll:
    """Give the roll after a record that the rules allow, named by the digest of its bytes."""
    if isinstance(record.body, Invited):
        return _invited(roll, record, record.body, digest)
    if isinstance(record.body, ProviderRegistered) and len(roll.admins) > 1:
        return roll.with_waiting_provider(digest, record.by, record.body)
    return _CHANGES[type(record.body)](roll, record, record.body)


def _founded(roll: Roll, record: RegisterRecord, body: Founded) -> Roll:
    roll = roll.with_service(record, body.service_key).with_seal(record, body.seal_key)
    return roll.with_member(record, Membership(record.by, (Role.ADMIN,), None, body.key, body.box))


def _invited(roll: Roll, record: RegisterRecord, body: Invited, digest: str) -> Roll:
    made = Invitation(digest, record.subject, record.by, body, roll.needs_second(record.subject, body))
    keys = roll.keys | {body.code_key} if body.code_key else roll.keys
    return _waiting(replace(roll, keys=keys), record, made)


def _confirmed(roll: Roll, record: RegisterRecord, body: Confirmed) -> Roll:
    if (waiting := roll.waiting.get(body.invitation)) is not None:
        return roll.with_provider(record, waiting.body)
    return _waiting(roll, record, replace(roll.invitations[body.invitation], is_confirmed=True))


def _waiting(roll: Roll, record: RegisterRecord, invitation: Invitation) -> Roll:
    """Take somebody in whose login is all that it needs; else let the invitation wait."""
    body = invitation.body
    if invitation.login is None or not invitation.is_ready:
        return roll.with_invitation(invitation)
    person = Membership(invitation.subject, body.roles, body.force, None, None, invitation.login)
    return roll.with_member(record, person)


def _enrolled(roll: Roll, record: RegisterRecord, body: Enrolled) -> Roll:
    invited = roll.invitations[body.invitation].body
    return roll.with_member(record, Membership(record.subject, invited.roles, invited.force, body.key, body.box))


def _rotated(roll: Roll, record: RegisterRecord, body: Rotated) -> Roll:
    member = roll.known(record.subject)
    return roll.with_member(record, replace(member, key=body.key, box=body.box))


def _revoked(roll: Roll, record: RegisterRecord, _body: Revoked) -> Roll:
    return roll.with_member(record, None)


def _with_roles(roll: Roll, record: RegisterRecord, body: RolesChanged) -> Roll:
    member = roll.known(record.subject)
    return roll.with_member(record, replace(member, roles=body.roles, force=body.force))


def _with_provider(roll: Roll, record: RegisterRecord, body: ProviderRegistered) -> Roll:
    return roll.with_provider(record, body)


def _with_service(roll: Roll, record: RegisterRecord, body: ServiceRegistered) -> Roll:
    return roll.with_service(record, body.service_key)


def _with_seal_key(roll: Roll, record: RegisterRecord, body: SealKeyRegistered) -> Roll:
    return roll.with_seal(record, body.seal_key)


_CHANGES: Final[Mapping[type, Callable[[Roll, RegisterRecord, Any], Roll]]] = {
    Founded: _founded,
    Confirmed: _confirmed,
    Enrolled: _enrolled,
    Rotated: _rotated,
    Revoked: _revoked,
    RolesChanged: _with_roles,
    ProviderRegistered: _with_provider,
    ServiceRegistered: _with_service,
    SealKeyRegistered: _with_seal_key,
}
