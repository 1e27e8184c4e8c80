"""Run a stage as the Prefect flow run it is in: readable state, tags, and one audit-summary artifact."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prefect.artifacts import create_markdown_artifact
from prefect.client.orchestration import get_client
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from flows.stage_run import Make, Result, StageOutcome, run_stage
from schemas.lifecycle.stages import Stage
from storage.prefect.api import run_tags
from tasks.guard import guarded
from tasks.prefect_steps import open_steps

if TYPE_CHECKING:
    from prefect.client.schemas.objects import State


def stage_flow(stage: Stage, inspection_id: str, make: Make) -> State:
    """Run a stage and end the flow run in a state whose message an operator can act on."""
    _tag(stage, inspection_id)
    outcome = guarded(run_stage)(stage, inspection_id, make, open_steps())
    create_markdown_artifact(
        key="audit-summary",
        markdown=summary_of(stage, inspection_id, outcome),
        description=f"{inspection_id}: {stage.name}, {outcome.result.value}",
    )
    # A rejected return is an incident: red in the run list, though nothing is wrong with the system.
    make_state = Failed if outcome.result is Result.REJECTED else Completed
    return make_state(name=outcome.result.value.capitalize(), message=outcome.message)


def summary_of(stage: Stage, inspection_id: str, outcome: StageOutcome) -> str:
    """Write what happened as Markdown: ids, digests, counts and dates, never text that anybody sent."""
    lines = [f"# {inspection_id}: {stage.name}", "", outcome.message, "", "| what | value |", "| --- | --- |"]
    if outcome.recorded is not None:
        entry = outcome.recorded.entry
        lines += [
            f"| entry | {entry.seq} ({entry.kind.value}) |",
            f"| entry digest | `{outcome.recorded.digest}` |",
            f"| recorded at | {entry.at.isoformat()} |",
            f"| by | {entry.actor.person} ({entry.actor.role.value}) |",
            f"| because of entry | `{entry.because}` |",
        ]
        if entry.document is not None:
            lines.append(f"| artefact | `{entry.document.sha256}` ({entry.document.size_bytes} bytes) |")
    lines += [
        f"| {name.replace('_', ' ')} | {value} |"
        for name, value in outcome.facts.items()
        if isinstance(value, bool | int)
    ]
    return "\n".join(lines)


def _tag(stage: Stage, inspection_id: str) -> None:
    tags = {f"stage:{stage.name}", *run_tags(inspection_id)}
    if flow_run.id is None or tags <= set(flow_run.tags):
        return  # the runner has created it with them
    with get_client(sync_client=True) as client:
        client.update_flow_run(flow_run.id, tags=sorted({*flow_run.tags, *tags}))
