from __future__ import annotations

import asyncio
import datetime as dt
import importlib
import inspect
from importlib.metadata import version

import httpx
import pytest
from prefect import Flow
from prefect.deployments.runner import DeploymentApplyError, RunnerDeployment

from deployments.runner.flow_specs import (
    _deployment,
    flow_of,
    register_deployments,
    sealing_flow_specs,
    stage_flow_specs,
)
from flows.seal import seal
from flows.sweep import sweep
from schemas.identifiers import InspectionId
from schemas.lifecycle.moves import MOVES, SIDE_ENTRIES, STATE_AFTER, Kind, Position, State
from schemas.lifecycle.stages import STAGES, stage_in
from storage.prefect.api import run_name
from storage.prefect.hindrances import BY_CLOCK, DEPLOYMENTS
from storage.prefect.sweep import SWEPT_AT_ONCE
from tasks.prefect_steps import PrefectSteps
from tasks.steps import Steps

# Prefect reads the source of flows at import; its own deprecations are not ours.
every_stage = pytest.mark.parametrize("stage", STAGES, ids=lambda stage: stage.name)


@every_stage
def test_a_flow_takes_one_checked_id_and_says_what_to_do_if_it_fails(stage) -> None:
    flow = flow_of(stage)
    assert isinstance(flow, Flow)
    parameters = inspect.signature(flow.fn).parameters
    assert list(parameters) == ["inspection_id"]
    module = importlib.import_module(flow.fn.__module__)
    assert module.InspectionId is InspectionId
    assert "If it fails" in flow.fn.__doc__
    assert flow.persist_result is False
    assert flow.log_prints is not True


def test_every_stage_is_served_and_woken_as_the_table_says_and_the_sweep_by_the_clock() -> None:
    *stages, sweeping = stage_flow_specs(60)
    assert [one.name for one in stages] == [stage.name for stage in STAGES]
    for spec, stage in zip(stages, STAGES, strict=True):
        assert spec.wakes_on == {kind.event for kind in stage.wakes_on}
        assert spec.interval is None
    priorities = [one.priority for one in (*stages, sweeping)]
    assert priorities == sorted(set(priorities)), "late stages go first, and the sweep before all"
    assert (sweeping.name, sweeping.interval) == (sweep.name, dt.timedelta(seconds=60))
    assert sweeping.wakes_on == {kind.event for kind in SWEPT_AT_ONCE}


def test_whatever_ends_a_wait_for_an_embargo_starts_a_flow_at_once() -> None:
    """Else a run would stay in Prefect for it until the next sweep."""
    woken = {event for spec in stage_flow_specs(60) for event in spec.wakes_on}
    for turn in (one for stage in STAGES for one in stage.turns if one.waits_for_embargo):
        moving = Position(turn.state).legal - set(SIDE_ENTRIES) - {turn.records}
        assert moving >= {Kind.APPROVAL_TAKEN_BACK}
        assert {kind.event for kind in moving} <= woken


def test_a_run_bears_its_name_before_it_runs() -> None:
    *stages, sweeping = stage_flow_specs(60)
    (sealing,) = sealing_flow_specs(60)
    for spec in stages:
        assert spec.run_name({"inspection_id": "kent-2025"}) == run_name("kent-2025", spec.name)
    assert sweeping.run_name({"inspection_id": "kent-2025"}) == "sweep of kent-2025"
    assert sweeping.run_name({}) == "sweep of all inspections"
    assert {sealing.run_name({}), sealing.run_name({"inspection_id": "kent-2025"})} == {"seal of everything new"}
    assert stages[0].run_name({}) is None


def test_sealing_is_served_apart_and_woken_by_whatever_the_public_sees() -> None:
    (sealing,) = sealing_flow_specs(60)
    assert sealing.name == seal.name
    assert sealing.wakes_on == {
        "register.changed",
        "inspection.report.approved",
        "inspection.review.approved",
        "inspection.correction.approved",
        "inspection.withdrawal.ordered",
        "inspection.publication.recorded",
        "inspection.review-publication.recorded",
        "inspection.correction.recorded",
        "inspection.withdrawal.recorded",
    }
    assert sealing.interval == dt.timedelta(seconds=60)
    assert seal.persist_result is False
    assert seal not in {spec.flow for spec in stage_flow_specs(60)}


def test_every_deployment_says_what_it_does_and_what_it_takes_in_which_version() -> None:
    specs = [*stage_flow_specs(60), *sealing_flow_specs(60)]
    deployments = [_deployment(spec) for spec in specs]
    assert {one.flow_name: one.name for one in deployments} == DEPLOYMENTS
    assert {one.flow_name for one in deployments if one.schedules} == BY_CLOCK
    assert len(set(DEPLOYMENTS.values())) == len(DEPLOYMENTS)
    assert {one.version for one in deployments} == {version("ncpi")}
    for one in deployments:
        for parameter in one._parameter_openapi_schema.properties.values():
            assert parameter["description"]
            assert "south-wales-2015" in parameter["examples"]


def test_no_event_wakes_two_flows() -> None:
    woken = [event for spec in stage_flow_specs(60) for event in spec.wakes_on]
    assert len(woken) == len(set(woken))


def test_every_step_that_prefect_shows_is_a_task_that_is_never_cached() -> None:
    steps = [name for name in vars(Steps) if not name.startswith(("_", "read_"))]
    for name in steps:
        step = vars(PrefectSteps)[name]
        assert step.persist_result is False
        assert type(step.cache_policy).__name__ == "_None"
        assert step.name != name


def test_each_state_has_at_most_one_stage_and_every_turn_is_a_legal_move() -> None:
    turns = [(stage, turn) for stage in STAGES for turn in stage.turns]
    assert len({turn.state for _, turn in turns}) == len(turns)
    for stage, turn in turns:
        assert stage_in(turn.state) is stage
        legal = Position(turn.state).legal
        assert turn.records in legal
        assert turn.rejects is None or turn.rejects in legal
        # What wakes a stage is what leads to the state of its turn.
        assert STATE_AFTER[turn.wakes_on] is turn.state
    assert stage_in(State.COMPLETE) is None


def test_each_kind_leads_to_one_state_but_three_that_depend_on_where_it_stood() -> None:
    after = {
        kind: {state: moves[kind] for state, moves in MOVES.items() if kind in moves}
        for kind in Kind
        if kind not in STATE_AFTER and any(kind in moves for moves in MOVES.values())
    }
    assert after == {
        Kind.APPROVAL_TAKEN_BACK: {
            State.REPORT_APPROVED: State.REPORT_DRAFTED,
            State.REVIEW_APPROVED: State.REVIEW_DRAFTED,
            State.CORRECTION_APPROVED: State.CORRECTION_DRAFTED,
        },
        Kind.FIELDWORK_REJECTED: {
            State.AWAITING_FIELDWORK: State.AWAITING_FIELDWORK,
            State.FIELDWORK_SUBMITTED: State.AWAITING_FIELDWORK,
            State.REPORT_DRAFTED: State.REPORT_DRAFTED,
        },
        Kind.REVIEW_REJECTED: {
            State.AWAITING_REVIEW: State.AWAITING_REVIEW,
            State.REVIEW_SUBMITTED: State.AWAITING_REVIEW,
            State.REVIEW_DRAFTED: State.REVIEW_DRAFTED,
        },
    }
    for moves in MOVES.values():
        for kind, state in moves.items():
            assert kind in after or STATE_AFTER[kind] is state


def test_every_kind_is_recorded_somewhere() -> None:
    assert {kind for state in State for kind in Position(state).legal} == set(Kind)


@pytest.mark.parametrize("cause", [httpx.ConnectError("away"), ValueError("no schedule")])
def test_what_prefect_wraps_when_a_deployment_cannot_be_made_is_raised_as_it_was(
    cause: Exception, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wrapped(_deployment: RunnerDeployment) -> None:
        raise DeploymentApplyError from cause

    monkeypatch.setattr(RunnerDeployment, "aapply", wrapped)
    with pytest.raises(type(cause)) as caught:
        asyncio.run(register_deployments(stage_flow_specs(60)))
    assert caught.value is cause


def test_intervals_are_counted_from_one_instant_so_that_a_restart_moves_no_run() -> None:
    for spec in (stage_flow_specs(60)[-1], *sealing_flow_specs(60)):
        schedules = [_deployment(spec).schedules[0].schedule for _ in range(2)]
        assert {one.anchor_date for one in schedules} == {dt.datetime(2026, 1, 1, tzinfo=dt.UTC)}
        assert schedules[0].interval == dt.timedelta(seconds=60)
    assert not _deployment(stage_flow_specs(60)[0]).schedules
