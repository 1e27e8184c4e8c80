"""The register: who has which roles and keys, and since when. One chain of signed records for all people.

Key in the ledger bucket: `register/<seq, 8 digits>.json`. Canonical JSON, hashed as stored, each with the digest of the
bytes before it, as in a ledger. Signatures are of the record without its signatures.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import rfc8785
from pydantic import Field, StringConstraints

from schemas.dates import UtcInstant
from schemas.identifiers import PersonId, Sha256, digest_of
from schemas.model import Record
from schemas.people.roles import Role
from schemas.people.signature import PublicKey, Signature
from schemas.text import NORMAL

GENESIS: Final = digest_of(b"ncpi-register-v1\n")
"""`prev` of the first record."""
STATEMENT_PREFIX: Final = b"ncpi-register-v1\n"

Reason = Annotated[str, StringConstraints(strict=True, min_length=3, max_length=600), NORMAL]
Roles = Annotated[tuple[Role, ...], Field(min_length=1, max_length=9)]
Force = Annotated[str | None, StringConstraints(strict=True, max_length=40)]
VerifierKey = Annotated[
    str, StringConstraints(strict=True, max_length=200, pattern=r"^[^+\s]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+$")
]
"""A key that verifies signed notes (c2sp.org/signed-note): `<name>+<id>+<base64>`."""


class Founded(Record):
    """The first record: the first admin and the keys of the system."""

    kind: Literal["founded"] = "founded"
    key: PublicKey = Field(description="Of the first admin")
    box: Sha256 = Field(description="Digest of that admin's sealed key")
    service_key: PublicKey = Field(description="Public key that the stages sign with")
    seal_key: VerifierKey = Field(description="Key that verifies the notes of seals")


class Invited(Record):
    """An admin invites a person, who joins by accepting; some invitations need a confirmation first."""

    kind: Literal["invited"] = "invited"
    roles: Roles
    force: Force = Field(description="Slug of a force liaison's force; None for everybody else")
    until: UtcInstant = Field(description="Expires at this instant, UTC")
    code_key: PublicKey | None = Field(description="Public half of the key derived from the one-time code")
    issuer: str | None = Field(
        default=None, max_length=300, description="Identity provider by which the person logs in"
    )
    login: str | None = Field(default=None, max_length=255, description="`sub` of the person at that provider")


class Confirmed(Record):
    """A second admin agrees: to an invitation of an approver, an admin or a known person; or to a provider."""

    kind: Literal["confirmed"] = "confirmed"
    invitation: Sha256 = Field(description="Digest of the record that invited, or that registered a provider")


class Enrolled(Record):
    """A person accepts an invitation; signed with the new key and with the key of the one-time code."""

    kind: Literal["enrolled"] = "enrolled"
    invitation: Sha256
    key: PublicKey
    box: Sha256 = Field(description="Digest of the sealed key (private bucket, not part of any export)")


class Rotated(Record):
    """A person changes their key; signed with the old key and the new one."""

    kind: Literal["rotated"] = "rotated"
    key: PublicKey
    box: Sha256


class Revoked(Record):
    """A person's key or login is no longer valid; by an admin or by themselves."""

    kind: Literal["revoked"] = "revoked"
    reason: Reason


class RolesChanged(Record):
    """A person's roles change. Approvers and admins need an invitation instead."""

    kind: Literal["roles-changed"] = "roles-changed"
    roles: Roles
    force: Force


class ProviderRegistered(Record):
    """Logins at an identity provider are accepted, with these public keys; with two admins, once it is confirmed."""

    kind: Literal["provider-registered"] = "provider-registered"
    issuer: str = Field(max_length=300)
    client: str = Field(max_length=200, description="Our client id there")
    keys: str = Field(max_length=20_000, description="Its public keys, a JSON Web Key Set (RFC 7517) as JSON")


class ServiceRegistered(Record):
    """The stages sign with this key from now on."""

    kind: Literal["service-registered"] = "service-registered"
    service_key: PublicKey


class SealKeyRegistered(Record):
    """Seals are signed with this key from now on."""

    kind: Literal["seal-key-registered"] = "seal-key-registered"
    seal_key: VerifierKey


Body = (
    Founded
    | Invited
    | Confirmed
    | Enrolled
    | Rotated
    | Revoked
    | RolesChanged
    | ProviderRegistered
    | ServiceRegistered
    | SealKeyRegistered
)


class RegisterRecord(Record):
    """One record of the register."""

    version: Literal[1] = 1
    seq: int = Field(ge=0, le=99_999_999)
    at: UtcInstant
    by: PersonId = Field(description="Who acted: an admin, or the person themselves")
    subject: PersonId = Field(description="The person it is about; same as `by` where it is about no person")
    body: Body = Field(discriminator="kind")
    prev: Sha256
    signatures: tuple[Signature, ...] = Field(default=(), max_length=2)

    @property
    def statement(self) -> bytes:
        """The bytes that are signed."""
        return STATEMENT_PREFIX + rfc8785.dumps(self.model_dump(mode="json", exclude={"signatures"}))
