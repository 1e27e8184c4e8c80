"""Five empty stages chained by events on the stage runner: what the orchestration costs, apart from the work.

Each stage reads the small JSON that the one before it stored in S3, checks it with pydantic, stores its own with
`If-None-Match: *` and emits its event. Run as a program this is the serving process of `benchmarks.hops`.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import os
import time
import uuid
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import httpx
from prefect import flow
from pydantic import BaseModel

from deployments.health import health_endpoint
from deployments.serve import Service
from deployments.served import Served
from deployments.structured_log import log_as_json
from schemas.identifiers import InspectionId
from storage.client import client_for
from storage.objects import S3Objects
from storage.settings import Bucket, Duty, read_settings

if TYPE_CHECKING:
    from prefect import Flow

STAGES: Final = 5
_RECORDS: Final = 20


class Item(BaseModel):
    """One of the small records that a stage hands on."""

    number: int
    text: str


class Handed(BaseModel):
    """What a stage hands to the next."""

    instance: str
    stage: int
    first_line: float
    """Unix time of the stage's first line."""
    emitted: float
    """Unix time just before its event was emitted."""
    payload: list[Item]


def key_of(instance: str, stage: int) -> str:
    """Name what a stage stores."""
    return f"bench/{instance}/{stage}.json"


def seed(instance: str) -> Handed:
    """Make what the first stage reads."""
    payload = [Item(number=number, text=f"record {number}") for number in range(_RECORDS)]
    return Handed(instance=instance, stage=0, first_line=0, emitted=0, payload=payload)


def emit(client: httpx.Client, instance: str, stage: int) -> None:
    """Emit the event that a stage has ended; stage 0 is the start of an instance."""
    event = {
        "id": str(uuid.uuid4()),
        "occurred": dt.datetime.now(dt.UTC).isoformat(),
        "event": f"bench.{stage}.ended",
        "resource": {"prefect.resource.id": f"inspection.{instance}"},
        "payload": {},
    }
    client.post(f"{read_settings().prefect_api_url}/events", json=[event]).raise_for_status()


def objects() -> S3Objects:
    """Open the bucket that the stages work in."""
    return S3Objects(client_for(Duty.INTAKE), Bucket.PRIVATE.value)


@cache
def _client() -> httpx.Client:
    return httpx.Client(timeout=60)


def _stage(number: int) -> Flow[..., Any]:
    @flow(name=f"bench-{number}", flow_run_name=f"{{inspection_id}}: bench-{number}", persist_result=False)
    def stage(inspection_id: InspectionId) -> None:
        first_line = time.time()
        bucket = objects()
        handed = Handed.model_validate_json(bucket.read(key_of(inspection_id, number - 1)))
        mine = handed.model_copy(update={"stage": number, "first_line": first_line, "emitted": time.time()})
        bucket.create(key_of(inspection_id, number), mine.model_dump_json().encode(), "application/json")
        if number < STAGES:
            emit(_client(), inspection_id, number)

    return stage


bench_1, bench_2, bench_3, bench_4, bench_5 = (_stage(number) for number in range(1, STAGES + 1))


def main() -> None:
    """Serve the five stages."""
    log_as_json("ncpi")
    settings = read_settings()
    flows = tuple(
        Served(flow=made, description="empty", tags=(f"stage:bench-{n}",), wakes_on=frozenset({f"bench.{n - 1}.ended"}))
        for n, made in enumerate((bench_1, bench_2, bench_3, bench_4, bench_5), 1)
    )
    service = Service(flows, settings.stage_runs)
    with health_endpoint(int(os.environ["NCPI_RUNNER_PORT"]), service.health):
        asyncio.run(service.run())


if __name__ == "__main__":
    main()
