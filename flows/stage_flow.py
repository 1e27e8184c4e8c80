"""Run a stage as the Prefect flow run it is in: readable state, tags, decisions in its log, and artifacts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from prefect.client.orchestration import get_client
from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from prefect.states import Completed, Failed, Scheduled

from flows.artifact import create_artifact
from flows.stage_run import Made, Make, Result, StageOutcome, Waiting, run_stage
from flows.summary import rows_of, summary_of
from schemas.lifecycle.stages import Stage
from storage.prefect.api import run_tags
from storage.prefect.runs import WAITING
from storage.settings import read_settings
from tasks.guard import guarded
from tasks.prefect_steps import open_steps

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State


def stage_flow(stage: Stage, inspection_id: str, make: Make) -> State:
    """Run a stage and end the flow run in a state whose message an operator can act on."""
    _tag(stage, inspection_id)
    outcome = guarded(run_stage)(stage, inspection_id, make, open_steps())
    _log(stage, outcome)
    if outcome.turn is not None:
        create_artifact(inspection_id, outcome.message, summary_of(stage, inspection_id, outcome))
    if isinstance(outcome.made, Made):
        _show(inspection_id, outcome.made)
    if isinstance(outcome.made, Waiting):
        # Prefect holds this very run until then; it begins anew, with what the ledger says by then.
        return Scheduled(scheduled_time=outcome.made.until, name=WAITING, message=outcome.message)
    if outcome.result is Result.RECORDED and outcome.turn is not None:
        return Completed(name=outcome.turn.done.capitalize(), message=outcome.message)
    # A rejected return is an incident: red in the run list, though nothing is wrong with the system.
    make_state = Failed if outcome.result is Result.REJECTED else Completed
    return make_state(name=outcome.result.value.capitalize(), message=outcome.message)


def _log(stage: Stage, outcome: StageOutcome) -> None:
    """Log what was decided: ids, kinds, digests and dates only, like everything that Prefect is given."""
    log = get_run_logger()
    if outcome.turn is None:
        log.info("no turn: %s", outcome.message)
    else:
        log.info("turn of %s: woken by %s, to record %s", stage.name, outcome.turn.wakes_on, outcome.turn.records)
    if isinstance(outcome.made, Waiting):
        log.info("waits until %s", outcome.made.until.isoformat())
    if outcome.recorded is not None:
        entry = outcome.recorded.entry
        log.info("recorded entry %d, %s, digest %s", entry.seq, entry.kind, outcome.recorded.digest)
    if outcome.late:
        log.warning("published%s", outcome.late)
    if outcome.is_event_lost:
        log.warning("the event was lost; the sweep starts what it should have started")
    if outcome.next:
        log.info("next: %s", outcome.next)


def _show(inspection_id: str, made: Made) -> None:
    """Create the table of rules and the links to what everybody can read, where this run has any."""
    if made.validation is not None:
        rows = json.dumps(rows_of(made.validation))
        create_artifact(f"{inspection_id}-rules", f"{inspection_id}: rules of the table", rows, "table")
    for name, key in made.pages.items():
        link = f"{read_settings().public_url}/{key}"
        create_artifact(f"{inspection_id}-{name}", f"{inspection_id}: public {name}", f"[{link}]({link})")


def _tag(stage: Stage, inspection_id: str) -> None:
    tags = {f"stage:{stage.name}", *run_tags(inspection_id)}
    if flow_run.id is None or tags <= set(flow_run.tags):
        return  # the runner has created it with them
    with get_client(sync_client=True) as client:
        client.update_flow_run(flow_run.id, tags=sorted({*flow_run.tags, *tags}))
