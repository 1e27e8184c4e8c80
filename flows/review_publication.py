"""Review publication: from the review return to a draft and, once a second person approved it, to the public."""

from __future__ import annotations

from prefect import State

from domain.documents.drafts import draft_review
from domain.lifecycle.facts import facts_of_draft, facts_of_review
from domain.lifecycle.history import History
from flows.definition import defined_as
from flows.publication import publish_approved
from flows.rejection import reject
from flows.stage_flow import stage_flow
from flows.stage_run import Made, Waiting, submission_of
from flows.validation import store_validation
from schemas.identifiers import InspectionId
from schemas.lifecycle.moves import Kind
from schemas.lifecycle.stages import REVIEW_PUBLICATION, Turn
from storage.record.documents import read_plan, read_publication, read_report
from tasks.steps import Steps


@defined_as(REVIEW_PUBLICATION.name, "{inspection_id}: review-publication")
def review_publication(inspection_id: InspectionId) -> State:
    """Assess the progress of one force and draft its review; once approved, publish it.

    If it ends Rejected: the sender fixes the review return and submits it again.
    If it is Waiting: the embargo holds; Prefect lets the run go when it ends.
    If it fails: see docs/operations.md; the sweep tries again.

    Args:
        inspection_id: force and year of the inspection; a second one in a year ends in -2.
    """
    return stage_flow(REVIEW_PUBLICATION, inspection_id, review)


def review(steps: Steps, history: History, turn: Turn) -> Made | Waiting:
    """Do this stage's turn: draft what was submitted, or publish what was approved."""
    if turn.records is Kind.REVIEW_DRAFTED:
        return assess_progress(steps, history, turn)
    return publish_approved(steps, history, turn)


def assess_progress(steps: Steps, history: History, turn: Turn) -> Made:
    """Check the review return against the published report, and draft the review."""
    artefacts = steps.stores.artefacts
    report = read_report(artefacts, history)
    submitted = submission_of(history, turn).entry
    pack = str(submitted.facts["pack"])
    examination = steps.check_return(history.inspection_id, pack, "review-return", submitted.at, report)
    validation = store_validation(steps, examination)
    if examination.evidence is None:
        return reject(steps, history, turn, examination, validation)
    evidence = examination.evidence
    publication, plan = read_publication(artefacts, history), read_plan(artefacts, history)
    document = draft_review(evidence, report, publication, plan, steps.read_seal(history))
    drafted = facts_of_draft(evidence, history, Kind.REVIEW_SUBMITTED, turn.records)
    draft = steps.store_draft(document, drafted.round_number, drafted.sender)
    facts = drafted.facts | facts_of_review(document) | validation
    return Made(turn.records, draft, facts, examination.validation)
