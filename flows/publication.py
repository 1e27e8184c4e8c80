"""Publication: exactly the approved bytes, once, not before the embargo."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prefect import State, flow

from domain.approval import approved_draft
from domain.authenticity import check_authentic
from domain.facts import facts_of_publication
from flows.stage_flow import stage_flow
from flows.stage_run import Made, Waiting
from schemas.identifiers import InspectionId
from schemas.stages import PUBLICATION
from storage.reading import read_document_of, read_draft

if TYPE_CHECKING:
    from domain.history import History
    from schemas.stages import Turn
    from tasks.steps import Steps


@flow(name=PUBLICATION.name, flow_run_name="{inspection_id}: publication", persist_result=False)
def publication(inspection_id: InspectionId) -> State:
    """Publish the approved report of one inspection, once, however often this runs.

    If it ends Waiting: the embargo holds; the sweep starts it when it has passed.
    If it fails: see docs/operations.md; the sweep tries again.
    """
    return stage_flow(PUBLICATION, inspection_id, publish_approved)


def publish_approved(steps: Steps, history: History, turn: Turn) -> Made | Waiting:
    """Copy the approved files to the public, when their time has come, and record it."""
    approval, digest, embargo = approved_draft(history)
    check_authentic(approval, steps.read_register())
    if steps.clock() < embargo:
        return Waiting(until=embargo)
    draft = read_draft(steps, history)
    document = read_document_of(steps, draft)
    published = steps.publish(draft, digest, document, approver=approval.entry.actor.person, embargo=embargo)
    steps.refresh_index()
    stored = steps.store_document(published, history.inspection_id)
    return Made(turn.records, stored, facts_of_publication(published))
