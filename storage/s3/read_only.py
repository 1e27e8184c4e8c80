"""The three buckets, opened for reading alone by verification and export."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from typing import TypeVar

from botocore.exceptions import ClientError

from schemas.errors import ChainBrokenError, NotFoundError
from storage.s3.bucket_rules import RulesRead, read_rules
from storage.s3.fast_reader import FastReader
from storage.s3.objects import Objects, status_of
from storage.s3.parallel import in_parallel
from storage.settings import Bucket, Duty, Settings, read_settings

T = TypeVar("T")


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


def read_all(objects: Objects, keys: Iterable[str], unreadable: dict[str, str] | None = None) -> Iterator[bytes | None]:
    """Read many objects at a time and yield them in the order of the keys; None for one that is not there.

    Args:
        unreadable: collects the keys that are not read, which yield None, each with a clause that says why: the server
            lists it but fails to read it, as it does when bytes on its disk no longer have their checksum, or it is
            too large (storage/s3/limits.py). Without it, the error is raised.
    """
    yield from in_parallel(lambda key: _if_there(objects.read, key, unreadable), keys)


def read_all_with_headers(
    objects: Objects, keys: Iterable[str], unreadable: dict[str, str]
) -> Iterator[tuple[bytes, Mapping[str, str]] | None]:
    """Read many objects and their HTTP headers as `read_all` does."""
    yield from in_parallel(lambda key: _if_there(objects.read_with_headers, key, unreadable), keys)


def _if_there(read: Callable[[str], T], key: str, unreadable: dict[str, str] | None) -> T | None:
    try:
        return read(key)
    except NotFoundError:
        return None
    except ClientError as error:
        if unreadable is None or status_of(error) != HTTPStatus.INTERNAL_SERVER_ERROR:
            raise
        unreadable[key] = "the server cannot read it; its disk is damaged or was altered"
        return None
    except ChainBrokenError:
        if unreadable is None:
            raise
        unreadable[key] = "it is larger than what is written there, so it was not read"
        return None
