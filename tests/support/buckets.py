"""A bucket of a real server, for one test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import boto3
import moto
import pytest

from storage.s3.objects import Objects, S3Objects, open_bucket
from storage.settings import Bucket, Duty
from tests.support.memory import MemoryObjects


@contextmanager
def bucket_of(name: str, request: pytest.FixtureRequest) -> Iterator[Objects]:
    if name == "memory":
        yield MemoryObjects()
    elif name == "moto":
        with moto.mock_aws():
            client = boto3.client("s3", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
            client.create_bucket(Bucket="moto")
            client.put_bucket_versioning(Bucket="moto", VersioningConfiguration={"Status": "Enabled"})
            yield S3Objects(client, "moto")
    else:
        settings = request.getfixturevalue("live_settings")
        yield open_bucket(Bucket.PRIVATE, Duty.INTAKE, settings)
