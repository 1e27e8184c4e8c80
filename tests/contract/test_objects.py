from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from schemas.errors import NotFoundError

if TYPE_CHECKING:
    from storage.objects import Objects

TEXT = "text/plain"


def test_a_free_key_is_created_and_read_back(objects: Objects, prefix: str) -> None:
    assert objects.create(prefix + "a", b"one", TEXT) is True
    assert objects.read(prefix + "a") == b"one"


@pytest.mark.parametrize("again", [b"one", b"other"])
def test_a_taken_key_is_refused_and_nothing_changes(objects: Objects, prefix: str, again: bytes) -> None:
    objects.create(prefix + "a", b"one", TEXT)
    assert objects.create(prefix + "a", again, TEXT) is False
    assert objects.read(prefix + "a") == b"one"
    assert len(list(objects.versions(prefix))) == 1


def test_a_missing_key_is_not_found(objects: Objects, prefix: str) -> None:
    with pytest.raises(NotFoundError):
        objects.read(prefix + "nothing")


def test_replace_makes_a_second_version_that_is_read(objects: Objects, prefix: str) -> None:
    objects.replace(prefix + "a", b"one", TEXT)
    objects.replace(prefix + "a", b"two", TEXT)
    assert objects.read(prefix + "a") == b"two"
    assert [one.key for one in objects.versions(prefix)] == [prefix + "a"] * 2
    assert objects.create(prefix + "a", b"three", TEXT) is False


def test_versions_are_listed_in_order_of_key_under_the_prefix_alone(objects: Objects, prefix: str) -> None:
    for number in (3, 1, 2):
        objects.create(f"{prefix}in/{number:08d}.json", b"x", TEXT)
    objects.create(f"{prefix}out", b"x", TEXT)
    found = list(objects.versions(f"{prefix}in/"))
    assert [one.key for one in found] == [f"{prefix}in/{number:08d}.json" for number in (1, 2, 3)]
    assert not any(one.is_delete_marker for one in found)


def test_empty_and_odd_bytes_come_back_as_they_were(objects: Objects, prefix: str) -> None:
    for number, data in enumerate((b"", bytes(range(256)), "é\u2028\n".encode())):
        objects.create(f"{prefix}{number}", data, TEXT)
        assert objects.read(f"{prefix}{number}") == data


@pytest.mark.parametrize("attempt", range(5))
def test_of_many_at_once_exactly_one_creates(objects: Objects, prefix: str, attempt: int) -> None:
    bodies = [f"writer {number}".encode() for number in range(6)]
    with ThreadPoolExecutor(len(bodies)) as writers:
        won = list(writers.map(lambda body: objects.create(prefix + "race", body, TEXT), bodies))
    assert won.count(True) == 1
    assert objects.read(prefix + "race") == bodies[won.index(True)]
