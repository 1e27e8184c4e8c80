"""Set another day for something that is due: the old day, who and why are kept, and the plan stays as it was."""

from __future__ import annotations

import datetime as dt

from desk.acts.acting import EntryContent, perform
from desk.acts.context import DeskContext
from desk.acts.reasons import checked_reason
from domain.documents.current_plan import all_due, check_not_judged
from domain.lifecycle.due_changes import check_new_day
from domain.lifecycle.history import History, Recorded
from domain.signing import Signer
from schemas.errors import RefusedError
from schemas.lifecycle.acts import CHANGE_DUE_DATE
from storage.record.documents import read_plan, read_report


def change_due_date(
    context: DeskContext, inspection_id: str, subject: str, new: dt.date, signer: Signer, reason: str
) -> Recorded:
    """Change the day on which something of the follow-up plan is due.

    Args:
        subject: `revisit`, `action plan`, or what else the plan names, a recommendation by its id.
        new: day of the London calendar.

    Raises:
        RefusedError: role, head or state forbid it, the plan has no due date of that name, it is already that
            day, that day is past or more than two years ahead, or a review has judged it; recorded. Or the reason is
            unfit; not recorded.
    """
    reason = checked_reason(inspection_id, reason)

    history = context.history(inspection_id)

    def content(history: History) -> EntryContent:
        check_not_judged(history, subject)
        old = _standing(context, history, subject)
        if old == new.isoformat():
            raise RefusedError(f"{inspection_id}: {subject} is due on {old} already; nothing was changed")
        check_new_day(inspection_id, subject, new, context.clock())
        return EntryContent({"subject": subject, "old": old, "new": new.isoformat(), "reason": reason})

    return perform(context, history, CHANGE_DUE_DATE, signer, content)


def _standing(context: DeskContext, history: History, subject: str) -> str:
    plan = read_plan(context.stores.artefacts, history)
    due = plan.due(subject)
    if due is None:
        everything = all_due(plan, read_report(context.stores.artefacts, history))
        if any(one.subject == subject for one in everything):
            raise RefusedError(
                f"{history.inspection_id}: expected something whose last day can be moved, found {subject}, which was "
                "asked for immediately: it was due on the day of publication"
            )
        known = ", ".join(f"{one.subject}{'' if plan.due(one.subject) else ' (immediately)'}" for one in everything)
        raise RefusedError(
            f"{history.inspection_id}: expected something that is due, found nothing of that name; there is {known}"
        )
    return due.due.iso
