"""The Merkle tree over everything sealed (RFC 6962 section 2): its root, inclusion and consistency proofs.

An inclusion path proves that a leaf is in a tree at its index; a consistency path proves that a tree is the beginning
of a larger one. Both are verified with the roots alone. Hashes are 32 bytes of SHA-256.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
"""Root of the tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf's data."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the root of the tree that joins two trees, from their roots."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that only grows, stored as the roots of its complete subtrees: one for each bit set in its size."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        """Start with the hashes of leaves, in order."""
        self.size = 0
        self._roots: list[bytes] = []
        for leaf in leaves:
            self.add(leaf)

    def add(self, leaf: bytes) -> None:
        """Add the hash of the next leaf."""
        root, bits = leaf, self.size
        while bits & 1:
            root = node_hash(self._roots.pop(), root)
            bits >>= 1
        self._roots.append(root)
        self.size += 1

    def copy(self) -> Frontier:
        """Return an independent copy."""
        other = Frontier()
        other.size, other._roots = self.size, self._roots.copy()
        return other

    @property
    def root(self) -> bytes:
        """Root of the whole tree."""
        if not self._roots:
            return EMPTY_ROOT
        *lefts, root = self._roots
        for left in reversed(lefts):
            root = node_hash(left, root)
        return root


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root of a tree from the hashes of its leaves."""
    return Frontier(leaves).root


def inclusion_path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Return the path that proves one leaf of a tree.

    Args:
        leaves: hashes of all leaves, in order.
        index: of the leaf, from 0.

    Raises:
        IndexError: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"expected the index of one of {len(leaves)} leaves, found {index}")
    if len(leaves) == 1:
        return ()
    left = _left_of(len(leaves))
    if index < left:
        return (*inclusion_path(leaves[:left], index), root_of(leaves[left:]))
    return (*inclusion_path(leaves[left:], index - left), root_of(leaves[:left]))


def consistency_path(leaves: Sequence[bytes], old_size: int) -> tuple[bytes, ...]:
    """Return the path that proves that the tree of the first `old_size` leaves is the beginning of this one.

    Raises:
        IndexError: the older tree is larger.
    """
    if not 0 <= old_size <= len(leaves):
        raise IndexError(f"expected at most {len(leaves)} leaves, found {old_size}")
    return _subpath(leaves, old_size, is_old_tree=True) if old_size else ()


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Return whether a path proves the leaf with this hash at its index in the tree of this size and root."""
    return 0 <= index < size and _root_by(leaf, index, size, path) == root


def is_consistent(old_size: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Return whether a path proves that the older tree is the beginning of the other."""
    if not 0 <= old_size <= size:
        return False
    if old_size == 0:
        return not path and old_root == EMPTY_ROOT
    return _roots_by(old_size, size, path, old_root) == (old_root, root)


def _left_of(size: int) -> int:
    """Return the number of leaves in the left subtree: the largest power of two below the size."""
    return 1 << ((size - 1).bit_length() - 1)


def _subpath(leaves: Sequence[bytes], old_size: int, *, is_old_tree: bool) -> tuple[bytes, ...]:
    if old_size == len(leaves):
        # The verifier has the root of the old tree.
        return () if is_old_tree else (root_of(leaves),)
    left = _left_of(len(leaves))
    if old_size <= left:
        return (*_subpath(leaves[:left], old_size, is_old_tree=is_old_tree), root_of(leaves[left:]))
    return (*_subpath(leaves[left:], old_size - left, is_old_tree=False), root_of(leaves[:left]))


def _root_by(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that a path leads to; None when its length does not fit the index."""
    if size == 1:
        return None if path else leaf
    if not path:
        return None
    *inner, other = path
    left = _left_of(size)
    if index < left:
        below = _root_by(leaf, index, left, inner)
        return below and node_hash(below, other)
    below = _root_by(leaf, index - left, size - left, inner)
    return below and node_hash(other, below)


def _roots_by(old_size: int, size: int, path: Sequence[bytes], old_root: bytes | None) -> tuple[bytes, bytes] | None:
    """Return the roots, old and new, that a path leads to; None when its length does not fit the sizes.

    Args:
        old_root: root of the old tree, as long as this subtree holds all of it; None where it holds only its end.
    """
    if old_size == size:
        given = path if old_root is None else (old_root, *path)
        return (given[0], given[0]) if len(given) == 1 else None
    if not path:
        return None
    *inner, other = path
    left = _left_of(size)
    if old_size <= left:
        below = _roots_by(old_size, left, inner, old_root)
        return below and (below[0], node_hash(below[1], other))
    below = _roots_by(old_size - left, size - left, inner, None)
    return below and (node_hash(other, below[0]), node_hash(other, below[1]))
