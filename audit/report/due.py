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
from domain.documents.clocks import judged_day, timeliness
from domain.documents.current_plan import all_due
from domain.lifecycle.due_changes import REVISIT, changes_of, is_called_off
from domain.lifecycle.history import History
from schemas.audit.report import DateChange, Due, SideEvent, Verdict
from schemas.audit.side_events import HOLD, RECEIPTS
from schemas.counts import counted
from schemas.dates import DateRange, date_without_source, in_words, one_day
from schemas.documents.follow_up import DueDate, FollowUpPlan
from schemas.documents.report import InitialReport
from schemas.documents.review import Review, Timeliness
from schemas.lifecycle.moves import Kind

MAX_CHANGES: Final = 50
_RECEIVED: Final = frozenset(kind.name for kind in RECEIPTS)
TRACKED: Final = frozenset({REVISIT, *_RECEIVED})
"""What the record says the doing of; of a recommendation only a review speaks."""
_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2099


@dataclass(frozen=True, slots=True)
class _Clock:
    """What the plan says of one subject."""

    subject: str
    planned: DateRange | None
    stands: DateRange | None
    """None also where the newest change names no day."""
    changes: tuple[DateChange, ...] = ()
    due: DueDate | None = None


def dues_of(
    history: History,
    today: dt.date,
    plan: FollowUpPlan | None,
    report: InitialReport | None,
    review: Review | None,
    side_events: Sequence[SideEvent],
) -> tuple[Due, ...]:
    """List everything that publication made due, and whether it was done in time; nothing before there is a plan.

    Args:
        today: London day of the report.
        plan: as it stands, with every change; without it only the revisit is known, from the plan's entry.
        report: as it stands; without it nothing is known of what was asked for immediately.
        review: as drafted; without it the day of the revisit is not known, only the verdict of its entry.
    """
    holds = [one for one in side_events if one.what == HOLD.name]
    is_off = is_called_off(history)
    return tuple(
        _due(clock, _done(clock, history, review, side_events), holds, today, is_off=is_off)
        for clock in _clocks(history, plan, report)
    )


def _clocks(history: History, plan: FollowUpPlan | None, report: InitialReport | None) -> Iterator[_Clock]:
    if plan is not None:
        for due in all_due(plan, report):
            yield _Clock(due.subject, due.planned, due.due, _changes(history, due.subject), due)
        return
    recorded = history.latest(Kind.FOLLOW_UP_RECORDED)
    if recorded is not None:
        facts = recorded.entry.facts
        earliest, latest = day_in(facts, "revisit_due_earliest"), day_in(facts, "revisit_due_latest")
        planned = None
        if earliest and latest and earliest <= latest:
            planned = DateRange(earliest=earliest, latest=latest)
        yield _without_plan(history, REVISIT, planned)
        yield from (_without_plan(history, kind.name, None) for kind in RECEIPTS if history.latest(kind.opened_by))


def _without_plan(history: History, subject: str, planned: DateRange | None) -> _Clock:
    changes = _changes(history, subject)
    if not changes:
        return _Clock(subject, planned, planned)
    changed = parsed_day(changes[-1].new)
    return _Clock(subject, planned, one_day(changed) if changed else None, changes)


@dataclass(frozen=True, slots=True)
class _Done:
    """When something was done, as far as the record says."""

    date: str | None = None
    timeliness: Timeliness | None = None
    """Against the day that decides (domain/documents/clocks.py), where the record says."""
    outcome: str | None = None
    is_done: bool = False
    reason: str | None = None
    """Why it came late, as it was said when it came."""


def _done(clock: _Clock, history: History, review: Review | None, side_events: Sequence[SideEvent]) -> _Done:
    if clock.subject == REVISIT:
        return _revisit(history, review)
    if clock.subject in _RECEIVED:
        receipts = [one for one in side_events if one.what == clock.subject]
        came_on = [(day, one.reason) for one in receipts if (day := day_in(one.facts, "received"))]
        if not came_on:
            return _Done()
        came, reason = min(came_on, key=lambda one: one[0])
        judged = judged_day(clock.due) if clock.due else clock.stands
        against = timeliness(one_day(came), judged) if judged else None
        # A forged entry may have a day of any year.
        is_plausible = _FIRST_YEAR <= came.year <= _LAST_YEAR
        return _Done(came.isoformat() if is_plausible else None, against, is_done=True, reason=reason)
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
    against = None
    with suppress(ValidationError):  # of a forged entry
        against = Timeliness.model_validate({"verdict": facts.get("revisit"), **late})
    return _Done(review.fieldwork.start.date if review else None, against, is_done=True)


def _changes(history: History, subject: str) -> tuple[DateChange, ...]:
    return tuple(
        DateChange(
            **summary_of(one),
            old=text_in(one.entry.facts, "old") or "not named",
            new=text_in(one.entry.facts, "new") or "not named",
            reason=text_in(one.entry.facts, "reason") or "not given",
        )
        for one in changes_of(history, subject)[-MAX_CHANGES:]
    )


def _due(clock: _Clock, done: _Done, holds: Sequence[SideEvent], today: dt.date, *, is_off: bool) -> Due:
    stands, changes = clock.stands, clock.changes
    done_on = date_without_source(done.date) if done.date else None
    verdict = _verdict(done, stands, today, is_tracked=clock.subject in TRACKED)
    if is_off and not done.is_done:
        verdict = "called off"
    due = clock.due
    reasons: tuple[str, ...] = ()
    if clock.subject == REVISIT or changes:
        reasons = _reasons(changes, holds, due.starts.earliest if due else None, done_on.latest if done_on else today)
    if done.reason:
        reasons = (*reasons, f"said when it came: {done.reason}")
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
        timeliness=done.timeliness,
        against_plan=timeliness(done_on, clock.planned) if changes and done_on and clock.planned else None,
        days_overdue=(today - stands.latest).days if stands and verdict == "overdue" else 0,
        outcome=done.outcome,
        reasons=reasons,
    )


def _verdict(done: _Done, stands: DateRange | None, today: dt.date, *, is_tracked: bool) -> Verdict:
    if done.is_done:
        if done.timeliness is not None:
            return done.timeliness.verdict
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
    for hold in holds[-MAX_CHANGES:]:
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
