"""The tree over everything sealed, as RFC 6962 section 2 hashes it: its root, and short proofs about it.

An inclusion path shows that a leaf stands in a tree at its place; a consistency path shows that a tree is the beginning
of a larger one. Both are checked with nothing but the roots, so whoever holds a root needs no other leaf.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from typing import Final

EMPTY_ROOT: Final = hashlib.sha256(b"").digest()
"""Root of the tree without leaves."""


def leaf_hash(data: bytes) -> bytes:
    """Hash what a leaf says."""
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash two trees into the one that holds both."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A tree that only grows, kept as the roots of its complete parts: one for each bit of its size."""

    def __init__(self, leaves: Iterable[bytes] = ()) -> None:
        """Take the hashes of leaves, in order."""
        self.size = 0
        self._roots: list[bytes] = []
        for leaf in leaves:
            self.add(leaf)

    def add(self, leaf: bytes) -> None:
        """Take in the hash of the next leaf."""
        whole, bits = leaf, self.size
        while bits & 1:
            whole = node_hash(self._roots.pop(), whole)
            bits >>= 1
        self._roots.append(whole)
        self.size += 1

    def copy(self) -> Frontier:
        """Return one that grows on its own."""
        other = Frontier()
        other.size, other._roots = self.size, self._roots.copy()
        return other

    @property
    def root(self) -> bytes:
        """Root of the whole tree."""
        if not self._roots:
            return EMPTY_ROOT
        *lefts, whole = self._roots
        for left in reversed(lefts):
            whole = node_hash(left, whole)
        return whole


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Return the root of a tree from the hashes of its leaves."""
    return Frontier(leaves).root


def inclusion_path(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """Make the path that shows one leaf of a tree.

    Args:
        leaves: hashes of all leaves, in order.
        index: place of the leaf, from 0.

    Raises:
        IndexError: there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        message = f"expected a leaf of {len(leaves)}, found {index}"
        raise IndexError(message)
    if len(leaves) == 1:
        return ()
    left = _left_of(len(leaves))
    if index < left:
        return (*inclusion_path(leaves[:left], index), root_of(leaves[left:]))
    return (*inclusion_path(leaves[left:], index - left), root_of(leaves[:left]))


def consistency_path(leaves: Sequence[bytes], old_size: int) -> tuple[bytes, ...]:
    """Make the path that shows that the first `old_size` leaves were a tree that this one continues.

    Raises:
        IndexError: the older tree is not smaller or as large.
    """
    if not 0 <= old_size <= len(leaves):
        message = f"expected at most {len(leaves)} leaves, found {old_size}"
        raise IndexError(message)
    return _subpath(leaves, old_size, is_old_tree=True) if old_size else ()


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], root: bytes) -> bool:
    """Return whether a path shows the leaf of this hash at its place in the tree of a size and root."""
    return 0 <= index < size and _root_by(leaf, index, size, path) == root


def is_consistent(old_size: int, old_root: bytes, size: int, root: bytes, path: Sequence[bytes]) -> bool:
    """Return whether a path shows that the older tree is the beginning of the other."""
    if not 0 <= old_size <= size:
        return False
    if old_size == 0:
        return not path and old_root == EMPTY_ROOT
    return _roots_by(old_size, size, path, old_root) == (old_root, root)


def _left_of(size: int) -> int:
    """Return how many of the leaves stand in the left part: the largest power of two that is less than all."""
    return 1 << ((size - 1).bit_length() - 1)


def _subpath(leaves: Sequence[bytes], old_size: int, *, is_old_tree: bool) -> tuple[bytes, ...]:
    if old_size == len(leaves):
        # The old tree itself needs no telling: whoever checks has its root.
        return () if is_old_tree else (root_of(leaves),)
    left = _left_of(len(leaves))
    if old_size <= left:
        return (*_subpath(leaves[:left], old_size, is_old_tree=is_old_tree), root_of(leaves[left:]))
    return (*_subpath(leaves[left:], old_size - left, is_old_tree=False), root_of(leaves[:left]))


def _root_by(leaf: bytes, index: int, size: int, path: Sequence[bytes]) -> bytes | None:
    """Return the root that a path leads to; None when it is not as long as the place asks."""
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
    """Return the roots, old and new, that a path leads to; None when it is not as long as the sizes ask.

    Args:
        old_root: root of the old tree, while this part holds all of it; None in a part that holds its end only.
    """
    if old_size == size:
        told = [old_root] if old_root is not None else []
        told += path
        return (told[0], told[0]) if len(told) == 1 else None
    if not path:
        return None
    *inner, other = path
    left = _left_of(size)
    if old_size <= left:
        below = _roots_by(old_size, left, inner, old_root)
        return below and (below[0], node_hash(below[1], other))
    below = _roots_by(old_size - left, size - left, inner, None)
    return below and (node_hash(other, below[0]), node_hash(other, below[1]))
