from __future__ import annotations

import dataclasses
import datetime as dt
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deployments.demo.checks import check_everything, settled_runs
from deployments.demo.demonstration import EXAMPLES, INSPECTION, run_inspection
from deployments.demo.prefect_runs import stage_runs
from deployments.stack.stack import Stack
from desk.acts.context import open_desk, open_read_only
from desk.acts.decision import approve
from desk.acts.opening import open_inspection
from desk.acts.submission import FORMS, submit
from domain.lifecycle.approval import latest_draft
from schemas.lifecycle.moves import Kind, State
from schemas.lifecycle.stages import STAGES
from schemas.programme.forces import FORCES
from storage.prefect.api import event_of
from storage.settings import read_settings
from tests.support.returns import write_fieldwork, write_review
from tests.support.servers.running import ask_prefect, wait_for, wait_until
from tests.support.servers.stack_people import ReadyPeople
from tests.support.verifying import verify_inspection
from tests.support.world import HMI as HMI_REPORT
from tests.support.world import LEAD, MANAGER, examine_once

pytestmark = [pytest.mark.live, pytest.mark.timeout(1800)]
DONE = {turn.done.capitalize() for stage in STAGES for turn in stage.turns}


def ledger_bytes(inspection: str) -> list[str]:
    return [one.digest for one in open_read_only().ledger.history(inspection).recorded]


def decide(inspection: str) -> None:
    context = open_desk()
    document = latest_draft(context.stores.ledger.history(inspection)).entry.document
    assert document is not None
    approve(context, inspection, document.sha256, HMI_REPORT)


def test_south_wales_by_events_alone_and_every_check_holds(stack: Stack) -> None:
    history = run_inspection(INSPECTION, EXAMPLES / "south_wales", ReadyPeople(), print)
    assert [(check.name, check.found) for check in check_everything(INSPECTION, history) if not check.held] == []
    assert {run.started_by for run in settled_runs(INSPECTION)} == {"event"}


def test_doubled_and_forged_events_change_nothing(stack: Stack) -> None:
    history = run_inspection(INSPECTION, EXAMPLES / "south_wales", ReadyPeople(), print)
    before = ledger_bytes(INSPECTION)
    settings = read_settings()
    again = [event_of(recorded) for recorded in history.recorded]
    with_new_ids = [
        {name: value for name, value in event.items() if name != "id"}
        | {"occurred": dt.datetime.now(dt.UTC).isoformat()}
        for event in again
    ]
    forged = [
        event | {"resource": {"prefect.resource.id": resource}}
        for event in with_new_ids
        for resource in ("inspection.../../etc/passwd", "inspection.{{ 7*7 }}", "inspection.essex-2025")
    ]
    # Of another cause: a run that finds nothing to do, and shows that the events before it have been looked at.
    other = with_new_ids[1] | {"payload": {"entry": history.recorded[0].digest}}
    runs_before = len(stage_runs(settings, INSPECTION))
    for events in (again, with_new_ids, forged, [other]):
        body = [event | {"id": event.get("id") or str(uuid.uuid4())} for event in events]
        ask_prefect("POST", "/events", body).raise_for_status()
    wait_until(lambda: len(stage_runs(settings, INSPECTION)) > runs_before, "the run of the last event")
    wait_until(
        lambda: all(run.state in DONE | {"Nothing to do"} for run in stage_runs(settings, INSPECTION)),
        "the runs to end",
    )
    assert len(stage_runs(settings, INSPECTION)) == runs_before + 1
    assert ledger_bytes(INSPECTION) == before
    assert ledger_bytes("essex-2025") == []


@pytest.mark.parametrize("forces", [slice(5), pytest.param(slice(5, 15), marks=pytest.mark.full)], ids=("5", "10"))
def test_inspections_at_once_all_complete(stack: Stack, tmp_path: Path, forces: slice) -> None:
    # More than the serving process has slots for.
    inspections = [f"{force}-2015" for force in list(FORCES)[forces]]
    # The desk's own check runs in this process, once for all; the stages check in their children.
    context = dataclasses.replace(open_desk(), examine=examine_once)

    def each(act: object) -> None:
        with ThreadPoolExecutor(4) as people:
            list(people.map(act, inspections))

    def send_fieldwork(inspection: str) -> None:
        open_inspection(context, inspection, MANAGER)
        folder = write_fieldwork(tmp_path / inspection / "fieldwork", inspection)
        submit(context, inspection, folder, FORMS["fieldwork"], LEAD)

    def send_review(inspection: str) -> None:
        wait_for(inspection, State.AWAITING_REVIEW, 900)
        folder = write_review(tmp_path / inspection / "review", inspection)
        submit(context, inspection, folder, FORMS["review"], LEAD)

    def approve_when(state: State) -> object:
        def act(inspection: str) -> None:
            wait_for(inspection, state, 900)
            decide(inspection)

        return act

    each(send_fieldwork)
    each(approve_when(State.REPORT_DRAFTED))
    each(send_review)
    each(approve_when(State.REVIEW_DRAFTED))
    for inspection in inspections:
        wait_for(inspection, State.COMPLETE, 900)
        verified = verify_inspection(open_read_only(), inspection)
        assert (verified.faults, verified.entries) == ((), 11)


def test_a_live_publication_starts_the_clocks_on_the_day_it_is_published(stack: Stack, tmp_path: Path) -> None:
    inspection = "sussex-2025"
    context = open_desk()
    open_inspection(context, inspection, MANAGER)
    submit(context, inspection, write_fieldwork(tmp_path, inspection, live=True), FORMS["fieldwork"], LEAD)
    wait_for(inspection, State.REPORT_DRAFTED)
    decide(inspection)
    wait_for(inspection, State.AWAITING_REVIEW)
    facts = open_read_only().ledger.history(inspection).latest(Kind.PUBLISHED).entry.facts
    assert facts["published_is_exact"] is True


def test_runs_are_named_and_tagged_for_operations(stack: Stack) -> None:
    run_inspection(INSPECTION, EXAMPLES / "south_wales", ReadyPeople(), print)
    body = {"flow_runs": {"tags": {"all_": ["force:south-wales", "stage:publication"]}}}
    runs = ask_prefect("POST", "/flow_runs/filter", body).json()
    assert {run["name"] for run in runs} == {"south-wales-2015: publication"}
    assert set(runs[0]["parameters"]) == {"inspection_id"}
    assert ask_prefect("POST", "/work_pools/filter", {}).json() == []
    assert ask_prefect("POST", "/variables/filter", {}).json() == []
    assert ask_prefect("POST", "/block_types/filter", {}).json() == []
