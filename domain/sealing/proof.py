"""Make proofs from what is sealed, and check one with nothing but a key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

from pydantic import Field, TypeAdapter, ValidationError

from domain.sealing.checkpoint import Checkpoint
from domain.sealing.merkle import consistency_path, inclusion_path, is_consistent, is_included, leaf_hash
from domain.sealing.note import VerifierKey
from domain.signing import is_valid_signature
from schemas.errors import NotFoundError, ProofError
from schemas.identifiers import digest_of
from schemas.lifecycle.entry import Entry
from schemas.sealing.proof import ConsistencyProof, EntryProof
from schemas.sealing.seal import leaf_data

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from schemas.sealing.seal import Leaf

_PROOFS: TypeAdapter[EntryProof | ConsistencyProof] = TypeAdapter(
    Annotated[EntryProof | ConsistencyProof, Field(discriminator="proof")]
)


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """What a proof of an entry shows."""

    key: str
    digest: str
    entry: Entry | None
    """None when it is a record of the register."""
    index: int
    checkpoint: Checkpoint
    is_signed: bool
    """Whether the entry bears a signature of what it says, by the key that it names; whose key the register says."""


@dataclass(frozen=True, slots=True)
class ProvenConsistency:
    """What a proof of consistency shows."""

    old: Checkpoint
    checkpoint: Checkpoint


def prove_entry(leaves: Sequence[Leaf], key: str, data: bytes, note: str, keys: Collection[VerifierKey]) -> EntryProof:
    """Make the proof of one object.

    Args:
        leaves: everything that the note seals, in order.
        data: the bytes of the object.

    Raises:
        NotFoundError: it is not sealed.
        ProofError: it is sealed with other bytes than it has now.
    """
    index = next((place for place, (one, _) in enumerate(leaves) if one == key), None)
    if index is None:
        message = f"{key}: not sealed yet; seals are made every few minutes, so try again after the next"
        raise NotFoundError(message)
    if leaves[index][1] != digest_of(data):
        message = (
            f"{key}: expected the bytes that were sealed, found others; tell management and keep the bucket as it is"
        )
        raise ProofError(message)
    path = inclusion_path([leaf_hash(leaf_data(leaf)) for leaf in leaves], index)
    return EntryProof(
        key=key,
        entry=data.decode(),
        index=index,
        path=tuple(one.hex() for one in path),
        note=note,
        verifier_keys=tuple(str(one) for one in keys),
    )


def prove_consistency(
    leaves: Sequence[Leaf], old_note: str, note: str, keys: Collection[VerifierKey]
) -> ConsistencyProof:
    """Make the proof that an older note is the beginning of what is sealed now.

    Raises:
        ProofError: it is not: something was taken back or rewritten, or the note is none of these seals.
    """
    old = Checkpoint.from_note(old_note, keys)
    if old.size > len(leaves):
        message = (
            f"held note: expected at most the {len(leaves)} entries that are sealed, found {old.size}: rolled back"
        )
        raise ProofError(message)
    path = consistency_path([leaf_hash(leaf_data(leaf)) for leaf in leaves], old.size)
    proof = ConsistencyProof(
        old_note=old_note,
        path=tuple(one.hex() for one in path),
        note=note,
        verifier_keys=tuple(str(one) for one in keys),
    )
    _shown_consistency(proof, keys)
    return proof


def check_proof(data: bytes, trusted: Collection[VerifierKey] = ()) -> ProvenEntry | ProvenConsistency:
    """Check a proof from the bytes of its file.

    Args:
        trusted: keys that the reader was given by another way; those that the proof names when there are none.

    Raises:
        ProofError: it shows nothing.
    """
    try:
        proof = _PROOFS.validate_json(data)
    except ValidationError:
        message = "proof: expected a file that `ncpi audit prove` wrote, found something else"
        raise ProofError(message) from None
    keys = tuple(trusted) or tuple(VerifierKey.parse(one) for one in proof.verifier_keys)
    return _shown_entry(proof, keys) if isinstance(proof, EntryProof) else _shown_consistency(proof, keys)


def _shown_entry(proof: EntryProof, keys: Collection[VerifierKey]) -> ProvenEntry:
    checkpoint = Checkpoint.from_note(proof.note, keys)
    data = proof.entry.encode()
    digest = digest_of(data)
    leaf = leaf_hash(leaf_data((proof.key, digest)))
    path = tuple(bytes.fromhex(one) for one in proof.path)
    if not is_included(leaf, proof.index, checkpoint.size, path, checkpoint.root):
        message = "proof: this entry is not in what the note seals, at that place; one of them was altered"
        raise ProofError(message)
    entry = _entry_of(proof.key, data)
    bears = entry is not None and is_valid_signature(entry.statement, entry.signature)
    return ProvenEntry(proof.key, digest, entry, proof.index, checkpoint, bears)


def _shown_consistency(proof: ConsistencyProof, keys: Collection[VerifierKey]) -> ProvenConsistency:
    old, new = Checkpoint.from_note(proof.old_note, keys), Checkpoint.from_note(proof.note, keys)
    path = tuple(bytes.fromhex(one) for one in proof.path)
    if old.origin != new.origin or not is_consistent(old.size, old.root, new.size, new.root, path):
        message = (
            f"proof: what the older note fixed ({old.size} entries) is not the beginning of what the newer one fixes "
            f"({new.size} entries): the record was rewritten or taken back; tell management"
        )
        raise ProofError(message)
    return ProvenConsistency(old, new)


def _entry_of(key: str, data: bytes) -> Entry | None:
    try:
        return Entry.from_bytes(data) if key.startswith("ledger/") else None
    except ValidationError:
        message = "proof: expected the bytes of an entry, found others; this version of the program cannot read them"
        raise ProofError(message) from None
