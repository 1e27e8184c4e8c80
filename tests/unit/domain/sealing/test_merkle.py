"""The tree of RFC 6962: published vectors, every small tree, and what must be refused."""

from __future__ import annotations

import hashlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.sealing.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_path,
    inclusion_path,
    is_consistent,
    is_included,
    leaf_hash,
    node_hash,
    root_of,
)

# The reference vectors of the Certificate Transparency implementations of RFC 6962.
DATA = ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
ROOTS = (
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
INCLUSION = {
    (0, 1): (),
    (0, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (5, 8): (
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 3): ("fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",),
}
CONSISTENCY = {
    (1, 1): (),
    (1, 8): (
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ),
    (6, 8): (
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ),
    (2, 5): (
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ),
}
LEAVES = tuple(leaf_hash(bytes.fromhex(one)) for one in DATA)
MANY = tuple(leaf_hash(bytes([place])) for place in range(70))


@pytest.mark.parametrize("size", range(9))
def test_the_root_of_each_published_tree_is_the_published_one(size):
    assert root_of(LEAVES[:size]).hex() == ROOTS[size]


@pytest.mark.parametrize(("place", "path"), INCLUSION.items())
def test_published_inclusion_paths_are_made_and_hold(place, path):
    index, size = place
    assert tuple(one.hex() for one in inclusion_path(LEAVES[:size], index)) == path
    assert is_included(LEAVES[index], index, size, [bytes.fromhex(one) for one in path], bytes.fromhex(ROOTS[size]))


@pytest.mark.parametrize(("sizes", "path"), CONSISTENCY.items())
def test_published_consistency_paths_are_made_and_hold(sizes, path):
    old, size = sizes
    assert tuple(one.hex() for one in consistency_path(LEAVES[:size], old)) == path
    roots = bytes.fromhex(ROOTS[old]), bytes.fromhex(ROOTS[size])
    assert is_consistent(old, roots[0], size, roots[1], [bytes.fromhex(one) for one in path])


def plain_root(leaves):
    """The definition of the RFC, word by word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return node_hash(plain_root(leaves[:k]), plain_root(leaves[k:]))


def test_a_tree_that_grows_has_at_each_size_the_root_of_the_definition():
    tree = Frontier()
    for size in range(len(MANY) + 1):
        assert tree.root == plain_root(MANY[:size])
        if size < len(MANY):
            tree.add(MANY[size])


def test_every_leaf_of_every_small_tree_is_shown_at_its_place_and_at_no_other():
    for size in range(1, 18):
        leaves, root = MANY[:size], root_of(MANY[:size])
        for index in range(size):
            path = inclusion_path(leaves, index)
            held = {
                (leaf, place)
                for leaf in range(size)
                for place in range(-1, size + 1)
                if is_included(leaves[leaf], place, size, path, root)
            }
            assert held == {(index, index)}


def test_every_beginning_of_every_small_tree_is_shown_and_no_other_size_is():
    for size in range(1, 34):
        leaves, root = MANY[:size], root_of(MANY[:size])
        for old in range(size + 1):
            path = consistency_path(leaves, old)
            assert is_consistent(old, root_of(leaves[:old]), size, root, path)
            for other in range(1, size + 1):
                if other != old:
                    assert not is_consistent(other, root_of(leaves[:old]), size, root, path)


@given(st.data())
def test_a_changed_inclusion_path_shows_nothing(data):
    size = data.draw(st.integers(2, len(MANY)))
    index = data.draw(st.integers(0, size - 1))
    path = list(inclusion_path(MANY[:size], index))
    assert not is_included(MANY[index], index, size, changed(data, path), root_of(MANY[:size]))


@given(st.data())
def test_a_changed_consistency_path_shows_nothing(data):
    size = data.draw(st.integers(2, len(MANY)))
    old = data.draw(st.integers(1, size - 1))
    path = list(consistency_path(MANY[:size], old))
    assert not is_consistent(old, root_of(MANY[:old]), size, root_of(MANY[:size]), changed(data, path))


@given(st.data())
def test_a_tree_that_was_rewritten_is_no_continuation_by_any_path_of_either(data):
    size = data.draw(st.integers(2, 20))
    old = data.draw(st.integers(1, size - 1))
    rewritten = list(MANY[:size])
    rewritten[data.draw(st.integers(0, old - 1))] = leaf_hash(b"another")
    for path in (consistency_path(MANY[:size], old), consistency_path(rewritten, old)):
        assert not is_consistent(old, root_of(MANY[:old]), size, root_of(rewritten), path)


def changed(data, path):
    how = data.draw(st.sampled_from(("flip", "drop", "add", "double")))
    place = data.draw(st.integers(0, len(path) - 1))
    if how == "flip":
        bit = data.draw(st.integers(0, 255))
        number = int.from_bytes(path[place]) ^ (1 << bit)
        return [*path[:place], number.to_bytes(32), *path[place + 1 :]]
    if how == "drop":
        return path[:place] + path[place + 1 :]
    if how == "add":
        return [*path[:place], EMPTY_ROOT, *path[place:]]
    return [*path, path[place]]


def test_a_leaf_cannot_pose_as_a_node():
    left, right = MANY[0], MANY[1]
    assert leaf_hash(left + right) != node_hash(left, right)


@pytest.mark.parametrize("index", [-1, 3])
def test_no_path_is_made_for_a_leaf_that_is_not_there(index):
    with pytest.raises(IndexError, match="of 3"):
        inclusion_path(MANY[:3], index)


@pytest.mark.parametrize("old", [-1, 4])
def test_no_path_is_made_from_a_tree_that_is_larger(old):
    with pytest.raises(IndexError, match="at most 3"):
        consistency_path(MANY[:3], old)


def test_the_empty_tree_is_the_beginning_of_every_tree_and_of_no_forged_one():
    assert is_consistent(0, EMPTY_ROOT, 3, root_of(MANY[:3]), ())
    assert not is_consistent(0, MANY[0], 3, root_of(MANY[:3]), ())
    assert not is_consistent(4, root_of(MANY[:4]), 3, root_of(MANY[:3]), ())


def test_thirty_thousand_leaves_take_well_under_a_second():
    leaves = [leaf_hash(number.to_bytes(4)) for number in range(30_000)]
    began = time.perf_counter()
    root, path = root_of(leaves), inclusion_path(leaves, 12_345)
    assert time.perf_counter() - began < 2
    assert is_included(leaves[12_345], 12_345, 30_000, path, root)
    assert len(path) == 15
