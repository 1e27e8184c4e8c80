"""Publication: exactly the approved bytes, once, not before the embargo; corrections and withdrawals too."""

from __future__ import annotations

from prefect import State

from domain.documents.withdrawals import draft_withdrawal
from domain.lifecycle.approval import approved_draft
from domain.lifecycle.facts import facts_of_index, facts_of_publication, facts_of_withdrawal
from domain.lifecycle.history import History
from flows.definition import defined_as
from flows.stage_flow import stage_flow
from flows.stage_run import Made, Waiting, submission_of
from schemas.documents.correction import CorrectedPublication
from schemas.documents.publication import Publication
from schemas.errors import AlreadyWrittenError
from schemas.identifiers import InspectionId
from schemas.lifecycle.moves import Kind
from schemas.lifecycle.stages import PUBLICATION, Turn
from storage.keys import withdrawal_notice
from storage.record.documents import read_all_published, read_draft, read_drafted_version
from tasks.steps import Steps


@defined_as(PUBLICATION.name, "{inspection_id}: publication")
def publication(inspection_id: InspectionId) -> State:
    """Publish what was approved of one inspection, once, however often this runs; or withdraw it, when that is ordered.

    If it is Waiting: the embargo holds; Prefect lets the run go when it ends.
    If it fails: see docs/operations.md; the sweep tries again.

    Args:
        inspection_id: force and year of the inspection; a second one in a year ends in -2.
    """
    return stage_flow(PUBLICATION, inspection_id, publish)


def publish(steps: Steps, history: History, turn: Turn) -> Made | Waiting:
    """Do this stage's turn: publish what was approved, the report or a correction, or withdraw everything."""
    if turn.records is Kind.WITHDRAWN:
        return withdraw_ordered(steps, history, turn)
    return publish_approved(steps, history, turn)


def publish_approved(steps: Steps, history: History, turn: Turn) -> Made | Waiting:
    """Publish the approved files, of a report, a review or a correction, once the embargo has passed, and record it."""
    approval, digest, embargo = approved_draft(history)
    if steps.clock() < embargo:
        return Waiting(until=embargo)
    # Read again, now that the embargo has passed and nobody can take the approval back any more: the ledger decides.
    if steps.read_history(history.inspection_id).head != history.head:
        raise AlreadyWrittenError(f"{history.inspection_id}: another writer was first; nothing was published")
    artefacts = steps.stores.artefacts
    draft = read_draft(artefacts, history)
    document = read_drafted_version(artefacts, draft, is_correction=turn.records is Kind.CORRECTION_PUBLISHED)
    published = steps.publish(history, draft, digest, document, approver=approval.entry.actor.person, embargo=embargo)
    index = steps.refresh_index()
    stored = steps.store_document(published, history.inspection_id)
    facts = facts_of_publication(published) | facts_of_index(index.sha256, index.records)
    return Made(turn.records, stored, facts, pages=_pages_of(published))


def withdraw_ordered(steps: Steps, history: History, turn: Turn) -> Made:
    """Take every public file of the inspection out of the public's reach, leave the notice, and record it."""
    order = submission_of(history, turn)
    withdrawal = draft_withdrawal(order, read_all_published(steps.stores.artefacts, history.before(order)))
    notice = steps.withdraw(withdrawal)
    index = steps.refresh_index()
    stored = steps.store_document(withdrawal, history.inspection_id)
    facts = facts_of_withdrawal(withdrawal, notice) | facts_of_index(index.sha256, index.records)
    pages = dict.fromkeys(("page", "pdf"), withdrawal_notice(history.inspection_id))
    return Made(turn.records, stored, facts, pages=pages)


def _pages_of(published: Publication | CorrectedPublication) -> dict[str, str]:
    publication = published.publication if isinstance(published, CorrectedPublication) else published
    names = {"report.html": "page", "report.pdf": "pdf"}
    return {names[file.name]: file.key for file in publication.files if file.name in names}
