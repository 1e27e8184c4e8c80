"""What is listed and read is the same for boto3 and for the reader that does less, also where a listing has many pages.

A page of a server holds 1,000 keys. To write some thousands takes longer than to list them, so pages here are shorter,
but in the full run.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from schemas.errors import NotFoundError, SettingsError
from storage.s3.fast_reader import FastReader
from storage.s3.objects import Objects, S3Objects, open_bucket
from storage.settings import Bucket, Duty, Settings
from tests.support.buckets import overwrite

pytestmark = pytest.mark.live

KEYS = ("0", "A", "a/1", "a-1", "b", "bz", "c", "ca", "h/00000000.json", "w", "x y", "zz", "~", "é", "a+b&c#d%e")


@pytest.fixture
def both(live_settings: Settings) -> tuple[S3Objects, FastReader]:
    return (
        open_bucket(Bucket.PRIVATE, Duty.INTAKE, live_settings),
        FastReader(Bucket.PRIVATE, Duty.INTAKE, live_settings),
    )


@pytest.fixture(params=[50, pytest.param(1000, marks=pytest.mark.full)])
def page(both: tuple[S3Objects, FastReader], request: pytest.FixtureRequest) -> int:
    """Have the server answer with pages of so many keys; return how many."""

    def of_so_many(params: dict[str, Any], **_: object) -> dict[str, Any]:
        return {**params, "MaxKeys": request.param}

    for one in both:
        one._client.meta.events.register("provide-client-params.s3.ListObjectVersions", of_so_many)
    return request.param


def test_the_reader_sees_what_boto3_sees(both: tuple[S3Objects, Objects], prefix: str) -> None:
    objects, reader = both
    for key in KEYS:
        objects.create(prefix + key, key.encode(), "text/plain")
    overwrite(objects, f"{prefix}c", b"again", "text/plain")  # where a listing is cut
    objects._client.delete_object(Bucket=Bucket.PRIVATE.value, Key=f"{prefix}h/00000000.json")
    listed = sorted(objects.versions(prefix), key=lambda one: (one.key, one.is_delete_marker, one.id))
    assert sorted(reader.versions(prefix), key=lambda one: (one.key, one.is_delete_marker, one.id)) == listed
    assert len(listed) == len(KEYS) + 2
    for key in KEYS:
        if key != "h/00000000.json":
            assert reader.read(prefix + key) == objects.read(prefix + key)


def test_a_listing_of_many_pages_is_whole(both: tuple[S3Objects, Objects], prefix: str, page: int) -> None:
    objects, reader = both
    keys = [f"{prefix}{letter}{number:04d}" for number in range(page // 2 + 30) for letter in "ac"]
    with ThreadPoolExecutor(8) as writers:
        list(writers.map(lambda key: objects.create(key, b"", "text/plain"), keys))
    assert [one.key for one in reader.versions(prefix)] == sorted(keys)


def folders_named_alike(prefix: str, folders: int, keys: int) -> list[str]:
    """Name keys in folders of which every third is called as the one before it, and more: a page ends between them."""
    names = [f"kent-{number:04d}{more}" for number in range(folders // 3) for more in ("", "-2", "-3")]
    return [f"{prefix}{name}/{place:08d}.json" for name in names for place in range(keys)]


def few_folders(page: int) -> tuple[int, int]:
    return 6, page // 5 + 10


def more_folders_than_fit_a_page(page: int) -> tuple[int, int]:
    return page // 3 * 3 + 21, 1


@pytest.mark.parametrize("shape", [few_folders, more_folders_than_fit_a_page], ids=lambda shape: shape.__name__)
def test_a_folder_whose_name_begins_with_another_name_is_listed(
    both: tuple[S3Objects, Objects], prefix: str, page: int, shape: Callable[[int], tuple[int, int]]
) -> None:
    objects, reader = both
    names = folders_named_alike(prefix, *shape(page))
    with ThreadPoolExecutor(8) as writers:
        list(writers.map(lambda key: objects.create(key, b"", "text/plain"), names))
    assert not next(objects.version_pages(prefix, "")).is_last
    for key in names[:: len(names) // 3]:
        objects._client.delete_object(Bucket=Bucket.PRIVATE.value, Key=key)
    for one in (objects, reader):
        listed = list(one.versions(prefix))
        assert [version.key for version in listed if not version.is_delete_marker] == sorted(names)
        assert [version.key for version in listed if version.is_delete_marker] == sorted(names[:: len(names) // 3])


def test_what_is_not_there_is_not_found(both: tuple[S3Objects, Objects], prefix: str) -> None:
    with pytest.raises(NotFoundError):
        both[1].read(f"{prefix}nothing")


def test_a_refused_credential_is_a_settings_error(live_settings: Settings) -> None:
    reader = FastReader(Bucket.PRIVATE, Duty.LEDGER, live_settings)
    with pytest.raises(SettingsError, match="refuses this credential"):
        reader.read("anything")
