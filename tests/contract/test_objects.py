from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from schemas.errors import NotFoundError
from storage.s3.objects import S3_UNAVAILABLE, Objects, RemovableObjects, S3Objects
from tests.support.buckets import overwrite

if TYPE_CHECKING:
    from botocore.awsrequest import AWSPreparedRequest

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
    overwrite(objects, prefix + "a", b"one", TEXT)
    overwrite(objects, prefix + "a", b"two", TEXT)
    assert objects.read(prefix + "a") == b"two"
    assert [one.key for one in objects.versions(prefix)] == [prefix + "a"] * 2
    assert objects.create(prefix + "a", b"three", TEXT) is False


def test_expected_bytes_are_replaced_and_others_stay(objects: Objects, prefix: str) -> None:
    key = prefix + "a"
    objects.create(key, b"one", TEXT)
    assert objects.replace(key, b"two", TEXT, expected=b"other") is False
    assert objects.replace(key, b"two", TEXT, expected=b"one") is True
    assert objects.replace(key, b"three", TEXT, expected=b"one") is False
    assert objects.read(key) == b"two"
    assert len(list(objects.versions(key))) == 2
    assert objects.replace(prefix + "b", b"two", TEXT, expected=b"one") is False


@pytest.mark.parametrize("objects", ["memory", pytest.param("seaweedfs", marks=pytest.mark.live)], indirect=True)
def test_of_many_at_once_exactly_one_replaces(objects: Objects, prefix: str) -> None:
    bodies = [f"writer {number}".encode() for number in range(6)]
    objects.create(f"{prefix}a", b"before", TEXT)
    with ThreadPoolExecutor(6) as pool:
        won = list(pool.map(lambda body: objects.replace(f"{prefix}a", body, TEXT, expected=b"before"), bodies))
    assert won.count(True) == 1
    assert objects.read(f"{prefix}a") == bodies[won.index(True)]


def test_what_is_read_comes_with_its_headers(objects: Objects, prefix: str) -> None:
    objects.create(f"{prefix}a", b"one", TEXT)
    data, headers = objects.read_with_headers(f"{prefix}a")
    assert (data, headers["content-type"]) == (b"one", TEXT)
    with pytest.raises(NotFoundError):
        objects.read_with_headers(f"{prefix}b")


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


@contextmanager
def pages_of(size: int, objects: Objects) -> Iterator[None]:
    """Have each listing answered in pages of so many versions; a server's own hold a thousand."""
    if not isinstance(objects, S3Objects):
        yield
        return
    build, events = "before-parameter-build.s3.ListObjectVersions", objects._client.meta.events
    events.register(build, lambda params, **_: params.update(MaxKeys=size), unique_id="pages")
    yield
    events.unregister(build, unique_id="pages")


# Keys in SeaweedFS and moto cost tens of milliseconds each.
@pytest.mark.parametrize(("count", "page"), [(53, 20), pytest.param(1_003, 1_000, marks=pytest.mark.full)])
def test_a_listing_longer_than_a_page_is_whole_and_in_order(
    objects: Objects, prefix: str, count: int, page: int
) -> None:
    # Two of the keys are written twice.
    keys = [f"{prefix}long/{number:08d}.json" for number in range(count)]
    with ThreadPoolExecutor(8) as writers:
        assert all(writers.map(lambda key: objects.create(key, b"x", TEXT), reversed(keys)))
    for key in (keys[-1], keys[0]):
        overwrite(objects, key, b"y", TEXT)
    with pages_of(page, objects):
        found = [one.key for one in objects.versions(f"{prefix}long/")]
    assert found == [keys[0], *keys, keys[-1]]


def test_a_prefix_without_keys_lists_nothing(objects: Objects, prefix: str) -> None:
    objects.create(f"{prefix}a", b"x", TEXT)
    assert list(objects.versions(f"{prefix}b")) == []
    assert list(objects.versions(f"{prefix}a/")) == []


def test_versions_with_different_bytes_have_different_etags(objects: Objects, prefix: str) -> None:
    for data in (b"one", b"two", b"one"):
        overwrite(objects, f"{prefix}a", data, TEXT)
    etags = [one.etag.strip('"') for one in objects.versions(f"{prefix}a")]
    assert len(etags) == 3
    assert len(set(etags)) == 2


def test_what_was_deleted_shows_as_a_marker_and_keeps_its_version(s3_objects: S3Objects, prefix: str) -> None:
    for name in ("a", "b"):
        s3_objects.create(f"{prefix}{name}", b"one", TEXT)
    s3_objects._client.delete_object(Bucket=s3_objects._bucket, Key=f"{prefix}a")
    found = [(one.key, one.is_delete_marker) for one in s3_objects.versions(prefix)]
    assert found == [(f"{prefix}a", False), (f"{prefix}a", True), (f"{prefix}b", False)]
    with pytest.raises(NotFoundError):
        s3_objects.read(f"{prefix}a")


# Not moto, which looks and stores in two steps: of many threads two now and then both win there.
@pytest.mark.parametrize("objects", ["memory", pytest.param("seaweedfs", marks=pytest.mark.live)], indirect=True)
def test_of_many_at_once_exactly_one_creates(objects: Objects, prefix: str, request: pytest.FixtureRequest) -> None:
    # On SeaweedFS each loser waits for a lock that is looked at once a second.
    writers, rounds = (6, 2) if "seaweedfs" in request.node.callspec.id else (16, 50)
    bodies = [f"writer {number}".encode() for number in range(writers)]
    with ThreadPoolExecutor(writers) as pool:
        for number in range(rounds):
            key = f"{prefix}{number}"
            won = list(pool.map(lambda body, key=key: objects.create(key, body, TEXT), bodies))
            assert won.count(True) == 1
            assert objects.read(key) == bodies[won.index(True)]
            assert len(list(objects.versions(key))) == 1


# Not moto, which looks at no checksum.
@pytest.mark.parametrize("s3_objects", [pytest.param("seaweedfs", marks=pytest.mark.live)], indirect=True)
def test_an_upload_that_was_damaged_on_its_way_stores_nothing_and_can_be_tried_again(
    s3_objects: S3Objects, prefix: str
) -> None:
    def damage(request: AWSPreparedRequest, **_: object) -> None:
        request.body = b"two"

    put = s3_objects.create
    events = s3_objects._client.meta.events
    events.register("before-send.s3.PutObject", damage, unique_id="damage")
    try:
        with pytest.raises(S3_UNAVAILABLE, match="BadDigest"):
            put(f"{prefix}a", b"one", TEXT)
    finally:
        events.unregister("before-send.s3.PutObject", unique_id="damage")
    assert list(s3_objects.versions(prefix)) == []
    put(f"{prefix}a", b"one", TEXT)
    assert s3_objects.read(f"{prefix}a") == b"one"


def test_what_is_removed_is_not_found_keeps_its_bytes_and_leaves_its_key_free(
    objects: RemovableObjects, prefix: str
) -> None:
    objects.create(f"{prefix}a", b"one", TEXT)
    objects.create(f"{prefix}b", b"one", TEXT)
    for _ in range(2):
        objects.remove(f"{prefix}a")
        with pytest.raises(NotFoundError):
            objects.read(f"{prefix}a")
    found = [(one.key, one.is_delete_marker) for one in objects.versions(prefix)]
    assert found.count((f"{prefix}a", False)) == 1
    assert (f"{prefix}a", True) in found
    assert found[-1] == (f"{prefix}b", False)
    # A run that slept would be let in, so the publisher checks again afterwards whether anything was withdrawn.
    assert objects.create(f"{prefix}a", b"two", TEXT) is True
    assert objects.read(f"{prefix}a") == b"two"
