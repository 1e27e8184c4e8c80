"""Follow-up: every due date that publication started, and the window proposed for the revisit."""

from __future__ import annotations

from prefect import State

from domain.documents.drafts import draft_follow_up
from domain.lifecycle.facts import facts_of_plan
from domain.lifecycle.history import History
from flows.definition import defined_as
from flows.stage_flow import stage_flow
from flows.stage_run import Made
from schemas.identifiers import InspectionId
from schemas.lifecycle.stages import FOLLOW_UP, Turn
from storage.record.documents import read_publication, read_report
from tasks.steps import Steps


@defined_as(FOLLOW_UP.name, "{inspection_id}: follow-up")
def follow_up(inspection_id: InspectionId) -> State:
    """Plan the follow-up of one published report: due dates, revisit window, calendar.

    If it fails: see docs/operations.md; the sweep tries again.

    Args:
        inspection_id: force and year of the inspection; a second one in a year ends in -2.
    """
    return stage_flow(FOLLOW_UP, inspection_id, plan_follow_up)


def plan_follow_up(steps: Steps, history: History, turn: Turn) -> Made:
    """Compute the clocks from the publication and the report's recommendations, and store plan and calendar."""
    artefacts = steps.stores.artefacts
    plan = draft_follow_up(read_publication(artefacts, history), read_report(artefacts, history))
    stored, calendar = steps.store_plan(plan)
    return Made(turn.records, stored, facts_of_plan(plan, calendar))
