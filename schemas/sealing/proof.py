"""A proof as a file: proves one entry, or one older checkpoint, to a reader who only has the key of the seals."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.identifiers import Sha256
from schemas.model import Record
from schemas.people.register import VerifierKey
from schemas.sealing.seal import LeafKey, NoteText

Path = Annotated[tuple[Sha256, ...], Field(max_length=64)]
VerifierKeys = Annotated[
    tuple[VerifierKey, ...],
    Field(
        min_length=1,
        max_length=20,
        description="Keys said to have signed the notes; compare them with those that you were given",
    ),
]


class EntryProof(Record):
    """Proves that one entry was sealed with these bytes, without disclosing any other."""

    proof: Literal["ncpi-entry"] = "ncpi-entry"
    version: Literal[1] = 1
    key: LeafKey = Field(description="Key of the entry in the ledger bucket")
    entry: str = Field(max_length=64_000, description="The bytes of the entry, which are UTF-8 text")
    index: int = Field(ge=0, description="Index of its leaf among everything sealed, from 0")
    path: Path = Field(description="Inclusion path (RFC 6962 section 2.1.1)")
    note: NoteText = Field(description="The signed checkpoint that the path leads to")
    verifier_keys: VerifierKeys


class ConsistencyProof(Record):
    """Proves that what an older note seals is the beginning of what a newer one seals: nothing was removed."""

    proof: Literal["ncpi-consistency"] = "ncpi-consistency"
    version: Literal[1] = 1
    old_note: NoteText
    path: Path = Field(description="Consistency path (RFC 6962 section 2.1.2)")
    note: NoteText
    verifier_keys: VerifierKeys
