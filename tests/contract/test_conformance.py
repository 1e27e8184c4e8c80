"""The model of the simulation behaves as S3 does: the same operations in any order have the same outcomes."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas.errors import NotFoundError
from storage.s3.objects import Objects, S3Objects
from tests.support.buckets import bucket_of, overwrite
from tests.support.memory import MemoryObjects

TEXT: Final = "text/plain"
THREADS: Final = 32
# None is a folder of another: SeaweedFS keeps a tree of files, and says of such a key that it is taken.
KEYS: Final = ("a/b", "a/c", "a/b-c", "a-b", "b/é", "b/00000001.json")
PREFIXES: Final = ("", "a", "a/", "a/b", "b/", "c")
_tries = itertools.count()

OPERATIONS: Final = st.lists(
    st.one_of(
        st.tuples(
            st.sampled_from(("create", "replace", "replace if 1")),
            st.sampled_from(KEYS),
            st.sampled_from((b"", b"1", b"2")),
        ),
        st.tuples(st.sampled_from(("read", "remove")), st.sampled_from(KEYS), st.none()),
        st.tuples(st.just("versions"), st.sampled_from(PREFIXES), st.none()),
    ),
    min_size=1,
    max_size=25,
)


@pytest.fixture(scope="module", params=["moto", pytest.param("seaweedfs", marks=pytest.mark.live)])
def server(request: pytest.FixtureRequest) -> Iterator[S3Objects]:
    with bucket_of(request.param, request) as bucket:
        assert isinstance(bucket, S3Objects)
        yield bucket


def outcome(objects: Objects, name: str, folder: str, of: str, data: bytes | None) -> Any:  # noqa: PLR0911 - one for each operation
    """Do one operation and return its outcome, without the folder it was done in."""
    match name:
        case "create":
            return objects.create(folder + of, data or b"", TEXT)
        case "replace":
            return overwrite(objects, folder + of, data or b"", TEXT)
        case "replace if 1":
            return objects.replace(folder + of, data or b"", TEXT, expected=b"1")
        case "read":
            try:
                return objects.read(folder + of)
            except NotFoundError:
                return "not found"
        case "remove":
            return remove(objects, folder + of)
    listed = list(objects.versions(folder + of))
    assert [one.key for one in listed] == sorted(one.key for one in listed)
    return sorted((one.key.removeprefix(folder), one.is_delete_marker, one.etag.strip('"')) for one in listed)


def remove(objects: Objects, key: str) -> None:
    if isinstance(objects, MemoryObjects):
        objects.remove(key)
    elif isinstance(objects, S3Objects):
        objects._client.delete_object(Bucket=objects._bucket, Key=key)


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(OPERATIONS)
def test_the_same_operations_have_the_same_outcomes(
    server: S3Objects, operations: list[tuple[str, str, bytes]]
) -> None:
    folder, model = f"conformance/{next(_tries)}/", MemoryObjects()
    for done, (name, of, data) in enumerate(operations):
        if server._bucket == "moto" and name == "remove" and folder + of not in model.stored:
            continue  # S3 sets a marker where nothing was; moto does not
        expected, found = (outcome(objects, name, folder, of, data) for objects in (model, server))
        assert found == expected, f"operation {done}, {name} {of}"


def race(objects: Objects, folder: str, keys: int) -> list[list[bool]]:
    """Let 32 threads walk along the same keys, each trying to be the first; return what each was told of each key."""
    together = threading.Barrier(THREADS)

    def walk(number: int) -> list[bool]:
        together.wait()
        return [objects.create(f"{folder}{key:05d}", f"thread {number}".encode(), TEXT) for key in range(keys)]

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(walk, range(THREADS)))


def check_race(objects: Objects, keys: int) -> None:
    folder = f"race/{next(_tries)}/"
    told = race(objects, folder, keys)
    for key in range(keys):
        winners = [number for number, of_thread in enumerate(told) if of_thread[key]]
        assert len(winners) == 1, f"key {key}: {len(winners)} winners"
        assert objects.read(f"{folder}{key:05d}") == f"thread {winners[0]}".encode()
    assert len(list(objects.versions(folder))) == keys


def test_of_32_threads_one_wins_each_key_of_the_model() -> None:
    check_race(MemoryObjects(), 1000)


@pytest.mark.live
@pytest.mark.parametrize("keys", [30, pytest.param(1000, marks=[pytest.mark.full, pytest.mark.timeout(1800)])])
def test_of_32_threads_one_wins_each_key_of_the_server(keys: int, request: pytest.FixtureRequest) -> None:
    with bucket_of("seaweedfs", request) as objects:
        check_race(objects, keys)
