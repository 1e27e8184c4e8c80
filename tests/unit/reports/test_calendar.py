"""The calendar, read back as other programs read it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from icalendar import Calendar

from reports.calendar import render_calendar
from tests.support.pages.report_documents import follow_up_plan


def _events() -> list[Any]:
    calendar = Calendar.from_ical(render_calendar(follow_up_plan()).data)
    return list(calendar.walk("VEVENT"))


def test_file_is_a_calendar() -> None:
    made = render_calendar(follow_up_plan())
    assert (made.name, made.media_type) == ("due-dates.ics", "text/calendar")
    assert made.data.startswith(b"BEGIN:VCALENDAR\r\n")
    assert all(len(line) <= 75 for line in made.data.split(b"\r\n"))


def test_every_due_date_is_an_all_day_event_on_its_earliest_last_day() -> None:
    revisit, recommendation, _ = _events()
    assert revisit.decoded("dtstart") == dt.date(2016, 1, 1)
    assert revisit.decoded("dtend") == dt.date(2016, 1, 2)
    assert "between 1 and 31 January 2016" in str(revisit["description"])
    assert "known only to the month" in str(revisit["description"])
    assert "31 December 2015" in str(revisit["description"])
    assert recommendation.decoded("dtstart") == dt.date(2015, 10, 14)
    assert "Last day: 14 October 2015." in str(recommendation["description"])
    assert "class" not in revisit


def test_the_window_is_private_and_marked_restricted() -> None:
    window = _events()[-1]
    assert str(window["class"]) == "PRIVATE"
    assert str(window["summary"]).startswith("RESTRICTED: ")
    assert window.decoded("dtstart") == dt.date(2015, 11, 30)
    assert window.decoded("dtend") == dt.date(2015, 12, 12)


def test_stamps_and_ids_follow_from_the_plan() -> None:
    events = _events()
    assert {event.decoded("dtstamp") for event in events} == {dt.datetime(2015, 7, 1, tzinfo=dt.UTC)}
    assert len({str(event["uid"]) for event in events}) == len(events)
    assert [event["uid"] for event in events] == [event["uid"] for event in _events()]


def test_text_cannot_add_a_property() -> None:
    plan = follow_up_plan()
    due = plan.due_dates[0].model_copy(
        update={"subject": "x\r\nATTENDEE:mailto:a@example.org", "text": "a;b,c\nSUMMARY:z"}
    )
    calendar = Calendar.from_ical(render_calendar(plan.model_copy(update={"due_dates": (due,)})).data)
    event = calendar.walk("VEVENT")[0]
    assert "attendee" not in event
    assert str(event["summary"]).startswith("South Wales Police")
