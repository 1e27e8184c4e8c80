"""Reject a return: record every problem, so that the sender can fix it and nothing is run again from the start."""

from __future__ import annotations

from collections.abc import Mapping

from domain.lifecycle.facts import rejection_facts
from domain.lifecycle.history import History
from evidence.examination import Examination
from flows.stage_run import Made, submission_of
from schemas.documents.evidence import Rejection
from schemas.errors import NcpiError
from schemas.lifecycle.entry import Fact
from schemas.lifecycle.stages import Turn
from tasks.steps import Steps


def reject(
    steps: Steps, history: History, turn: Turn, examination: Examination, validation: Mapping[str, Fact]
) -> Made:
    """Store the list of problems and make the entry that says who must fix what.

    Args:
        validation: what the entry says of the check of the table.
    """
    if turn.rejects is None:
        raise NcpiError(f"{history.inspection_id}: {turn.records.value} accepts no return, so there is none to reject")
    submitted = submission_of(history, turn).entry
    pack = str(submitted.facts["pack"])
    rejection = Rejection(inspection=history.inspection_id, pack=pack, problems=examination.problems)
    return Made(
        turn.rejects,
        steps.store_document(rejection, history.inspection_id),
        {**rejection_facts(examination.problems, sender=submitted.actor.person, pack=pack), **validation},
        examination.validation,
    )
