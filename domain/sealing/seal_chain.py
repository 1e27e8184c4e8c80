"""The chain of seals, verified as it is read, and the next seal.

* Seals are in order of n from 0; each has the SHA-256 of the bytes before it, the first that of the genesis text.
* Leaves continue the chains of the seals before, without a gap: each object is sealed once, in its order.
* The note has one signature, by a trusted key; its size and root are those of all leaves so far, and the digest in it
  is that of the seal.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from domain.calendar import london_date
from domain.sealing.checkpoint import Checkpoint
from domain.sealing.merkle import Frontier, leaf_hash
from domain.sealing.note import VerifierKey
from schemas.documents.report import PrintedSeal
from schemas.errors import ChainBrokenError, ProofError
from schemas.identifiers import digest_of
from schemas.sealing.seal import GENESIS, Leaf, Seal, UnsignedSeal, chain_of, leaf_data, order_of


@dataclass(frozen=True, slots=True)
class SealedPrefix:
    """The part of a chain that is sealed."""

    length: int
    """Number of sealed objects, which is the place of the next."""
    head: str | None
    """Digest of the last sealed object; None when there is none."""


class SealChain:
    """All seals so far. Grows seal by seal; a refused seal leaves it unchanged."""

    def __init__(self) -> None:
        self.count = 0
        """Number of seals."""
        self.head = GENESIS
        """Digest that the next seal must have as `prev`."""
        self.leaves: list[Leaf] = []
        """Everything sealed, in order."""
        self.seals: list[Seal] = []
        """All of them, in order."""
        self.seal_of: dict[str, int] = {}
        """Number of the seal that holds an object, by its key."""
        self.checkpoints: dict[int, Checkpoint] = {}
        """What the note of each seal says, by its size."""
        self._prefixes: dict[str, SealedPrefix] = {}
        self._tree = Frontier()

    @property
    def last(self) -> Seal | None:
        """The newest seal."""
        return self.seals[-1] if self.seals else None

    @property
    def size(self) -> int:
        """Number of sealed objects."""
        return self._tree.size

    @property
    def root(self) -> bytes:
        """Root over everything sealed."""
        return self._tree.root

    @property
    def chains(self) -> frozenset[str]:
        """Names of the chains with sealed objects: `register`, `ledger/<inspection>`."""
        return frozenset(self._prefixes)

    def sealed_prefix(self, chain: str) -> SealedPrefix:
        """Return the sealed part of a chain."""
        return self._prefixes.get(chain, SealedPrefix(0, None))

    def add(self, data: bytes, keys: Collection[VerifierKey]) -> Seal:
        """Verify the bytes of the next seal and add it.

        Args:
            keys: one of these must have signed the note.

        Raises:
            ChainBrokenError: the bytes are not a valid next seal.
        """
        seal = self._decode(data)
        prefixes, tree = self._with_leaves(seal.leaves)
        try:
            checkpoint = Checkpoint.from_note(seal.note, keys)
        except ProofError as error:
            raise _broken(self.count, "a note signed with a seal key", f"another ({error})") from None
        if seal.note.rpartition("\n\n")[2].count("\n") != 1:
            raise _broken(self.count, "a note with one signature", "one with more")
        if (checkpoint.size, checkpoint.root) != (tree.size, tree.root):
            raise _broken(self.count, "the size and root of its leaves", "others")
        if checkpoint.seal != digest_of(seal.statement):
            raise _broken(self.count, "the note of this seal", "one of a seal with another instant or place")
        self.checkpoints[tree.size] = checkpoint
        self.seal_of |= dict.fromkeys((key for key, _ in seal.leaves), seal.n)
        self.count += 1
        self.head = digest_of(data)
        self.leaves += seal.leaves
        self.seals.append(seal)
        self._prefixes |= prefixes
        self._tree = tree
        return seal

    def next_seal(self, leaves: Sequence[Leaf], at: dt.datetime, origin: str, key: Ed25519PrivateKey) -> Seal:
        """Return the next seal, without adding it.

        Args:
            leaves: what is new, in any order.

        Raises:
            ChainBrokenError: the leaves do not continue what is sealed.
        """
        ordered = tuple(sorted(leaves, key=order_of))
        _, tree = self._with_leaves(ordered)
        unsigned = UnsignedSeal(n=self.count, at=at, prev=self.head, leaves=ordered)
        note = Checkpoint(origin, tree.size, tree.root, digest_of(unsigned.statement)).signed(key)
        return Seal(**dict(unsigned), note=note)

    def _decode(self, data: bytes) -> Seal:
        try:
            seal = Seal.from_bytes(data)
        except ValidationError:
            raise _broken(self.count, "a seal of format 2", "other bytes") from None
        if seal.to_bytes() != data:
            raise _broken(self.count, "canonical JSON (RFC 8785)", "another encoding")
        if seal.n != self.count:
            raise _broken(self.count, f"n {self.count}", f"n {seal.n}")
        if seal.prev != self.head:
            raise _broken(self.count, f"prev {self.head[:12]}…", f"{seal.prev[:12]}…")
        return seal

    def _with_leaves(self, leaves: Sequence[Leaf]) -> tuple[dict[str, SealedPrefix], Frontier]:
        """Return the sealed prefixes that the leaves extend, and the tree with them."""
        prefixes: dict[str, SealedPrefix] = {}
        tree = self._tree.copy()
        before: Leaf | None = None
        for leaf in leaves:
            key, digest = leaf
            chain, place = chain_of(key)
            expected = prefixes.get(chain, self.sealed_prefix(chain)).length
            if place != expected:
                raise _broken(self.count, f"{chain} sealed from place {expected}", f"place {place}")
            if before is not None and order_of(before) > order_of(leaf):
                raise _broken(self.count, "leaves in order", f"{key} after another")
            prefixes[chain] = SealedPrefix(place + 1, digest)
            tree.add(leaf_hash(leaf_data(leaf)))
            before = leaf
        return prefixes, tree


def printed_seal(seal: Seal) -> PrintedSeal:
    """Return the short form of a seal, to be printed in documents.

    Raises:
        ProofError: its note is not of a checkpoint.
    """
    text, _, _ = seal.note.rpartition("\n\n")
    checkpoint = Checkpoint.parse(f"{text}\n")
    return PrintedSeal(n=seal.n, made=london_date(seal.at), entries=checkpoint.size, root=checkpoint.short_root)


def _broken(n: int, expected: str, found: str) -> ChainBrokenError:
    return ChainBrokenError(
        f"seal {n}: expected {expected}, found {found}; the seals are not what was written, so sealing has stopped: "
        "tell management and keep the bucket as it is (docs/operations.md)"
    )
