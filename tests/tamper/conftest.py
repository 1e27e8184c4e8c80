from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deployments.stack.ports import free_ports
from deployments.stack.stack import Stack
from storage.s3.bucket_rules import RulesRead, policy_of
from storage.s3.buckets import prepare_buckets
from storage.s3.client import client_for
from storage.s3.objects import S3Objects
from storage.s3.read_only import ReadOnlyBuckets
from storage.settings import Bucket, Duty, Settings
from tests.support.memory_buckets import holdings_of_archive
from tests.tamper.state import Prefixed, State, build, build_later

_numbers = itertools.count()
Place = "Callable[[State], ReadOnlyBuckets]"


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Settings, Path]]:
    """Start a SeaweedFS with the product's buckets; give its settings and where its disk is."""
    made: list[Settings] = []

    def prepare(environment) -> None:
        given = {name[5:].lower(): value for name, value in environment.items() if name.startswith("NCPI_")}
        made.append(Settings.model_validate(given))
        prepare_buckets(made[0])
        # What an administrator can do first of all: the policy that denies deletion is gone.
        admin = client_for(Duty.ADMIN, made[0])
        admin.put_bucket_policy(Bucket=Bucket.LEDGER.value, Policy=policy_of(Bucket.LEDGER, is_closed=False))
        admin.delete_bucket_policy(Bucket=Bucket.LEDGER.value)

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("NCPI_S3_ENDPOINT", raising=False)
        # A Prefect server that nobody asks: only S3 is started.
        patch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
        folder = tmp_path_factory.mktemp("tamper")
        with Stack(folder, free_ports(), report=print, prepare=prepare, serve=False):
            yield made[0], folder


@pytest.fixture(scope="session")
def whole() -> State:
    """Return the record as it is before anybody tampers with it."""
    return build()


@pytest.fixture(scope="session")
def later() -> State:
    """Return a record with corrections and a withdrawal as it is before anybody tampers with it."""
    return build_later()


@pytest.fixture(scope="session")
def put(request: pytest.FixtureRequest) -> Callable[[State], ReadOnlyBuckets]:
    """Put a state of the record on the server, or into buckets in memory where a test asks for that."""
    if getattr(request, "param", "server") == "memory":
        return lambda state, **_: holdings_of_archive(state.archive)
    return request.getfixturevalue("put_on_server")


@pytest.fixture(scope="session")
def put_on_server(server: tuple[Settings, Path]) -> Callable[[State], ReadOnlyBuckets]:
    """Put a state of the record on the server: the bucket that a test will alter for it alone."""
    client = client_for(Duty.ADMIN, server[0])
    untouched: list[tuple[dict[str, bytes], Prefixed]] = []

    def part(bucket: Bucket, objects: dict[str, bytes]) -> Prefixed:
        made = Prefixed(S3Objects(client, bucket.value), client, bucket.value, f"{next(_numbers):03d}/")
        made.put_all(objects)
        return made

    def shared(bucket: Bucket, objects: dict[str, bytes]) -> Prefixed:
        for there, made in untouched:
            if made.bucket == bucket.value and there == objects:
                return made
        untouched.append((dict(objects), part(bucket, objects)))
        return untouched[-1][1]

    def put(state: State, *, altered: Bucket | None = None) -> ReadOnlyBuckets:
        own = {altered, Bucket.PUBLIC} if state.archive.hidden else {altered}
        parts = {one: (part if one in own else shared)(one, state.archive.bucket(one)) for one in Bucket}
        for key in state.archive.hidden:
            parts[Bucket.PUBLIC].mark(key)
        return ReadOnlyBuckets(
            parts[Bucket.LEDGER], parts[Bucket.PRIVATE], parts[Bucket.PUBLIC], RulesRead, f"put {next(_numbers)}"
        )

    return put
