"""A person's membership in the register, and an invitation to it: roles, force, key or login."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final, NamedTuple

from schemas.people.register import Invited
from schemas.people.roles import Role
from schemas.programme.forces import FORCES

PRIVILEGED_ROLES: Final = frozenset({Role.HMI, Role.ADMIN})
"""Roles that one admin alone cannot grant, once there are two admins."""


class Login(NamedTuple):
    """A person's account at an identity provider."""

    issuer: str
    sub: str


@dataclass(frozen=True, slots=True)
class Membership:
    """What the register says of a person during one period."""

    person: str
    roles: tuple[Role, ...]
    force: str | None
    key: str | None
    """Public key of the person; None for people who log in at an identity provider."""
    box: str | None
    """Digest of the sealed private key."""
    login: Login | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation that was not yet accepted, replaced or cancelled."""

    digest: str
    subject: str
    by: str
    body: Invited
    needs_confirmation: bool
    """Whether a second admin must confirm it before it can be accepted."""
    is_confirmed: bool = False

    def is_open(self, at: dt.datetime) -> bool:
        """Return whether it has not expired at an instant."""
        return at < self.body.until

    @property
    def can_be_accepted(self) -> bool:
        """Whether only the invited person is still to act."""
        return self.is_confirmed or not self.needs_confirmation


def login_of(body: Invited) -> Login | None:
    """Return the login of an invitation; None where a one-time code is used."""
    return Login(body.issuer, body.login) if body.issuer and body.login else None


def fault_of_roles(roles: tuple[Role, ...], force: str | None) -> str | None:
    """Return what is wrong with one person's roles together; None when one person may have them."""
    if len(set(roles)) != len(roles):
        return "expected each role once, found one twice"
    if Role.SERVICE in roles:
        return "expected roles for people, found service, which only the stages have"
    if Role.ADMIN in roles and len(roles) > 1:
        return "expected the role admin alone, found it with others: an admin never acts in an inspection"
    if (force is not None) != (Role.FORCE_LIAISON in roles):
        return "expected a force for a force liaison and for nobody else, found otherwise"
    if force is not None and force not in FORCES:
        return "expected one of the 43 forces, found another"
    return None
