"""The calendar of one inspection's due dates, for the calendars people already use."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from reports.layout.rendering import Rendering
from schemas.dates import DateRange, in_words, one_day
from schemas.documents.follow_up import DueDate, DueDateChange, FollowUpPlan
from schemas.programme.forces import force_of
from schemas.text import plain

if TYPE_CHECKING:
    from icalendar import Event

_NAMESPACE: Final = uuid.uuid5(uuid.NAMESPACE_URL, "urn:national-child-protection-inspections:due-dates")
_DAY: Final = dt.timedelta(days=1)


def render_calendar(plan: FollowUpPlan) -> Rendering:
    """Render every due date as an all-day event, and the proposed revisit as a private one.

    A due date that is a range is entered on its first day: acting by then is in time on any reading.
    """
    from icalendar import Calendar  # noqa: PLC0415 - not needed to import this room

    calendar = Calendar()
    calendar.add("prodid", "-//National child protection inspections//Due dates//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    for due in plan.due_dates:
        calendar.add_component(_due_event(plan, due))
    calendar.add_component(_window_event(plan))
    return Rendering(name="due-dates.ics", media_type="text/calendar", data=calendar.to_ical())


def _due_event(plan: FollowUpPlan, due: DueDate) -> Event:
    return _event(
        plan,
        subject=f"{due.rule}/{due.subject}",
        summary=f"{_force(plan)}: last day for {due.subject}",
        description="\n".join(
            [
                f"{due.text}.",
                f"Counted from {due.starts.words} (source: {due.starts.source}).",
                *(f"{change.words[:1].upper()}{change.words[1:]}." for change in due.changes),
                _reading(due.due),
                f"Last working day that is in time on every reading: {in_words(due.act_by)}.",
            ]
        ),
        days=one_day(due.due.earliest),
        changes=due.changes,
    )


def _window_event(plan: FollowUpPlan) -> Event:
    event = _event(
        plan,
        subject="revisit window",
        summary=f"RESTRICTED: proposed revisit of {_force(plan)}",
        description="Restricted until the revisit has happened: do not share with the force or the public.",
        days=DateRange(earliest=plan.window_start, latest=plan.window_end),
        # The window follows from the last day of the revisit.
        changes=revisit.changes if (revisit := plan.due("revisit")) else (),
    )
    event.add("class", "PRIVATE")
    return event


def _event(
    plan: FollowUpPlan,
    *,
    subject: str,
    summary: str,
    description: str,
    days: DateRange,
    changes: Sequence[DueDateChange],
) -> Event:
    from icalendar import Event  # noqa: PLC0415 - not needed to import this room

    event = Event()
    event.add("uid", str(uuid.uuid5(_NAMESPACE, f"{plan.inspection}/{subject}")))
    # The moment an event was written must not be the clock's: the same plan gives the same bytes.
    written = dt.datetime.combine(plan.published.earliest, dt.time(), dt.UTC)
    event.add("dtstamp", changes[-1].at if changes else written)
    if changes:
        # A calendar that holds the event already takes a copy only with a higher number (RFC 5545, 3.8.7.4).
        event.add("sequence", len(changes))
    event.add("dtstart", days.earliest)
    event.add("dtend", days.latest + _DAY)
    event.add("summary", plain(summary))
    event.add("description", "\n".join(plain(line) for line in description.splitlines()))
    event.add("categories", [plan.inspection])
    event.add("transp", "TRANSPARENT")
    return event


def _reading(due: DateRange) -> str:
    if due.is_exact:
        return f"Last day: {due.words}."
    return (
        f"The last day lies {due.words}: the date it is counted from is known only to the month. This event stands "
        "on the earliest of these days, which is not late on any reading."
    )


def _force(plan: FollowUpPlan) -> str:
    return force_of(plan.inspection).name
