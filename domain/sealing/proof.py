"""Make proofs from what is sealed, and verify a proof with a key alone."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, TypeAdapter, ValidationError

from domain.sealing.checkpoint import Checkpoint
from domain.sealing.merkle import consistency_path, inclusion_path, is_consistent, is_included, leaf_hash
from domain.sealing.note import VerifierKey
from domain.signing import is_valid_signature
from schemas.errors import NotFoundError, ProofError
from schemas.identifiers import digest_of
from schemas.lifecycle.entry import Entry
from schemas.sealing.proof import ConsistencyProof, EntryProof
from schemas.sealing.seal import Leaf, leaf_data

_PROOFS: TypeAdapter[EntryProof | ConsistencyProof] = TypeAdapter(
    Annotated[EntryProof | ConsistencyProof, Field(discriminator="proof")]
)


@dataclass(frozen=True, slots=True)
class ProvenEntry:
    """What a verified proof of an entry proves."""

    key: str
    digest: str
    entry: Entry | None
    """None for a record of the register."""
    index: int
    checkpoint: Checkpoint
    is_signed: bool
    """Whether the entry has a valid signature by the key in it; the register says whose key it is."""


@dataclass(frozen=True, slots=True)
class ProvenConsistency:
    """What a verified proof of consistency proves."""

    old: Checkpoint
    checkpoint: Checkpoint


def prove_entry(leaves: Sequence[Leaf], key: str, data: bytes, note: str, keys: Collection[VerifierKey]) -> EntryProof:
    """Return the proof that an object is sealed.

    Args:
        leaves: everything that the note seals, in order.
        data: the bytes of the object.

    Raises:
        NotFoundError: it is not sealed.
        ProofError: other bytes of it are sealed.
    """
    index = next((index for index, (sealed_key, _) in enumerate(leaves) if sealed_key == key), None)
    if index is None:
        raise NotFoundError(f"{key}: not sealed yet; seals are made every few minutes, so try again after the next")
    if leaves[index][1] != digest_of(data):
        raise ProofError(
            f"{key}: expected the bytes that were sealed, found others; tell management and keep the bucket as it is"
        )
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
    """Return the proof that what an older note seals is the beginning of what is sealed now.

    Raises:
        ProofError: it is not: sealed records were removed or rewritten, or the note is not of these seals.
    """
    old = Checkpoint.from_note(old_note, keys)
    if old.size > len(leaves):
        raise ProofError(
            f"held note: expected at most {len(leaves)} sealed entries, found {old.size}: some are missing"
        )
    path = consistency_path([leaf_hash(leaf_data(leaf)) for leaf in leaves], old.size)
    proof = ConsistencyProof(
        old_note=old_note,
        path=tuple(one.hex() for one in path),
        note=note,
        verifier_keys=tuple(str(one) for one in keys),
    )
    _verify_consistency(proof, keys)
    return proof


def check_proof(data: bytes, trusted: Collection[VerifierKey] = ()) -> ProvenEntry | ProvenConsistency:
    """Verify a proof from the bytes of its file.

    Args:
        trusted: keys that the reader got in another way; without any, those in the proof are used.

    Raises:
        ProofError: it is malformed or proves nothing.
    """
    try:
        proof = _PROOFS.validate_json(data)
    except ValidationError:
        raise ProofError("proof: expected a file that `ncpi audit prove` wrote, found something else") from None
    keys = tuple(trusted) or tuple(VerifierKey.parse(one) for one in proof.verifier_keys)
    return _verify_entry(proof, keys) if isinstance(proof, EntryProof) else _verify_consistency(proof, keys)


def _verify_entry(proof: EntryProof, keys: Collection[VerifierKey]) -> ProvenEntry:
    checkpoint = Checkpoint.from_note(proof.note, keys)
    data = proof.entry.encode()
    digest = digest_of(data)
    leaf = leaf_hash(leaf_data((proof.key, digest)))
    path = tuple(bytes.fromhex(one) for one in proof.path)
    if not is_included(leaf, proof.index, checkpoint.size, path, checkpoint.root):
        raise ProofError(
            "proof: expected the entry at its place in what the note seals, found another; one of the two was altered"
        )
    entry = _entry_of(proof.key, data)
    is_signed = entry is not None and is_valid_signature(entry.statement, entry.signature)
    return ProvenEntry(proof.key, digest, entry, proof.index, checkpoint, is_signed)


def _verify_consistency(proof: ConsistencyProof, keys: Collection[VerifierKey]) -> ProvenConsistency:
    old, new = Checkpoint.from_note(proof.old_note, keys), Checkpoint.from_note(proof.note, keys)
    path = tuple(bytes.fromhex(one) for one in proof.path)
    if old.origin != new.origin or not is_consistent(old.size, old.root, new.size, new.root, path):
        raise ProofError(
            f"proof: what the older note seals ({old.size} entries) is not the beginning of what the newer one seals "
            f"({new.size} entries): the record was rewritten or entries were removed; tell management"
        )
    return ProvenConsistency(old, new)


def _entry_of(key: str, data: bytes) -> Entry | None:
    try:
        return Entry.from_bytes(data) if key.startswith("ledger/") else None
    except ValidationError:
        raise ProofError(
            "proof: expected the bytes of an entry, found others; this version of the program cannot read them"
        ) from None
