from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from schemas.errors import NotFoundError, SettingsError
from storage.s3.fast_reader import FastReader
from storage.s3.objects import Objects, S3Objects, open_bucket
from storage.settings import Bucket, Duty, Settings

pytestmark = pytest.mark.live

KEYS = ("0", "A", "a/1", "a-1", "b", "bz", "c", "ca", "h/00000000.json", "w", "x y", "zz", "~", "é", "a+b&c#d%e")


@pytest.fixture
def both(live_settings: Settings) -> tuple[S3Objects, FastReader]:
    return (
        open_bucket(Bucket.PRIVATE, Duty.INTAKE, live_settings),
        FastReader(Bucket.PRIVATE, Duty.INTAKE, live_settings),
    )


def test_the_reader_sees_what_boto3_sees(both: tuple[S3Objects, Objects], prefix: str) -> None:
    objects, reader = both
    for key in KEYS:
        objects.create(prefix + key, key.encode(), "text/plain")
    objects.replace(f"{prefix}c", b"again", "text/plain")  # where a listing is cut
    objects._client.delete_object(Bucket=Bucket.PRIVATE.value, Key=f"{prefix}h/00000000.json")
    listed = sorted(objects.versions(prefix), key=lambda one: (one.key, one.is_delete_marker, one.id))
    assert sorted(reader.versions(prefix), key=lambda one: (one.key, one.is_delete_marker, one.id)) == listed
    assert len(listed) == len(KEYS) + 2
    for key in KEYS:
        if key != "h/00000000.json":
            assert reader.read(prefix + key) == objects.read(prefix + key)


def test_a_listing_of_many_pages_is_whole(both: tuple[S3Objects, Objects], prefix: str) -> None:
    objects, reader = both
    keys = [f"{prefix}{letter}{number:04d}" for number in range(530) for letter in "ac"]
    with ThreadPoolExecutor(8) as writers:
        list(writers.map(lambda key: objects.create(key, b"", "text/plain"), keys))
    assert [one.key for one in reader.versions(prefix)] == sorted(keys)


def folders_named_alike(prefix: str, folders: int, keys: int) -> list[str]:
    """Name keys in folders of which every third is called as the one before it, and more: a page ends between them."""
    names = [f"kent-{number:04d}{more}" for number in range(folders // 3) for more in ("", "-2", "-3")]
    return [f"{prefix}{name}/{place:08d}.json" for name in names for place in range(keys)]


@pytest.mark.parametrize(("folders", "keys"), [(6, 210), (1020, 1)])
def test_a_folder_whose_name_begins_with_another_name_is_listed(
    both: tuple[S3Objects, Objects], prefix: str, folders: int, keys: int
) -> None:
    objects, reader = both
    names = folders_named_alike(prefix, folders, keys)
    with ThreadPoolExecutor(8) as writers:
        list(writers.map(lambda key: objects.create(key, b"", "text/plain"), names))
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
