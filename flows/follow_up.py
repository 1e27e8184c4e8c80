"""Follow-up: every due date that publication started, and the window proposed for the revisit."""

from __future__ import annotations

from prefect import State, flow

from domain.documents.drafts import draft_follow_up
from domain.lifecycle.facts import facts_of_plan
from domain.lifecycle.history import History
from flows.stage_flow import stage_flow
from flows.stage_run import Made
from schemas.identifiers import InspectionId
from schemas.lifecycle.stages import FOLLOW_UP, Turn
from storage.record.documents import read_publication, read_report
from tasks.steps import Steps


@flow(name=FOLLOW_UP.name, flow_run_name="{inspection_id}: follow-up", persist_result=False)
def follow_up(inspection_id: InspectionId) -> State:
    """Plan the follow-up of one published report: due dates, revisit window, calendar.

    If it fails: see docs/operations.md; the sweep tries again.
    """
    return stage_flow(FOLLOW_UP, inspection_id, plan_follow_up)


def plan_follow_up(steps: Steps, history: History, turn: Turn) -> Made:
    """Compute the clocks from the publication and the report's recommendations, and store plan and calendar."""
    artefacts = steps.stores.artefacts
    plan = draft_follow_up(read_publication(artefacts, history), read_report(artefacts, history))
    stored, calendar = steps.store_plan(plan)
    return Made(turn.records, stored, facts_of_plan(plan, calendar))
