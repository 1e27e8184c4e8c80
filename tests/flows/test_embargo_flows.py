"""Embargoes as Prefect holds them: the run that waits, the runner that takes it at its time, the sweep that ends it."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from prefect.client.orchestration import get_client

from deployments.runner.flow_specs import register_deployments, stage_flow_specs
from deployments.runner.runner import StageRunner
from desk.acts.context import DeskContext, open_desk
from desk.acts.decision import take_back_approval
from desk.acts.holds import change_hold
from desk.acts.opening import open_inspection
from desk.acts.submission import FORMS, submit
from domain.calendar import time_in_words
from domain.lifecycle.approval import embargo_of
from flows.sweep import sweep
from schemas.errors import RejectedError
from schemas.lifecycle.acts import LIFT_HOLD, PLACE_HOLD
from schemas.lifecycle.moves import Kind, State
from schemas.lifecycle.stages import FIELDWORK, INITIAL_REPORT, PUBLICATION
from storage.prefect.api import PrefectServer
from storage.settings import read_settings
from tests.support.returns import as_csv, case_rows, write_fieldwork
from tests.support.servers.running import ask_prefect, wait_until
from tests.support.stage_flows import ask, decide, history, run
from tests.support.world import HMI, LEAD, MANAGER

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]
REASON = "The embargo was mistyped"


def in_seconds(seconds: int) -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0) + dt.timedelta(seconds=seconds)


def approved(inspection: str, folder: Path, embargo: Callable[[], dt.datetime]) -> DeskContext:
    """Take an inspection to the approval of its report."""
    context = open_desk()
    open_inspection(context, inspection, MANAGER)
    submit(context, inspection, write_fieldwork(folder / inspection, inspection, live=True), FORMS["fieldwork"], LEAD)
    run(FIELDWORK, inspection)
    run(INITIAL_REPORT, inspection)
    decide(context, inspection, embargo())
    return context


def runs_of(inspection: str) -> list[dict[str, Any]]:
    """List the runs of publication of an inspection, oldest first."""
    name = f"{inspection}: {PUBLICATION.name}"
    return ask("/flow_runs/filter", {"flow_runs": {"name": {"any_": [name]}}, "sort": "START_TIME_ASC"})


def states_of(inspection: str) -> list[str]:
    return sorted(run["state"]["name"] for run in runs_of(inspection))


async def serve_until(condition: Callable[[], bool], seconds: float) -> None:
    """Be a runner, as the process is, until something is so."""
    async with get_client() as client:
        flows = await register_deployments(stage_flow_specs(86400))
        runner = StageRunner("a runner of this test", client, flows, 2, lambda _inspection, _entry: True)
        deadline = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < deadline, f"not within {seconds} s"
            await asyncio.sleep(await runner.queue_scheduled(0.5))
        await runner.drain()


def register() -> None:
    async def register() -> None:
        await register_deployments(stage_flow_specs(86400))

    asyncio.run(register())


def start(inspection: str, cause: str) -> None:
    PrefectServer(read_settings()).start(PUBLICATION.name, inspection, cause=cause)


def is_public(inspection: str) -> bool:
    return history(inspection).latest(Kind.PUBLISHED) is not None


def test_a_run_waits_in_prefect_and_is_taken_at_the_end_of_the_embargo_once(servers: None, tmp_path: Path) -> None:
    inspection = "gwent-2025"
    until: list[dt.datetime] = []

    def soon() -> dt.datetime:
        until.append(in_seconds(25))
        return until[0]

    register()
    approved(inspection, tmp_path, soon)
    for cause in ("one", "two"):
        start(inspection, f"{inspection}/{cause}")
    asyncio.run(serve_until(lambda: states_of(inspection) == ["Cancelled", "Waiting"], 20))
    (waiting,) = [one for one in runs_of(inspection) if one["state"]["name"] == "Waiting"]
    assert waiting["state"]["type"] == "SCHEDULED"
    assert dt.datetime.fromisoformat(waiting["next_scheduled_start_time"]) == until[0]
    assert waiting["state"]["message"].endswith(f"waits for the embargo, {time_in_words(until[0])}")
    assert {f"inspection:{inspection}", "stage:publication"} <= set(waiting["tags"])
    (other,) = [one for one in runs_of(inspection) if one["state"]["name"] != "Waiting"]
    assert other["state"]["message"] == "Another run waits for this embargo"
    assert not is_public(inspection)

    # By anything but the time: a sweep in between holds no second run and starts none.
    assert sweep(return_state=True).name == "Swept"
    assert len(runs_of(inspection)) == 2
    asyncio.run(serve_until(lambda: states_of(inspection) == ["Cancelled", "Published"], 60))
    published = history(inspection).latest(Kind.PUBLISHED)
    assert published is not None
    assert dt.timedelta(0) <= published.entry.at - until[0] <= dt.timedelta(seconds=5)
    (ended,) = [one for one in runs_of(inspection) if one["id"] == waiting["id"]]
    assert ended["run_count"] == 2


def test_a_run_that_was_due_while_no_runner_was_up_publishes_as_soon_as_one_is_and_says_so(
    servers: None, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    inspection = "dorset-2025"
    register()
    approved(inspection, tmp_path, lambda: in_seconds(15))
    start(inspection, inspection)
    asyncio.run(serve_until(lambda: states_of(inspection) == ["Waiting"], 14))
    (waiting,) = runs_of(inspection)
    due = dt.datetime.fromisoformat(waiting["next_scheduled_start_time"])
    time.sleep(max(0.0, (due - dt.datetime.now(dt.UTC)).total_seconds() + 7))  # nobody is up: there is nothing to see
    assert not is_public(inspection)
    asyncio.run(serve_until(lambda: states_of(inspection) == ["Published"], 30))
    (ended,) = runs_of(inspection)
    assert "seconds after its embargo: no runner was up" in ended["state"]["message"]
    (late,) = [one for one in caplog.records if one.getMessage() == "embargo ended before this"]
    assert (vars(late)["why"], vars(late)["run_name"]) == ("no runner was up", f"{inspection}: publication")


@pytest.mark.parametrize(
    ("inspection", "stop", "told"),
    [
        (
            "cumbria-2025",
            lambda context, inspection: take_back_approval(context, inspection, HMI, REASON),
            "approval taken back, as entry 5. Next: ",
        ),
        (
            "durham-2025",
            lambda context, inspection: change_hold(context, PLACE_HOLD, inspection, MANAGER, REASON),
            "hold placed, as entry 5. Next: ",
        ),
    ],
    ids=["taken back", "on hold"],
)
def test_a_run_that_waits_dies_with_its_approval_or_a_hold_and_the_new_embargo_alone_waits(
    servers: None, tmp_path: Path, inspection: str, stop: Callable[[DeskContext, str], object], told: str
) -> None:
    register()
    context = approved(inspection, tmp_path, lambda: in_seconds(3600))
    start(inspection, inspection)
    asyncio.run(serve_until(lambda: states_of(inspection) == ["Waiting"], 30))
    stop(context, inspection)
    ended = sweep(inspection, return_state=True)
    assert ended.name == "Swept"
    assert states_of(inspection) == ["Cancelled"]
    newest = {str(one["key"]): one for one in ask("/artifacts/latest/filter", {})}
    assert str(newest[inspection]["data"]).startswith(f"**{inspection}: {told}")
    assert REASON not in json.dumps(newest)

    if history(inspection).state is State.ON_HOLD:
        change_hold(context, LIFT_HOLD, inspection, MANAGER, REASON)
        sweep(inspection, return_state=True)
    else:
        decide(context, inspection, in_seconds(7200))
        start(inspection, f"{inspection}/again")
        asyncio.run(serve_until(lambda: "Waiting" in states_of(inspection), 30))
    assert states_of(inspection) == ["Cancelled", "Waiting"]
    (held,) = [one for one in runs_of(inspection) if one["state"]["name"] == "Waiting"]
    approval = history(inspection).latest(Kind.REPORT_APPROVED)
    assert approval is not None
    embargo = embargo_of(approval)
    assert dt.datetime.fromisoformat(held["next_scheduled_start_time"]) == embargo
    assert held["state"]["message"].endswith(f"waits for the embargo, {time_in_words(embargo)}")


def test_a_return_that_the_desk_rejects_is_a_red_run_with_counts_alone(servers: None, tmp_path: Path) -> None:
    inspection = "cheshire-2025"
    context = open_desk()
    open_inspection(context, inspection, MANAGER)
    folder = write_fieldwork(tmp_path / "return", inspection)
    (folder / "cases.csv").write_bytes(as_csv(case_rows(row_3={"inspector_grade": "superb"})))
    with pytest.raises(RejectedError):
        submit(context, inspection, folder, FORMS["fieldwork"], LEAD)
    ended = sweep(inspection, return_state=True)
    told = f"{inspection}: fieldwork return rejected, as entry 1, 1 problem to fix. Next: rhian.morgan: fix and submit"
    assert (ended.type.value, ended.name) == ("FAILED", "Rejected")
    assert str(ended.message).startswith(told)
    asked = {
        "filter": {
            "event": {"name": [Kind.FIELDWORK_REJECTED.event]},
            "resource": {"id": [f"inspection.{inspection}"]},
        }
    }

    def announced() -> list[dict[str, Any]]:
        answer = ask_prefect("POST", "/events/filter", asked)
        return list(answer.raise_for_status().json()["events"])

    wait_until(lambda: len(announced()) == 1, "the event of the rejection", 20)
    assert announced()[0]["payload"].keys() == {"inspection", "seq", "entry"}
    assert "superb" not in json.dumps([ended.message, ask("/artifacts/latest/filter", {}), announced()])
