"""A founded register with somebody in each role, made without scrypt and always the same bytes.

Signers of these people are at hand at once; who needs passphrases and sealed keys uses desk/people over memory.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from functools import cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from domain.people.register import Register
from domain.signing import KeySigner, public_key_of, sign
from schemas.identifiers import digest_of
from schemas.lifecycle.entry import Actor
from schemas.people.register import Body, Confirmed, Enrolled, Founded, Invited, ProviderRegistered, RegisterRecord
from schemas.people.roles import Role
from storage import keys
from storage.s3.objects import Objects

FOUNDED_AT: Final = dt.datetime(2014, 1, 2, 9, 0, tzinfo=dt.UTC)
FIRST_ADMIN: Final = "jo.keller"
SECOND_ADMIN: Final = "sam.okafor"
PEOPLE: Final[dict[str, tuple[Role, ...]]] = {
    SECOND_ADMIN: (Role.ADMIN,),
    "pat.howells": (Role.PROGRAMME_MANAGER,),
    "rhian.morgan": (Role.INSPECTOR,),
    "ruth.davies": (Role.MODERATOR,),
    "dru.sharpling": (Role.HMI,),
    "wendy.williams": (Role.HMI,),
    "robin.ellis": (Role.INSPECTOR, Role.HMI),
    "tom.baker": (Role.PRESS_OFFICER,),
    "gwyn.rees": (Role.FORCE_LIAISON,),
    "alex.carter": (Role.OPERATIONS,),
    "meera.shah": (Role.MANAGEMENT,),
}
"""Everybody but the first admin. gwyn.rees speaks for south-wales."""
FORCE: Final = "south-wales"
SEAL_KEY: Final = "ncpi.invalid/ledger+00000000+AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB"


def key_for(name: str) -> Ed25519PrivateKey:
    """Make the key of a name, the same each time."""
    return Ed25519PrivateKey.from_private_bytes(hashlib.sha256(f"test key of {name}".encode()).digest())


SERVICE: Final = KeySigner(Actor(person="ncpi", role=Role.SERVICE, assurance="service"), key_for("ncpi"))


def signer(person: str, role: Role, force: str | None = None, *, key: Ed25519PrivateKey | None = None) -> KeySigner:
    """Sign as a person in a role, with their first key unless another is given; whether they may is not asked."""
    return KeySigner(Actor(person=person, role=role, assurance="person-key"), key or key_for(person), force=force)


def admin(person: str = FIRST_ADMIN) -> KeySigner:
    """Sign as an admin."""
    return signer(person, Role.ADMIN)


class Book:
    """A register under way: records are added with the keys of names, whether or not a rule allows them."""

    def __init__(self) -> None:
        self.stored: list[bytes] = []
        self.register = Register()
        self.at = FOUNDED_AT

    def record(self, body: Body, by: str, subject: str | None = None, signers: Sequence[str] = ()) -> RegisterRecord:
        """Make the record that would be next, a minute after the one before."""
        record = self.register.next_record(body, by=by, subject=subject or by, at=self.at)
        signatures = tuple(sign(key_for(name), record.statement) for name in signers or (by,))
        return record.model_copy(update={"signatures": signatures})

    def add(self, body: Body, by: str, subject: str | None = None, signers: Sequence[str] = ()) -> str:
        """Add the next record and give its digest; ChainBrokenError when a rule does not allow it."""
        data = self.record(body, by, subject, signers).to_bytes()
        self.register = self.register.followed_by(data)
        self.stored.append(data)
        self.at += dt.timedelta(minutes=1)
        return digest_of(data)

    def found(self, person: str = FIRST_ADMIN, *, seal_key: str = SEAL_KEY, service_key: str | None = None) -> str:
        body = Founded(
            key=public_key_of(key_for(person)),
            box=digest_of(person.encode()),
            service_key=service_key or public_key_of(key_for("ncpi")),
            seal_key=seal_key,
        )
        return self.add(body, person)

    def invited(self, person: str, *roles: Role, force: str | None = None) -> Invited:
        """Make an invitation whose code is the key of `code of <person>`."""
        code_key = public_key_of(key_for(f"code of {person}"))
        return Invited(roles=roles, force=force, until=self.at + dt.timedelta(days=7), code_key=code_key)

    def enrolled(self, person: str, invitation: str, key: str | None = None) -> Enrolled:
        return Enrolled(
            invitation=invitation, key=public_key_of(key_for(key or person)), box=digest_of(person.encode())
        )

    def welcome(self, person: str, *roles: Role, force: str | None = None) -> None:
        """Invite, confirm where it is needed, and enrol a person whose key is that of their name."""
        invitation = self.add(self.invited(person, *roles, force=force), FIRST_ADMIN, person)
        if self.register.state.invitations[invitation].needs_confirmation:
            self.add(Confirmed(invitation=invitation), SECOND_ADMIN, person)
        self.add(self.enrolled(person, invitation), person, signers=(person, f"code of {person}"))

    def believe(self, provider: ProviderRegistered) -> None:
        """Register a provider and have it confirmed."""
        registered = self.add(provider, FIRST_ADMIN)
        self.add(Confirmed(invitation=registered), SECOND_ADMIN)

    def put(self, objects: Objects) -> None:
        """Store every record in a ledger bucket."""
        for seq, data in enumerate(self.stored):
            objects.create(keys.register_record(seq), data, "application/json")


def book_of_everybody(*, seal_key: str = SEAL_KEY, service_key: str | None = None) -> Book:
    """Found a register and take in everybody of PEOPLE."""
    book = Book()
    book.found(seal_key=seal_key, service_key=service_key)
    for person, roles in PEOPLE.items():
        book.welcome(person, *roles, force=FORCE if Role.FORCE_LIAISON in roles else None)
    return book


@cache
def _kept() -> Book:
    return book_of_everybody()


def everybody() -> Register:
    """Return the register of `book_of_everybody()`, made once a test session."""
    return _kept().register


def put_everybody(create: Callable[[str, bytes, str], object]) -> None:
    """Store that register by what creates an object in a ledger bucket."""
    for seq, data in enumerate(_kept().stored):
        create(keys.register_record(seq), data, "application/json")
