"""What the records of the register add up to, and since when: the state that its rules are read against.

Records are in order of their instants (a rule of the register), so what stood at an instant is what the last record
until then left.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from domain.people.effective import EffectiveDated
from domain.people.membership import PRIVILEGED_ROLES, Membership
from schemas.people.register import RolesChanged, Rotated
from schemas.people.roles import Role

if TYPE_CHECKING:
    from domain.people.membership import Invitation, Login
    from schemas.people.register import Invited, ProviderRegistered, RegisterRecord


class PendingProvider(NamedTuple):
    """A registration of a provider that one admin has made and no other has confirmed."""

    by: str
    body: ProviderRegistered


@dataclass(frozen=True, slots=True)
class RegisterState:
    """Everybody and everything that the register knows."""

    people: dict[str, EffectiveDated[Membership | None]] = field(default_factory=dict)
    """None where a person is revoked."""
    invitations: dict[str, Invitation] = field(default_factory=dict)
    """Those that wait, by the digest of their record; one for a person, the newest."""
    providers: dict[str, EffectiveDated[ProviderRegistered]] = field(default_factory=dict)
    pending_providers: dict[str, PendingProvider] = field(default_factory=dict)
    """Registrations of providers that a second admin must confirm, by the digest of their record."""
    keys: frozenset[str] = frozenset()
    """Every key that ever stood in the register: none is taken twice."""
    service: EffectiveDated[str] = field(default_factory=EffectiveDated)
    seals: EffectiveDated[str] = field(default_factory=EffectiveDated)

    def member(self, person: str, at: dt.datetime | None = None) -> Membership | None:
        """Return a person as they stood at an instant, or stand now; None when they were nobody then."""
        dated = self.people.get(person, EffectiveDated())
        return dated.current if at is None else dated.at(at)

    def current_member(self, person: str) -> Membership:
        """Return a person who is a member now.

        Raises:
            ValueError: nobody such is; the rules have not been asked.
        """
        if (member := self.member(person)) is None:
            message = "expected a member, found nobody such"
            raise ValueError(message)
        return member

    def is_admin(self, person: str) -> bool:
        """Return whether a person is an admin now."""
        member = self.member(person)
        return member is not None and Role.ADMIN in member.roles

    @property
    def admins(self) -> tuple[str, ...]:
        """Who is an admin now."""
        return tuple(person for person in self.people if self.is_admin(person))

    def owner_of(self, login: Login) -> str | None:
        """Find who logs in so, or is invited to."""
        members = (dated.current for dated in self.people.values())
        owners = [one.person for one in members if one and one.login == login]
        owners += [one.subject for one in self.invitations.values() if one.login == login]
        return owners[0] if owners else None

    def needs_confirmation(self, subject: str, body: Invited) -> bool:
        """Return whether an invitation takes a second admin: there are two, and it is weighty or of a known person."""
        return len(self.admins) > 1 and (bool(PRIVILEGED_ROLES & set(body.roles)) or subject in self.people)

    def with_member(self, record: RegisterRecord, member: Membership | None) -> RegisterState:
        """Return the state with this membership, effective from the record; an invitation is closed."""
        invitations = self.invitations
        if not isinstance(record.body, Rotated | RolesChanged):
            invitations = self._invitations_except(record.subject)
        dated = self.people.get(record.subject, EffectiveDated()).with_change(record, member)
        return replace(
            self,
            people={**self.people, record.subject: dated},
            invitations=invitations,
            keys=self.keys | {member.key} if member and member.key else self.keys,
        )

    def with_provider(self, record: RegisterRecord, body: ProviderRegistered) -> RegisterState:
        """Return the state in which a provider is believed from a record on; none of it waits any more."""
        dated = self.providers.get(body.issuer, EffectiveDated()).with_change(record, body)
        pending = self._pending_except(body.issuer)
        return replace(self, providers={**self.providers, body.issuer: dated}, pending_providers=pending)

    def with_pending_provider(self, digest: str, by: str, body: ProviderRegistered) -> RegisterState:
        """Return the state in which a provider waits, in place of an earlier registration that does."""
        return replace(self, pending_providers={**self._pending_except(body.issuer), digest: PendingProvider(by, body)})

    def with_invitation(self, invitation: Invitation) -> RegisterState:
        """Return the state in which an invitation waits, in place of an earlier one of the same person."""
        waiting = {**self._invitations_except(invitation.subject), invitation.digest: invitation}
        return replace(self, invitations=waiting)

    def with_service(self, record: RegisterRecord, key: str) -> RegisterState:
        """Return the state in which the stages sign with a key from a record on."""
        return replace(self, service=self.service.with_change(record, key), keys=self.keys | {key})

    def with_seal(self, record: RegisterRecord, key: str) -> RegisterState:
        """Return the state in which a key checks seals from a record on."""
        return replace(self, seals=self.seals.with_change(record, key))

    def _pending_except(self, issuer: str) -> dict[str, PendingProvider]:
        return {digest: one for digest, one in self.pending_providers.items() if one.body.issuer != issuer}

    def _invitations_except(self, person: str) -> dict[str, Invitation]:
        return {digest: one for digest, one in self.invitations.items() if one.subject != person}
