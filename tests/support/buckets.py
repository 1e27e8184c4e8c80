"""A bucket of a real server, for one test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING

import boto3
import moto
import pytest

from storage.s3.objects import Objects, S3Objects, open_bucket
from storage.settings import Bucket, Duty
from tests.support.memory import MemoryObjects

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


@cache
def _moto_client() -> S3Client:
    """Make one client for all tests, which takes longer than most of them; moto is empty anew each time it starts."""
    return boto3.client("s3", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test")


@contextmanager
def moto_bucket() -> Iterator[S3Objects]:
    """Run moto with one empty bucket that keeps versions."""
    with moto.mock_aws():
        client = _moto_client()
        client.create_bucket(Bucket="moto")
        client.put_bucket_versioning(Bucket="moto", VersioningConfiguration={"Status": "Enabled"})
        yield S3Objects(client, "moto")


@contextmanager
def bucket_of(name: str, request: pytest.FixtureRequest) -> Iterator[Objects]:
    if name == "memory":
        yield MemoryObjects()
    elif name == "moto":
        with moto_bucket() as bucket:
            yield bucket
    else:
        settings = request.getfixturevalue("live_settings")
        yield open_bucket(Bucket.PRIVATE, Duty.INTAKE, settings)


def overwrite(objects: Objects, key: str, data: bytes, media_type: str) -> None:
    """Store an object whatever is there, which the port does not do."""
    if isinstance(objects, MemoryObjects):
        objects.overwrite(key, data, media_type)
    elif isinstance(objects, S3Objects):
        objects._put(key, data, media_type, {})
