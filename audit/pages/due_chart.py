"""What was due and when it was done, drawn as charts over time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from audit.pages.words import VERDICTS, verdict_of
from reports.layout.blocks import Mark, TimeBar, TimeChart, TimeSpan
from schemas.audit.report import BoardLine, Due, InspectionTrail, ProgrammeTrail, SideEvent
from schemas.dates import SourcedDate, date_without_source, in_words

MAX_LINES: Final = 60
_KEY: Final = (
    "Each line runs from the first to the last month named below it. The blue bar is the time allowed; the thick "
    "upright is the last day; red is time over it; a dot, or a thin dark line where only the month is known, is when "
    "it was done."
)
_KEY_OF_ONE: Final = " A dashed upright is the last day before it was changed; brown is time on hold."


@dataclass(frozen=True, slots=True)
class _Scale:
    """Days as hundredths of a line."""

    first: dt.date
    last: dt.date

    @classmethod
    def over(cls, days: Iterable[dt.date]) -> _Scale:
        known = sorted(days)
        return cls(known[0], max(known[-1], known[0] + dt.timedelta(days=1)))

    def at(self, day: dt.date) -> float:
        part = (min(max(day, self.first), self.last) - self.first) / (self.last - self.first)
        return round(100 * part, 1)

    def span(self, form: str, first: dt.date, last: dt.date) -> tuple[TimeSpan, ...]:
        start = self.at(first)
        length = round(self.at(last) - start, 1)
        # A form is one of the literals of TimeSpan; each caller below names it.
        return (TimeSpan(form, start, length),) if length > 0 else ()  # type: ignore[arg-type]


def picture_of(trail: InspectionTrail) -> tuple[TimeChart, ...]:
    """Draw the due dates of one inspection; nothing before there are any."""
    dues = [due for due in trail.dues if due.stands and due.verdict not in {"no date", "called off"}][:MAX_LINES]
    today = trail.at.date()
    if not dues:
        return ()
    is_open = any(due.verdict in {"due", "overdue"} for due in dues)
    scale = _Scale.over([*(day for due in dues for day in _days(due)), *((today,) if is_open else ())])
    lines = [_bar(scale, due, today if due.verdict in {"due", "overdue"} else None) for due in dues]
    holds = [hold for hold in trail.holds if _ended(hold, today) >= scale.first and hold.at.date() <= scale.last]
    if holds:
        lines.append(_holds(scale, holds, today))
    late = sum(due.verdict in {"late", "overdue"} for due in dues)
    summary = f"{late} of {len(dues)} late or overdue. " if late else f"None of {len(dues)} late or overdue. "
    return (
        TimeChart("Due and done", summary + _KEY + _KEY_OF_ONE, _month(scale.first), _month(scale.last), tuple(lines)),
    )


def revisits_of(trail: ProgrammeTrail) -> tuple[TimeChart, ...]:
    """Draw the revisits of all inspections, those longest late first; nothing before one is planned."""
    planned = [line for line in trail.board if line.revisit_due]
    planned.sort(key=lambda line: (-line.days_late_at_least, -line.days_late_at_most, line.inspection))
    shown = planned[:MAX_LINES]
    if not shown:
        return ()
    today = trail.at.date()
    scale = _Scale.over([day for line in shown for day in _revisit_days(line, today)])
    summary = f"The {len(shown)} of {len(planned)} longest late first. " if len(planned) > len(shown) else ""
    lines = tuple(_revisit(scale, line, today) for line in shown)
    return (TimeChart("Revisits: due and done", summary + _KEY, _month(scale.first), _month(scale.last), lines),)


def _month(day: dt.date) -> str:
    # Not the day: where only the month is known, its first and last are nothing but the ends of a line.
    return f"{day:%B %Y}"


def _days(due: Due) -> Iterable[dt.date]:
    for known in (_known(due.starts), due.planned, due.stands, _known(due.done)):
        if known is not None:
            yield from (known.earliest, known.latest)


def _known(date: str | None) -> SourcedDate | None:
    return date_without_source(date) if date else None


def _bar(scale: _Scale, due: Due, today: dt.date | None) -> TimeBar:
    stands = due.stands or due.planned
    done = _known(due.done)
    start = date_without_source(due.starts).earliest if due.starts else scale.first
    last = stands.latest if stands else scale.last
    spans = [*scale.span("allowed", start, last)]
    end = done.latest if done else today
    if end is not None and due.verdict in {"late", "overdue"}:
        spans += scale.span("over", last, end)
    marks = [Mark("due", scale.at(last))]
    if due.changes and due.planned:
        marks.append(Mark("planned", scale.at(due.planned.latest)))
    spans, marks = _with_done(scale, done, spans, marks)
    if today is not None:
        marks.append(Mark("today", scale.at(today)))
    when = f"; done {done.words}" if done else ""
    text = f"due {stands.words if stands else 'on no known day'}{when}. {verdict_of(due)}."
    return TimeBar(due.subject, text, tuple(spans), tuple(marks))


def _with_done(
    scale: _Scale, done: SourcedDate | None, spans: Sequence[TimeSpan], marks: Sequence[Mark]
) -> tuple[list[TimeSpan], list[Mark]]:
    if done is None:
        return [*spans], [*marks]
    if done.is_exact:
        return [*spans], [*marks, Mark("done", scale.at(done.earliest))]
    return [*spans, *scale.span("done", done.earliest, done.latest)], [*marks]


def _ended(hold: SideEvent, today: dt.date) -> dt.date:
    return hold.followed_by.at.date() if hold.followed_by else today


def _holds(scale: _Scale, holds: Sequence[SideEvent], today: dt.date) -> TimeBar:
    spans = tuple(part for hold in holds for part in scale.span("hold", hold.at.date(), _ended(hold, today)))
    times = [
        f"from {in_words(hold.at.date())} "
        + (f"to {in_words(hold.followed_by.at.date())}" if hold.followed_by else "and not lifted yet")
        for hold in holds[:MAX_LINES]
    ]
    return TimeBar("on hold", "; ".join(times) + ".", spans, ())


def _revisit_days(line: BoardLine, today: dt.date) -> Iterable[dt.date]:
    for known in (_known(line.revisit_starts), line.revisit_due, _known(line.revisit_done)):
        if known is not None:
            yield from (known.earliest, known.latest)
    if line.revisit in {"due", "overdue"}:
        yield today


def _revisit(scale: _Scale, line: BoardLine, today: dt.date) -> TimeBar:
    due = line.revisit_due
    last = due.latest if due else scale.last
    starts, done = _known(line.revisit_starts), _known(line.revisit_done)
    end = done.latest if done else today
    allowed = scale.span("allowed", starts.earliest, last) if starts else ()
    over = scale.span("over", last, end) if line.revisit in {"late", "overdue"} else ()
    spans, marks = _with_done(scale, done, (*allowed, *over), (Mark("due", scale.at(last)),))
    when = f"; done {done.words}" if done else ""
    late = next((f" ({words})" for words in line.late if words.startswith("revisit")), "")
    text = f"due {due.words if due else ''}{when}. {VERDICTS[line.revisit or 'cannot be told']}{late}."
    return TimeBar(line.inspection, text, tuple(spans), tuple(marks))
