"""Sealing on the whole running stack: soon after a publication, by a process that alone holds the seal key."""

from __future__ import annotations

import json
import time

import httpx
import psutil
import pytest

from audit.proofs import open_seals
from deployments.stack.orphans import RECORD_FILE
from deployments.stack.secrets import SEAL_KEY
from deployments.stack.stack import Stack
from domain.lifecycle.history import Recorded
from domain.sealing.checkpoint import Checkpoint
from domain.sealing.note import VerifierKey
from schemas.identifiers import digest_of
from schemas.lifecycle.entry import Entry
from schemas.lifecycle.moves import Kind
from storage import keys
from storage.clock import utc_now
from storage.prefect.api import PrefectServer
from storage.s3.client import client_for
from storage.s3.objects import open_bucket
from storage.settings import Bucket, Duty, read_settings
from tests.support.entries import entries, leaves
from tests.support.servers.running import wait_until

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]

SECONDS = 60
"""Far less than the interval of the schedule, a day: only the event can have started the run."""


def record(inspection: str, written: list[bytes]) -> None:
    bucket = open_bucket(Bucket.LEDGER, Duty.LEDGER)
    for seq, data in enumerate(written):
        assert bucket.create(keys.ledger_entry(inspection, seq), data, "application/json")


def announce(data: bytes, kind: Kind) -> None:
    # Events of long ago wake nobody.
    entry = Entry.from_bytes(data).model_copy(update={"kind": kind, "at": utc_now()})
    assert PrefectServer(read_settings()).announce(Recorded(entry, digest_of(data)))


def sealed() -> list[tuple[str, str]]:
    return open_seals().chain.leaves


def environments(stack: Stack) -> dict[str, dict[str, str]]:
    running = json.loads((stack.data / RECORD_FILE).read_text())["running"]
    return {one["title"]: psutil.Process(one["pid"]).environ() for one in running}


@pytest.mark.parametrize(
    "kind",
    [Kind.PUBLISHED, Kind.REVIEW_PUBLISHED, Kind.CORRECTION_PUBLISHED, Kind.WITHDRAWN],
    ids=lambda one: one.value,
)
def test_what_the_public_sees_is_sealed_within_seconds_and_noted(stack: Stack, kind: Kind) -> None:
    inspection = f"surrey-20{60 + list(Kind).index(kind)}"
    written = entries(inspection, 3)
    record(inspection, written)
    began = time.monotonic()
    announce(written[-1], kind)
    wait_until(lambda: set(leaves(inspection, written)) <= set(sealed()), "the seal", SECONDS)
    print(f"sealed {time.monotonic() - began:.1f} s after {kind.value}")  # noqa: T201 - shown when it fails
    notes = stack.data / "notes"
    seals = open_seals().chain
    wait_until((notes / f"{seals.count - 1:08d}.note").exists, "the note", SECONDS)
    key = VerifierKey.parse(stack.environment["NCPI_SEAL_PUBLIC_KEY"])
    assert Checkpoint.from_note((notes / f"{seals.count - 1:08d}.note").read_text(), [key]).size == seals.size


def test_an_act_that_nobody_outside_sees_waits_for_the_schedule(stack: Stack) -> None:
    inspection = "surrey-2059"
    written = entries(inspection, 1)
    record(inspection, written)
    before = httpx.get(f"http://127.0.0.1:{stack.ports.sealer}/health", timeout=5).json()["taken"]
    announce(written[-1], Kind.OPENED)
    published = entries("surrey-2058", 1)
    record("surrey-2058", published)
    announce(published[-1], Kind.PUBLISHED)
    wait_until(lambda: set(leaves("surrey-2058", published)) <= set(sealed()), "the seal", SECONDS)
    after = httpx.get(f"http://127.0.0.1:{stack.ports.sealer}/health", timeout=5).json()["taken"]
    assert after - before == 1, "the event of an opening has started a run"


def test_only_the_sealing_process_has_the_seal_key_and_no_other_duty(stack: Stack) -> None:
    key = (stack.data / SEAL_KEY.file).read_text().strip()
    found = environments(stack)
    assert len(found) == 4
    assert {title for title, environment in found.items() if key in environment.values()} == {"the sealing process"}
    assert "NCPI_SEAL_KEY" not in found["the runner"]
    sealing = found["the sealing process"]
    assert {duty for duty in Duty if f"NCPI_S3_{duty.name}_SECRET_KEY" in sealing} == {Duty.SEAL}
    assert "NCPI_SERVICE_KEY" not in sealing
    assert "NCPI_PEPPER" not in sealing
    assert key not in (stack.data / "connection.env").read_text()


def test_the_key_of_the_seals_cannot_touch_other_buckets(stack: Stack) -> None:
    given = client_for(Duty.SEAL, read_settings())
    for bucket in (Bucket.PRIVATE, Bucket.PUBLIC):
        with pytest.raises(given.exceptions.ClientError):
            given.put_object(Bucket=bucket.value, Key="probe/seal", Body=b"")
    with pytest.raises(given.exceptions.ClientError):
        given.delete_object(Bucket=Bucket.LEDGER.value, Key=keys.seal(0))
