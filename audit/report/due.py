"""What was due, when it was done, in time or late, and what in the record explains it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from audit.report.lenient_facts import day_in, parsed_day, summary_of, text_in
from domain.calendar import london_date
from domain.documents.clocks import timeliness
from domain.lifecycle.due_changes import REVISIT, changes_of
from domain.lifecycle.history import History
from schemas.audit.report import DateChange, Due, SideEvent, Verdict
from schemas.audit.side_events import HOLD, RECEIPTS
from schemas.counts import counted
from schemas.dates import DateRange, date_without_source, in_words
from schemas.documents.follow_up import DueDate, FollowUpPlan
from schemas.documents.review import Review, Timeliness
from schemas.lifecycle.moves import Kind

MOST_CHANGES: Final = 50
_RECEIVED: Final = frozenset(kind.name for kind in RECEIPTS)
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2099


@dataclass(frozen=True, slots=True)
class _Clock:
    """What the plan says of one subject."""

    subject: str
    planned: DateRange | None
    due: DueDate | None = None


def dues_of(
    history: History,
    today: dt.date,
    plan: FollowUpPlan | None,
    review: Review | None,
    side_events: Sequence[SideEvent],
) -> tuple[Due, ...]:
    """List everything that publication made due, and whether it was done in time; nothing before there is a plan.

    Args:
        today: London day of the report.
        plan: read from its artefact; without it only the revisit is known, from the plan's entry.
        review: as drafted; without it the day of the revisit is not known, only the verdict of its entry.
    """
    holds = [one for one in side_events if one.what == HOLD.name]
    return tuple(
        _due(clock, _changes(history, clock.subject), _done(clock, history, review, side_events), holds, today)
        for clock in _clocks(history, plan)
    )


def _clocks(history: History, plan: FollowUpPlan | None) -> Iterator[_Clock]:
    if plan is not None:
        yield from (_Clock(due.subject, due.due, due) for due in plan.due_dates)
        return
    recorded = history.latest(Kind.FOLLOW_UP_RECORDED)
    if recorded is not None:
        facts = recorded.entry.facts
        earliest, latest = day_in(facts, "revisit_due_earliest"), day_in(facts, "revisit_due_latest")
        planned = None
        if earliest and latest and earliest <= latest:
            planned = DateRange(earliest=earliest, latest=latest)
        yield _Clock(REVISIT, planned)
        yield from (_Clock(kind.name, None) for kind in RECEIPTS if history.latest(kind.opened_by))


@dataclass(frozen=True, slots=True)
class _Done:
    """When something was done, as far as the record says."""

    date: str | None = None
    against_plan: Timeliness | None = None
    outcome: str | None = None
    is_done: bool = False


def _done(clock: _Clock, history: History, review: Review | None, side_events: Sequence[SideEvent]) -> _Done:
    if clock.subject == REVISIT:
        return _revisit(history, review)
    if clock.subject in _RECEIVED:
        came_on = (day_in(one.facts, "received") for one in side_events if one.what == clock.subject)
        came = min(filter(None, came_on), default=None)
        if came is None:
            return _Done()
        against = timeliness(_one_day(came), clock.planned) if clock.planned else None
        # A forged entry may have a day of any year.
        is_plausible = _FIRST_YEAR <= came.year <= _LAST_YEAR
        return _Done(came.isoformat() if is_plausible else None, against, is_done=True)
    for one in review.recommendation_progress if review else ():
        if one.recommendation.id == clock.subject:
            return _Done(outcome=one.outcome.value)
    return _Done()


def _revisit(history: History, review: Review | None) -> _Done:
    drafted = history.latest(Kind.REVIEW_DRAFTED)
    if drafted is None:
        return _Done()
    facts = drafted.entry.facts
    late = {name: facts.get(name) for name in ("days_late_at_least", "days_late_at_most")}
    against_plan = None
    with suppress(ValidationError):  # of a forged entry
        against_plan = Timeliness.model_validate({"verdict": facts.get("revisit"), **late})
    return _Done(review.fieldwork.start.date if review else None, against_plan, is_done=True)


def _changes(history: History, subject: str) -> tuple[DateChange, ...]:
    return tuple(
        DateChange(
            **summary_of(one),
            old=text_in(one.entry.facts, "old") or "not named",
            new=text_in(one.entry.facts, "new") or "not named",
            reason=text_in(one.entry.facts, "reason") or "not given",
        )
        for one in changes_of(history, subject)[-MOST_CHANGES:]
    )


def _due(
    clock: _Clock, changes: tuple[DateChange, ...], done: _Done, holds: Sequence[SideEvent], today: dt.date
) -> Due:
    stands, against = clock.planned, done.against_plan
    done_on = date_without_source(done.date) if done.date else None
    if changes:
        changed = parsed_day(changes[-1].new)
        stands = _one_day(changed) if changed else None
        against = timeliness(done_on, stands) if done_on and stands else None
    verdict = _verdict(done, stands, against, today, is_tracked=clock.subject in {REVISIT, *_RECEIVED})
    due = clock.due
    reasons: tuple[str, ...] = ()
    if clock.subject == REVISIT or changes:
        reasons = _reasons(changes, holds, due.starts.earliest if due else None, done_on.latest if done_on else today)
    return Due(
        subject=clock.subject,
        rule=due.text if due else None,
        starts=due.starts.date if due else None,
        planned=clock.planned,
        stands=stands,
        act_by=due.act_by if due else None,
        changes=changes,
        done=done.date,
        verdict=verdict,
        timeliness=against,
        against_plan=done.against_plan if changes else None,
        days_overdue=(today - stands.latest).days if stands and verdict == "overdue" else 0,
        outcome=done.outcome,
        reasons=reasons,
    )


def _one_day(day: dt.date) -> DateRange:
    return DateRange(earliest=day, latest=day)


def _verdict(
    done: _Done, stands: DateRange | None, against: Timeliness | None, today: dt.date, *, is_tracked: bool
) -> Verdict:
    if done.is_done:
        if against is not None:
            return against.verdict
        return "cannot be told" if stands else "no date"
    if stands is None:
        return "cannot be told"
    if today <= stands.latest:
        return "due"
    return "overdue" if is_tracked else "passed"


def _reasons(
    changes: Sequence[DateChange], holds: Sequence[SideEvent], start: dt.date | None, end: dt.date
) -> tuple[str, ...]:
    reasons = [
        f"the last day was moved to {one.new} (before: {one.old}) by {one.person} ({one.role}) on "
        f"{in_words(london_date(one.at))}: {one.reason}"
        for one in changes
    ]
    for hold in holds[-MOST_CHANGES:]:
        began, ended = london_date(hold.at), london_date(hold.followed_by.at) if hold.followed_by else None
        if began <= end and (ended is None or start is None or ended >= start):
            lasted = counted(hold.days or 0, "day")
            lasted = f"until {in_words(ended)}, {lasted}" if ended else f"for {lasted}, not lifted yet"
            programme = " with the whole programme" if hold.facts.get("programme") else ""
            reasons.append(
                f"on hold{programme} from {in_words(began)} {lasted}, by {hold.person} ({hold.role}): "
                f"{hold.reason or 'reason not given'}"
            )
    return tuple(reasons)
