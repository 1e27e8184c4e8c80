"""An archive in buckets in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.s3.bucket_rules import RulesRead
from storage.s3.read_only import ReadOnlyBuckets
from storage.settings import Bucket
from tests.support.memory import MemoryObjects

if TYPE_CHECKING:
    from tests.support.archive import Archive


def holdings_of_archive(archive: Archive) -> ReadOnlyBuckets:
    """Put an archive into buckets."""
    buckets = {bucket: MemoryObjects() for bucket in Bucket}
    for bucket, objects in buckets.items():
        for key, data in archive.bucket(bucket).items():
            objects.create(key, data, "application/json")
    for key in archive.hidden:
        buckets[Bucket.PUBLIC].remove(key)
    return ReadOnlyBuckets(buckets[Bucket.LEDGER], buckets[Bucket.PRIVATE], buckets[Bucket.PUBLIC], RulesRead)
