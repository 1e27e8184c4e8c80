"""An archive in buckets in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.record.public_headers import media_type_of
from storage.s3.bucket_rules import RulesRead
from storage.s3.read_only import ReadOnlyBuckets
from storage.settings import Bucket
from tests.support.memory import MemoryObjects

if TYPE_CHECKING:
    from tests.support.archive import Archive


def media_type_in(bucket: Bucket, key: str) -> str:
    """Return the media type that the product gives to what it keeps under a key."""
    return media_type_of(key) if bucket is Bucket.PUBLIC else "application/json"


def holdings_of_archive(archive: Archive) -> ReadOnlyBuckets:
    """Put an archive into buckets."""
    buckets = {bucket: MemoryObjects() for bucket in Bucket}
    for bucket, objects in buckets.items():
        for key, data in archive.bucket(bucket).items():
            objects.create(key, data, media_type_in(bucket, key))
    for key in archive.hidden:
        buckets[Bucket.PUBLIC].remove(key)
    return ReadOnlyBuckets(buckets[Bucket.LEDGER], buckets[Bucket.PRIVATE], buckets[Bucket.PUBLIC], RulesRead)
