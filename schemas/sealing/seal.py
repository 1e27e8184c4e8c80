"""A seal: the entries that existed at an instant, fixed by one signed hash. One chain of seals covers all ledgers.

Key in the ledger bucket: `seal/<n, 8 digits>.json`. Canonical JSON, hashed as stored, each with the digest of the bytes
before it, as in a ledger. Its note is a C2SP checkpoint (tlog-checkpoint in a signed note) over the RFC 6962 tree of
the leaves of all seals in order, and over the seal itself: everything in it but the note.
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

import rfc8785
from pydantic import Field, StringConstraints

from schemas.dates import UtcInstant
from schemas.identifiers import Sha256, digest_of
from schemas.model import Record

GENESIS: Final = digest_of(b"ncpi-seal-v1\n")
"""`prev` of the first seal."""

LeafKey = Annotated[
    str, StringConstraints(strict=True, pattern=r"^(register|ledger/[a-z][a-z0-9-]{0,59})/[0-9]{8}\.json$")
]
"""Key of a sealed object: an entry of an inspection's ledger, or a record of the register."""

Leaf = tuple[LeafKey, Sha256]
"""Key and digest of one sealed object."""

NoteText = Annotated[str, StringConstraints(strict=True, max_length=4_000, pattern=r"^[^\x00-\x09\x0b-\x1f\x7f]+$")]
"""A signed note with its signature lines."""


class UnsignedSeal(Record):
    """What is new since the seal before."""

    version: Literal[2] = 2
    n: int = Field(ge=0, le=99_999_999, description="Place among the seals, from 0")
    at: UtcInstant = Field(description="When it was made, UTC, by the sealer's clock; order is n, never this")
    prev: Sha256 = Field(description="SHA-256 of the bytes of the seal before; of the genesis text for the first")
    leaves: Annotated[tuple[Leaf, ...], Field(min_length=1)] = Field(
        description="What is new, each with its digest: the register first, by place, then ledgers in order of key"
    )

    @property
    def statement(self) -> bytes:
        """The bytes whose digest the note bears."""
        return rfc8785.dumps(self.model_dump(mode="json", exclude={"note"}))


class Seal(UnsignedSeal):
    """What is new since the seal before, and the checkpoint of everything so far."""

    note: NoteText = Field(description="Checkpoint over the leaves of all seals up to this one and over it, signed")


def key_in_ledger(inspection_id: str, seq: int) -> str:
    """Return the key of an entry, as a leaf has it."""
    return f"ledger/{inspection_id}/{seq:08d}.json"


def key_in_register(seq: int) -> str:
    """Return the key of a record of the register, as a leaf has it."""
    return f"register/{seq:08d}.json"


def leaf_data(leaf: Leaf) -> bytes:
    """Return the bytes of a leaf, as hashed."""
    key, digest = leaf
    return f"{key} {digest}".encode()


def chain_of(key: str) -> tuple[str, int]:
    """Return the chain and the place in it of a sealed object's key: `ledger/south-wales-2015`, 3."""
    chain, _, name = key.rpartition("/")
    return chain, int(name.removesuffix(".json"))


def order_of(leaf: Leaf) -> tuple[bool, str]:
    """Return the sort key of a leaf within a seal: the register first, then ledgers by key."""
    key, _ = leaf
    return not key.startswith("register/"), key
