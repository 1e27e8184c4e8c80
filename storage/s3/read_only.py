"""The three buckets, opened for reading alone by verification and export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from botocore.exceptions import ClientError

from schemas.errors import NotFoundError
from storage.s3.bucket_rules import RulesRead, read_rules
from storage.s3.fast_reader import FastReader
from storage.s3.objects import Objects, status_of
from storage.s3.parallel import in_parallel
from storage.settings import Bucket, Duty, Settings, read_settings


@dataclass(frozen=True, slots=True)
class ReadOnlyBuckets:
    """The three buckets, and the name of their server for the snapshot of verification."""

    ledger: Objects
    private: Objects
    public: Objects
    rules: Callable[[], RulesRead]
    """Compares the rules of the buckets with what they must be."""
    name: str = "memory"


def open_read_only_buckets(settings: Settings | None = None) -> ReadOnlyBuckets:
    """Open the buckets with the auditor's key, which writes nothing."""
    settings = settings or read_settings()
    return ReadOnlyBuckets(
        ledger=FastReader(Bucket.LEDGER, Duty.AUDITOR, settings),
        private=FastReader(Bucket.PRIVATE, Duty.AUDITOR, settings),
        public=FastReader(Bucket.PUBLIC, Duty.AUDITOR, settings),
        rules=partial(read_rules, Duty.AUDITOR, settings),
        name=settings.s3_endpoint,
    )


def read_all(objects: Objects, keys: Iterable[str], unreadable: set[str] | None = None) -> Iterator[bytes | None]:
    """Read many objects at a time and yield them in the order of the keys; None for one that is not there.

    Args:
        unreadable: collects the keys that the server lists but fails to read, as it does when bytes on its disk no
            longer have their checksum; they yield None. Without it, the server's error is raised.
    """

    def read(key: str) -> bytes | None:
        try:
            return objects.read(key)
        except NotFoundError:
            return None
        except ClientError as error:
            if unreadable is None or status_of(error) != HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            unreadable.add(key)
            return None

    yield from in_parallel(read, keys)
