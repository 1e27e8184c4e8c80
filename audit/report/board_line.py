"""One line of the board of all inspections: where it stands, who must act, what is late."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from audit.report.trail_review import review_in_words
from domain.calendar import london_date
from domain.lifecycle.board import reason_of_incident, standing
from domain.lifecycle.due_changes import REVISIT
from domain.lifecycle.history import History
from schemas.audit.open_points import OpenPoint
from schemas.audit.report import BoardLine, Due, SideEvent, TrailReview
from schemas.audit.side_events import HOLD
from schemas.counts import counted
from schemas.dates import in_words
from schemas.lifecycle.kinds import REJECTIONS


def standing_of(
    history: History,
    now: dt.datetime,
    dues: Sequence[Due],
    open_points: Sequence[OpenPoint],
    side_events: Sequence[SideEvent],
    *,
    refusals: int,
    review: TrailReview | None,
) -> BoardLine:
    """Return where an inspection stands.

    Raises:
        SeparationError: its approval is by somebody who made or moderated the draft.
        LedgerError: an entry lacks what the line is made from.
    """
    row = standing(history, now)
    revisit = next((due for due in dues if due.subject == REVISIT), None)
    hold = next((one for one in side_events if one.what == HOLD.name and one.followed_by is None), None)
    return BoardLine(
        inspection=row.inspection,
        force=row.force,
        state=row.state.value,
        waits_for=row.waits_for.words,
        next=row.next,
        incident=": ".join(filter(None, (row.incident, reason_of_incident(history)))) or None,
        late=tuple(_late(due) for due in dues if due.verdict in {"late", "overdue"}),
        open_points=len(open_points),
        overdue_points=sum(one.days_overdue > 0 for one in open_points),
        revisit_starts=revisit.starts if revisit else None,
        revisit_due=revisit.stands if revisit and revisit.verdict != "called off" else None,
        revisit_done=revisit.done if revisit else None,
        revisit=revisit.verdict if revisit else None,
        days_late_at_least=revisit.days_late_at_least if revisit else 0,
        days_late_at_most=revisit.days_late_at_most if revisit else 0,
        reviewed=review_in_words(review),
        hold=f"since {in_words(london_date(hold.at))}: {hold.reason or 'not given'}" if hold else None,
        refusals=refusals,
        rejected=len(history.all_of(*REJECTIONS)),
        entries=row.entries,
        changed_at=row.changed_at,
    )


def _late(due: Due) -> str:
    least, most = due.days_late_at_least, due.days_late_at_most
    by = counted(least, "day") if least == most else f"{least:,} to {counted(most, 'day')}"
    return f"{due.subject} {due.verdict} by {by}"
