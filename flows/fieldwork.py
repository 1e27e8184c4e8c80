"""Fieldwork: from a submitted return to a checked evidence pack, or to a rejection that says what to fix."""

from __future__ import annotations

from prefect import State

from domain.lifecycle.facts import facts_of_evidence
from domain.lifecycle.history import History
from flows.definition import defined_as
from flows.rejection import reject
from flows.stage_flow import stage_flow
from flows.stage_run import Made, submission_of
from flows.validation import store_validation
from schemas.identifiers import InspectionId
from schemas.lifecycle.stages import FIELDWORK, Turn
from tasks.steps import Steps


@defined_as(FIELDWORK.name, "{inspection_id}: fieldwork")
def fieldwork(inspection_id: InspectionId) -> State:
    """Check the fieldwork return of one inspection and record its evidence.

    If it ends Rejected: the sender fixes the return and submits it again; nothing else needs doing.
    If it fails: see docs/operations.md; the sweep tries again.

    Args:
        inspection_id: force and year of the inspection; a second one in a year ends in -2.
    """
    return stage_flow(FIELDWORK, inspection_id, check_evidence)


def check_evidence(steps: Steps, history: History, turn: Turn) -> Made:
    """Check the submitted pack and store what it proved."""
    submitted = submission_of(history, turn).entry
    pack = str(submitted.facts["pack"])
    examination = steps.check_return(history.inspection_id, pack, "fieldwork-return", submitted.at)
    validation = store_validation(steps, examination)
    if examination.evidence is None:
        return reject(steps, history, turn, examination, validation)
    stored = steps.store_document(examination.evidence, history.inspection_id)
    return Made(turn.records, stored, facts_of_evidence(examination.evidence) | validation, examination.validation)
