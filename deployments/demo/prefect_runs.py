"""The flow runs of an inspection as Prefect shows them, which prove how each stage was started."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import httpx

from schemas.lifecycle.stages import STAGES
from storage.prefect.api import STARTED_BY_EVENT, STARTED_BY_SWEEP
from storage.prefect.login import prefect_login
from storage.settings import Settings

_TIMEOUT_SECONDS: Final = 15
_PAGE: Final = 200


@dataclass(frozen=True, slots=True)
class StageRun:
    """A flow run of a stage."""

    id: str
    name: str
    stage: str
    state: str
    """Name of its state: Recorded, Rejected, Waiting, Nothing to do, or one of Prefect's own."""
    message: str
    started_by: str
    """`event`, `sweep`, or another cause that Prefect names, which is a fault."""
    summaries: int
    """How many summaries it created, in words for people; each is an artifact with the inspection's id as its key."""


def stage_runs(settings: Settings, inspection_id: str) -> tuple[StageRun, ...]:
    """Read every run of the five stages for one inspection, oldest first.

    Raises:
        httpx.HTTPError: the Prefect server does not answer.
    """
    names = {stage.name for stage in STAGES}
    runs = _post(
        settings,
        "/flow_runs/filter",
        {"sort": "EXPECTED_START_TIME_ASC", "limit": _PAGE, "flow_runs": {"name": {"like_": f"{inspection_id}: "}}},
    )
    artifacts = _post(
        settings,
        "/artifacts/filter",
        {
            "limit": _PAGE,
            "artifacts": {"key": {"any_": [inspection_id]}, "flow_run_id": {"any_": [run["id"] for run in runs]}},
        },
    )
    summarised = [artifact["flow_run_id"] for artifact in artifacts]
    return tuple(
        StageRun(
            id=run["id"],
            name=run["name"],
            stage=run["name"].removeprefix(f"{inspection_id}: "),
            state=(run.get("state") or {}).get("name") or "",
            message=(run.get("state") or {}).get("message") or "",
            started_by=_started_by(run),
            summaries=summarised.count(run["id"]),
        )
        for run in runs
        if run["name"].removeprefix(f"{inspection_id}: ") in names
    )


def _started_by(run: dict[str, Any]) -> str:
    for tag, cause in ((STARTED_BY_SWEEP, "sweep"), (STARTED_BY_EVENT, "event")):
        if tag in run["tags"]:
            return cause
    return str((run.get("created_by") or {}).get("type") or "unknown").lower()


def _post(settings: Settings, path: str, body: dict[str, Any]) -> Sequence[dict[str, Any]]:
    answer = _client().post(f"{settings.prefect_api_url}{path}", json=body, auth=prefect_login(settings))
    answer.raise_for_status()
    return list(answer.json())


@cache
def _client() -> httpx.Client:
    """Return the one client of this process, because each loads certificates for 50 ms of CPU."""
    return httpx.Client(timeout=_TIMEOUT_SECONDS, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))
