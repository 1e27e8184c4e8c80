"""One entry of the ledger and its bytes (docs/ledger.md is the format for outsiders).

Bytes are RFC 8785 canonical JSON, written once and hashed as stored: nobody re-encodes an entry to check it.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, AwareDatetime, Field, StringConstraints

from schemas.identifiers import IdempotencyKey, InspectionId, PersonId, Sha256
from schemas.model import Record
from schemas.moves import Kind
from schemas.roles import Role

GENESIS_PREFIX: Final = b"ncpi-ledger-v1\n"

# 2**53 - 1: the largest integer that every JSON reader keeps whole (RFC 8785 section 3.2.2.3).
FactInteger = Annotated[int, Field(ge=-(2**53) + 1, le=2**53 - 1)]
FactText = Annotated[str, StringConstraints(strict=True, max_length=600)]
Fact = bool | FactInteger | FactText | tuple[FactText, ...]


def _in_utc(moment: dt.datetime) -> dt.datetime:
    if moment.utcoffset() != dt.timedelta(0):
        message = "instants in the ledger are in UTC"
        raise ValueError(message)
    return moment


UtcInstant = Annotated[AwareDatetime, AfterValidator(_in_utc)]


class Actor(Record):
    """Who did it, in which role, and how sure we are that it was them."""

    person: PersonId | Literal["ncpi"] = Field(description="`ncpi` for a stage")
    role: Role
    assurance: Literal["asserted", "service"] = Field(
        description="asserted: whoever held the ledger key said so; service: one of the stages"
    )


class DocumentReference(Record):
    """The artefact an entry is about, by digest."""

    sha256: Sha256
    size_bytes: int = Field(ge=0, le=2**53 - 1)
    media_type: str = Field(max_length=80)
    key: str = Field(max_length=200, description="Key in the private bucket")


class Entry(Record):
    """One line of one inspection's ledger."""

    version: Literal[1] = 1
    inspection: InspectionId
    seq: int = Field(ge=0, le=99_999_999, description="Place in the ledger, from 0")
    id: IdempotencyKey = Field(description="Names the cause; the same id is never appended twice")
    kind: Kind
    at: UtcInstant = Field(description="When it was appended, UTC, by the writer's clock; order is seq, never this")
    actor: Actor
    document: DocumentReference | None
    facts: dict[str, Fact] = Field(description="Small typed values that management reads; never case data")
    because: Sha256 | None = Field(description="Digest of the entry that caused this one; None for the first")
    prev: Sha256 = Field(description="SHA-256 of the previous entry's bytes; of the genesis text for the first")

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode stored bytes.

        Raises:
            pydantic.ValidationError: the bytes are not an entry; the error does not show them.
        """
        return cls.model_validate_json(data)


def digest_of(data: bytes) -> str:
    """Name bytes by their SHA-256, lower-case hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def genesis_of(inspection_id: str) -> str:
    """Give what the first entry's `prev` must be: it binds the chain to its inspection, so none can be transplanted."""
    return digest_of(GENESIS_PREFIX + inspection_id.encode())
