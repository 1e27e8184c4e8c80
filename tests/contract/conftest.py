"""Three buckets that pass the same tests: in memory, of moto, of SeaweedFS."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from deployments.stack.ports import free_ports
from deployments.stack.stack import Stack
from storage.s3.buckets import prepare_buckets
from storage.s3.objects import Objects, S3Objects
from storage.settings import Settings
from tests.support.buckets import bucket_of

_numbers = itertools.count()
S3 = ("moto", pytest.param("seaweedfs", marks=pytest.mark.live))


@pytest.fixture(scope="session")
def live_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """Start a SeaweedFS with its buckets, and return the settings to reach it."""
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


@pytest.fixture(params=["memory", *S3])
def objects(request: pytest.FixtureRequest) -> Iterator[Objects]:
    """Return a bucket; keys of earlier tests may be in it, so each test uses its own prefix."""
    with bucket_of(request.param, request) as bucket:
        yield bucket


@pytest.fixture(params=S3)
def s3_objects(request: pytest.FixtureRequest) -> Iterator[S3Objects]:
    """Return a bucket whose client can do what the port cannot, deletion above all."""
    with bucket_of(request.param, request) as bucket:
        assert isinstance(bucket, S3Objects)
        yield bucket


@pytest.fixture
def prefix() -> str:
    return f"contract/{next(_numbers):06d}/"
