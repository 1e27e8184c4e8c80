"""One entry of the ledger and its bytes (docs/ledger.md is the format for outsiders).

Bytes are RFC 8785 canonical JSON, written once and hashed as stored: nobody re-encodes an entry to check it. What is
signed is the entry without its signature, so it covers the inspection, the act, the artefact, the head of the ledger
that was seen (`prev`), the decision (`facts`), the actor and the time.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import rfc8785
from pydantic import Field, StringConstraints

from schemas.dates import UtcInstant
from schemas.identifiers import IdempotencyKey, InspectionId, PersonId, Sha256, digest_of
from schemas.lifecycle.moves import Kind
from schemas.model import Record
from schemas.people.roles import Role
from schemas.people.signature import Signature
from schemas.text import NORMAL

GENESIS_PREFIX: Final = b"ncpi-ledger-v1\n"
STATEMENT_PREFIX: Final = b"ncpi-entry-v2\n"
"""Stands before the bytes that are signed, so that the signature of one kind of record does not fit another."""

# 2**53 - 1: the largest integer that every JSON reader keeps whole (RFC 8785 section 3.2.2.3).
FactInteger = Annotated[int, Field(ge=-(2**53) + 1, le=2**53 - 1)]
MAX_FACT_LENGTH: Final = 600
"""Longest text, in characters, that an entry holds as a fact."""
FactText = Annotated[str, StringConstraints(strict=True, max_length=MAX_FACT_LENGTH), NORMAL]
FactName = Annotated[str, StringConstraints(strict=True, pattern=r"^[a-z][a-z0-9_]{0,59}$")]
Fact = bool | FactInteger | FactText | tuple[FactText, ...]


class Actor(Record):
    """Who did it, in which role, and how sure we are that it was them."""

    person: PersonId | Literal["ncpi"] = Field(description="`ncpi` for a stage")
    role: Role
    assurance: Literal["service", "person-key", "identity-provider"] = Field(
        description=(
            "service: one of the stages; person-key: signed with a key that only the person can unlock; "
            "identity-provider: signed with a key that the organisation's identity provider bound to the person's login"
        )
    )


class DocumentReference(Record):
    """The artefact that an entry is about, by its digest."""

    sha256: Sha256
    size_bytes: int = Field(ge=0, le=2**53 - 1)
    media_type: str = Field(max_length=80)
    key: str = Field(max_length=200, description="Key in the private bucket")


class UnsignedEntry(Record):
    """What an entry says: all of it but the signature."""

    version: Literal[2] = 2
    inspection: InspectionId
    seq: int = Field(ge=0, le=99_999_999, description="Place in the ledger, from 0")
    id: IdempotencyKey = Field(description="Names the cause; the same id is never appended twice")
    kind: Kind
    at: UtcInstant = Field(description="When it was appended, UTC, by the writer's clock; order is seq, never this")
    actor: Actor
    document: DocumentReference | None
    facts: dict[FactName, Fact] = Field(description="Small typed values that management reads; never case data")
    because: Sha256 | None = Field(description="Digest of the entry that caused this one; None for the first")
    prev: Sha256 = Field(description="SHA-256 of the previous entry's bytes; of the genesis text for the first")

    @property
    def statement(self) -> bytes:
        """The bytes that the actor signs."""
        return STATEMENT_PREFIX + rfc8785.dumps(self.model_dump(mode="json", exclude={"signature"}))


class Entry(UnsignedEntry):
    """One line of one inspection's ledger."""

    signature: Signature = Field(description="By the actor")


def genesis_of(inspection_id: str) -> str:
    """Return the `prev` of the first entry; it binds the chain to its inspection, so that it fits no other."""
    return digest_of(GENESIS_PREFIX + inspection_id.encode())
