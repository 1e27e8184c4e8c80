"""What is due as it stands: the plan that a stage recorded, then every change since.

Status, board, calendar, audit report and review are made from this one view, so that they show the same days.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

from domain.calendar import working_day_on_or_before
from domain.documents.clocks import (
    ACTION_PLAN,
    POLICING_BODY_RESPONSE,
    against_in_words,
    due_at_once,
    judged_day,
    revisit_window,
    timeliness,
)
from domain.lifecycle.due_changes import REVISIT, changes_of, new_day_of
from domain.lifecycle.history import History
from domain.lifecycle.strict_facts import day_of
from schemas.counts import counted
from schemas.dates import in_words, one_day
from schemas.documents.follow_up import DueDate, DueDateChange, FollowUpPlan
from schemas.documents.report import InitialReport
from schemas.errors import RefusedError
from schemas.lifecycle.moves import Kind
from schemas.programme.forces import Force, force_of

_RECEIPTS: Final = {
    ACTION_PLAN.subject: Kind.ACTION_PLAN_RECEIVED,
    POLICING_BODY_RESPONSE.subject: Kind.POLICING_BODY_RESPONDED,
}
"""What records that something came from outside; a review judges none of them."""


def current_plan(plan: FollowUpPlan, history: History) -> FollowUpPlan:
    """Return a plan as it stands: each last day as it was changed, with the days before and the reasons.

    A day that was changed is one day; the last working day and the window of the revisit follow from it.

    Args:
        plan: as the follow-up stage recorded it.

    Raises:
        LedgerError: a change lacks its day, or it is one that nobody can mean.
    """
    force = force_of(plan.inspection)
    due_dates = tuple(_current(due, history, force) for due in plan.due_dates)
    start, end = plan.window_start, plan.window_end
    for due in due_dates:
        if due.subject == REVISIT and due.changes:
            start, end = revisit_window(due.due, force)
    return plan.model_copy(update={"due_dates": due_dates, "window_start": start, "window_end": end})


def _current(due: DueDate, history: History, force: Force) -> DueDate:
    old, changes = due.due, []
    for one in changes_of(history, due.subject):
        change = DueDateChange(
            at=one.entry.at, old=old, new=new_day_of(one), reason=str(one.entry.facts.get("reason", ""))
        )
        changes.append(change)
        old = one_day(change.new)
    if not changes:
        return due
    act_by = working_day_on_or_before(old.earliest, force.holidays)
    return due.model_copy(update={"due": old, "act_by": act_by, "changes": tuple(changes)})


def all_due(plan: FollowUpPlan, report: InitialReport | None) -> tuple[DueDate, ...]:
    """List everything that publication made due: what rules ask for, then the recommendations by their numbers.

    Args:
        plan: as it stands.
        report: as it stands; without it nothing is known of what was asked for immediately, which no plan holds.
    """
    at_once = due_at_once(plan.published, report.recommendations) if report else ()
    ruled = {ACTION_PLAN.subject, POLICING_BODY_RESPONSE.subject, REVISIT}
    return tuple(sorted((*plan.due_dates, *at_once), key=lambda one: "" if one.subject in ruled else one.subject))


def receipt_in_words(history: History, due: DueDate, today: dt.date) -> str | None:
    """Return whether and when something came from outside, in time or late; None for what does not come from there.

    Raises:
        LedgerError: a receipt lacks its day.
    """
    if due.subject not in _RECEIPTS:
        return None
    came = min((day_of(one, "received") for one in history.all_of(_RECEIPTS[due.subject])), default=None)
    if came:
        verdict = timeliness(one_day(came), judged_day(due)).verdict
        return f"received on {in_words(came)}, {verdict}{against_in_words(verdict, due.changes)}"
    overdue = (today - due.due.latest).days
    return f"not received, overdue by {counted(overdue, 'day')}" if overdue > 0 else "not received"


def check_not_judged(history: History, subject: str) -> None:
    """Refuse another last day for what a review has judged already: its draft would say another day than the plan.

    Raises:
        RefusedError: a review was drafted, and it judges what is due.
    """
    drafted = history.latest(Kind.REVIEW_DRAFTED)
    if drafted is not None and subject not in _RECEIPTS:
        raise RefusedError(
            f"{history.inspection_id}: expected a last day that no review has judged yet, found a review drafted "
            f"against that of {subject} (entry {drafted.entry.seq}); the day stays as it is"
        )
