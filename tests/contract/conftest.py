"""Three buckets to hold to the same cases: in memory, moto's, SeaweedFS's."""

from __future__ import annotations

import itertools
from contextlib import contextmanager
from typing import TYPE_CHECKING

import boto3
import moto
import pytest

from deployments.stack.ports import free_ports
from deployments.stack.stack import Stack
from storage.s3.buckets import prepare_buckets
from storage.s3.client import client_for
from storage.s3.objects import S3Objects
from storage.settings import Bucket, Duty, Settings
from tests.support.memory import MemoryObjects

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.s3.objects import Objects

_numbers = itertools.count()
S3 = ("moto", pytest.param("seaweedfs", marks=pytest.mark.live))


@pytest.fixture(scope="session")
def live_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Start a SeaweedFS with its buckets, and give the settings to reach it."""
    made: list[Settings] = []

    def prepare(environment) -> None:
        given = {name[5:].lower(): value for name, value in environment.items() if name.startswith("NCPI_")}
        made.append(Settings.model_validate(given))
        prepare_buckets(made[0])

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("NCPI_S3_ENDPOINT", raising=False)
        # A Prefect server that nobody asks: only S3 is started.
        patch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
        folder = tmp_path_factory.mktemp("contract")
        with Stack(folder, free_ports(), report=print, prepare=prepare, serve=False):
            yield made[0]


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
        yield S3Objects(client_for(Duty.INTAKE, settings), Bucket.PRIVATE.value)


@pytest.fixture(params=["memory", *S3])
def objects(request: pytest.FixtureRequest) -> Iterator[Objects]:
    """Give a bucket; keys of earlier tests may be in it, so each test uses its own prefix."""
    with bucket_of(request.param, request) as bucket:
        yield bucket


@pytest.fixture(params=S3)
def s3_objects(request: pytest.FixtureRequest) -> Iterator[S3Objects]:
    """Give a bucket whose client can do what the port cannot, deletion above all."""
    with bucket_of(request.param, request) as bucket:
        assert isinstance(bucket, S3Objects)
        yield bucket


@pytest.fixture
def prefix() -> str:
    return f"contract/{next(_numbers):06d}/"
