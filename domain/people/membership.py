"""What the register says of one person from one instant on, and what may stand in it: roles, force, key or login."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from schemas.people.roles import Role
from schemas.programme.forces import FORCES

if TYPE_CHECKING:
    from schemas.people.register import Invited

PRIVILEGED_ROLES: Final = frozenset({Role.HMI, Role.ADMIN})
"""Roles that nobody gets by one admin alone, once there are two."""


class Login(NamedTuple):
    """A person at an identity provider."""

    issuer: str
    sub: str


@dataclass(frozen=True, slots=True)
class Membership:
    """A person as they stand in the register."""

    person: str
    roles: tuple[Role, ...]
    force: str | None
    key: str | None
    """Public key that only the person can use; None for people who log in at an identity provider."""
    box: str | None
    """Digest of the sealed private key."""
    login: Login | None = None


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation that was not taken up, replaced or made void yet."""

    digest: str
    subject: str
    by: str
    body: Invited
    needs_confirmation: bool
    """Whether a second admin must confirm it."""
    is_confirmed: bool = False

    def is_open(self, at: dt.datetime) -> bool:
        """Return whether it can be taken up or confirmed at an instant."""
        return at < self.body.until

    @property
    def can_be_accepted(self) -> bool:
        """Whether nothing but the person is waited for."""
        return self.is_confirmed or not self.needs_confirmation

    @property
    def login(self) -> Login | None:
        """The login that it binds; None where a one-time code is used."""
        return login_of(self.body)


def login_of(body: Invited) -> Login | None:
    """Return the login by which an invited person will be known; None where a one-time code is used."""
    return Login(body.issuer, body.login) if body.issuer and body.login else None


def fault_of_roles(roles: tuple[Role, ...], force: str | None) -> str | None:
    """Say what is wrong with the roles of one person; None when they may stand together."""
    if len(set(roles)) != len(roles):
        return "expected each role once, found one twice"
    if Role.SERVICE in roles:
        return "expected roles of people, found service, which is the stages' own"
    if Role.ADMIN in roles and len(roles) > 1:
        return "expected the role admin alone, found it with others: an admin never acts in an inspection"
    if (force is not None) != (Role.FORCE_LIAISON in roles):
        return "expected a force for a force liaison and for nobody else"
    if force is not None and force not in FORCES:
        return "expected one of the 43 forces, found another"
    return None
