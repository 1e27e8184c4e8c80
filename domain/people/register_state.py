"""The state that the records of the register make, now and at any earlier instant, and what each record changes in it.

Records are in order of their instants (a rule of the register), so the state at an instant is the one after the last
record until then.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, NamedTuple

from domain.people.effective import EffectiveDated
from domain.people.membership import PRIVILEGED_ROLES, Invitation, Login, Membership, login_of
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


class PendingProvider(NamedTuple):
    """A provider that one admin registered and no other has confirmed yet."""

    by: str
    body: ProviderRegistered


@dataclass(frozen=True, slots=True)
class RegisterState:
    """Everything that the register says after one of its records."""

    people: dict[str, EffectiveDated[Membership | None]] = field(default_factory=dict)
    """Memberships by person; None from the instant a person was revoked."""
    invitations: dict[str, Invitation] = field(default_factory=dict)
    """Open ones by the digest of their record; at most one a person, the newest."""
    providers: dict[str, EffectiveDated[ProviderRegistered]] = field(default_factory=dict)
    pending_providers: dict[str, PendingProvider] = field(default_factory=dict)
    """Providers that a second admin must confirm, by the digest of their record."""
    keys: frozenset[str] = frozenset()
    """Every key that was ever in the register: none is used twice."""
    service: EffectiveDated[str] = field(default_factory=EffectiveDated)
    seals: EffectiveDated[str] = field(default_factory=EffectiveDated)

    def member(self, person: str, at: dt.datetime | None = None) -> Membership | None:
        """Return a person's membership at an instant, or now; None when they were not a member then."""
        dated = self.people.get(person, EffectiveDated())
        return dated.current if at is None else dated.at(at)

    def current_member(self, person: str) -> Membership:
        """Return a person's membership now.

        Raises:
            ValueError: they are not a member; the rules were not checked before.
        """
        if (member := self.member(person)) is None:
            raise ValueError("expected a current member, found none")
        return member

    def is_admin(self, person: str) -> bool:
        """Return whether a person is an admin now."""
        member = self.member(person)
        return member is not None and Role.ADMIN in member.roles

    @property
    def admins(self) -> tuple[str, ...]:
        """The admins of now."""
        return tuple(person for person in self.people if self.is_admin(person))

    def owner_of(self, login: Login) -> str | None:
        """Return the person who has a login now or is invited with it; None if nobody."""
        members = (dated.current for dated in self.people.values())
        owners = [one.person for one in members if one and one.login == login]
        owners += [one.subject for one in self.invitations.values() if login_of(one.body) == login]
        return owners[0] if owners else None

    def needs_confirmation(self, subject: str, body: Invited) -> bool:
        """Return whether a second admin must confirm: there are two, and a role is privileged or the person known."""
        return len(self.admins) > 1 and (bool(PRIVILEGED_ROLES & set(body.roles)) or subject in self.people)

    def with_member(self, record: RegisterRecord, member: Membership | None) -> RegisterState:
        """Return the state with this membership effective from the record; None revokes. Closes an open invitation."""
        invitations = self.invitations
        if not isinstance(record.body, Rotated | RolesChanged):
            invitations = self._invitations_except(record.subject)
        dated = self.people.get(record.subject, EffectiveDated()).with_change(record, member)
        return replace(self, people={**self.people, record.subject: dated}, invitations=invitations)

    def with_provider(self, record: RegisterRecord, body: ProviderRegistered) -> RegisterState:
        """Return the state with this provider effective from the record, and no longer pending."""
        dated = self.providers.get(body.issuer, EffectiveDated()).with_change(record, body)
        pending = self._pending_except(body.issuer)
        return replace(self, providers={**self.providers, body.issuer: dated}, pending_providers=pending)

    def with_pending_provider(self, digest: str, by: str, body: ProviderRegistered) -> RegisterState:
        """Return the state with this provider pending, in place of an earlier registration of its issuer."""
        return replace(self, pending_providers={**self._pending_except(body.issuer), digest: PendingProvider(by, body)})

    def with_invitation(self, invitation: Invitation) -> RegisterState:
        """Return the state with this invitation open, in place of an earlier one of the same person."""
        return replace(
            self, invitations={**self._invitations_except(invitation.subject), invitation.digest: invitation}
        )

    def with_service(self, record: RegisterRecord, key: str) -> RegisterState:
        """Return the state in which the stages sign with this key, effective from the record."""
        return replace(self, service=self.service.with_change(record, key))

    def with_seal(self, record: RegisterRecord, key: str) -> RegisterState:
        """Return the state in which this key verifies seals, effective from the record."""
        return replace(self, seals=self.seals.with_change(record, key))

    def _pending_except(self, issuer: str) -> dict[str, PendingProvider]:
        return {digest: one for digest, one in self.pending_providers.items() if one.body.issuer != issuer}

    def _invitations_except(self, person: str) -> dict[str, Invitation]:
        return {digest: one for digest, one in self.invitations.items() if one.subject != person}


def apply(state: RegisterState, record: RegisterRecord, digest: str) -> RegisterState:
    """Return the state after a record that the rules allow.

    Args:
        digest: of the record's bytes; an invitation and a pending provider are named by it.
    """
    state = replace(state, keys=state.keys.union(new_keys_of(record)))
    if isinstance(record.body, Invited):
        return _invited(state, record, record.body, digest)
    if isinstance(record.body, ProviderRegistered) and len(state.admins) > 1:
        return state.with_pending_provider(digest, record.by, record.body)
    return _CHANGES[type(record.body)](state, record, record.body)


def new_keys_of(record: RegisterRecord) -> tuple[str, ...]:
    """List the keys that a record brings into the register, that of a one-time code too."""
    match record.body:
        case Founded() as body:
            return (body.key, body.service_key)
        case Invited() as body:
            return (body.code_key,) if body.code_key else ()
        case Enrolled() | Rotated() as body:
            return (body.key,)
        case ServiceRegistered() as body:
            return (body.service_key,)
        case _:
            return ()


def _founded(state: RegisterState, record: RegisterRecord, body: Founded) -> RegisterState:
    state = state.with_service(record, body.service_key).with_seal(record, body.seal_key)
    return state.with_member(record, Membership(record.by, (Role.ADMIN,), None, body.key, body.box))


def _invited(state: RegisterState, record: RegisterRecord, body: Invited, digest: str) -> RegisterState:
    needs_confirmation = state.needs_confirmation(record.subject, body)
    invitation = Invitation(digest, record.subject, record.by, body, needs_confirmation)
    return _with_invitation(state, record, invitation)


def _confirmed(state: RegisterState, record: RegisterRecord, body: Confirmed) -> RegisterState:
    if (pending := state.pending_providers.get(body.invitation)) is not None:
        return state.with_provider(record, pending.body)
    return _with_invitation(state, record, replace(state.invitations[body.invitation], is_confirmed=True))


def _with_invitation(state: RegisterState, record: RegisterRecord, invitation: Invitation) -> RegisterState:
    """Return the state with a new member, if a login needs nothing more to join; else with the invitation open."""
    body, login = invitation.body, login_of(invitation.body)
    if login is None or not invitation.can_be_accepted:
        return state.with_invitation(invitation)
    member = Membership(invitation.subject, body.roles, body.force, None, None, login)
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
