"""Initial report: from checked evidence to a draft that a second person can approve."""

from __future__ import annotations

from prefect import State

from domain.documents.drafts import draft_initial_report
from domain.lifecycle.facts import facts_of_draft
from domain.lifecycle.history import History
from flows.definition import defined_as
from flows.stage_flow import stage_flow
from flows.stage_run import Made
from schemas.documents.evidence import Evidence
from schemas.identifiers import InspectionId
from schemas.lifecycle.moves import Kind
from schemas.lifecycle.stages import INITIAL_REPORT, Turn
from storage.record.documents import read_recorded
from tasks.steps import Steps


@defined_as(INITIAL_REPORT.name, "{inspection_id}: initial-report")
def initial_report(inspection_id: InspectionId) -> State:
    """Assemble the report and the press notice of one inspection for approval.

    If it fails: see docs/operations.md; the sweep tries again.

    Args:
        inspection_id: force and year of the inspection; a second one in a year ends in -2.
    """
    return stage_flow(INITIAL_REPORT, inspection_id, assemble_report)


def assemble_report(steps: Steps, history: History, turn: Turn) -> Made:
    """Draft the report from the evidence, render it and store the draft."""
    evidence = read_recorded(steps.stores.artefacts, history, Kind.FIELDWORK_RECORDED, Evidence)
    drafted = facts_of_draft(evidence, history, Kind.FIELDWORK_SUBMITTED, turn.records)
    draft = steps.store_draft(
        draft_initial_report(evidence, steps.read_seal(history)), drafted.round_number, drafted.sender
    )
    return Made(turn.records, draft, drafted.facts)
