"""What is still open: recommendations, findings and concerns that no published review closed, and what is due.

A review closes what it calls achieved or improved; `still a concern` and `not assessed` stay open.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from audit.report.due import TRACKED
from audit.report.lenient_facts import known_date_in
from domain.documents.clocks import POLICING_BODY_RESPONSE
from domain.lifecycle.due_changes import REVISIT
from domain.lifecycle.history import History
from schemas.audit.open_points import OpenPoint, Subject
from schemas.audit.report import Due
from schemas.counts import counted
from schemas.documents.report import InitialReport
from schemas.documents.returns import Finding, Outcome, Polarity
from schemas.documents.review import Review
from schemas.lifecycle.moves import Kind
from schemas.programme.forces import force_of

_CLOSED: Final = frozenset({Outcome.ACHIEVED, Outcome.IMPROVED})
_NO_REVIEW: Final = "no published review yet"
_OWNERS: Final = {REVISIT: "the inspectorate", POLICING_BODY_RESPONSE.subject: "the local policing body"}
"""Who owes what a rule makes due; everything else is the force's."""


def open_points_of(
    history: History, today: dt.date, dues: Sequence[Due], report: InitialReport | None, review: Review | None
) -> tuple[OpenPoint, ...]:
    """List what is still open of what was published, the longest overdue first; nothing once it was withdrawn.

    Args:
        report: the initial report that stands; what it asks for is open once it is published.
        review: the review that stands, or its draft, which closes nothing and raises nothing before it is published.
    """
    if history.latest(Kind.WITHDRAWAL_ORDERED):
        return ()
    is_published = history.latest(Kind.PUBLISHED) is not None
    published_review = review if history.latest(Kind.REVIEW_PUBLISHED) else None
    by_subject = {due.subject: due for due in dues}
    since = _published(history, Kind.PUBLISHED)
    force = force_of(history.inspection_id).name
    found = [
        *_due(dues, force),
        *(_asked_for(report, published_review, by_subject, since, force, today) if report and is_published else ()),
        *(_raised(published_review, _published(history, Kind.REVIEW_PUBLISHED), force) if published_review else ()),
    ]
    return tuple(sorted(found, key=lambda one: -one.days_overdue))


def _published(history: History, kind: Kind) -> str | None:
    recorded = history.latest(kind)
    return known_date_in(recorded.entry.facts, "published") if recorded else None


def _due(dues: Sequence[Due], force: str) -> Iterator[OpenPoint]:
    for due in dues:
        if due.subject in TRACKED and due.verdict in {"due", "overdue"}:
            late = counted(due.days_overdue, "day")
            yield OpenPoint(
                subject="due",
                name=due.subject,
                text=None,
                owner=_OWNERS.get(due.subject, force),
                since=due.starts,
                due=due.stands,
                state=f"overdue by {late}" if due.days_overdue else "not due yet",
                days_overdue=due.days_overdue,
            )


def _asked_for(
    report: InitialReport, review: Review | None, dues: Mapping[str, Due], since: str | None, force: str, today: dt.date
) -> Iterator[OpenPoint]:
    recommended = {one.recommendation.id: one.outcome for one in review.recommendation_progress} if review else {}
    found = {one.finding: one.outcome for one in review.finding_progress} if review else {}
    for recommendation in report.recommendations:
        outcome = recommended.get(recommendation.id)
        if outcome not in _CLOSED:
            due = dues.get(recommendation.id)
            stands = due.stands if due else None
            yield OpenPoint(
                subject="recommendation",
                name=recommendation.id,
                text=recommendation.text,
                owner=force,
                since=since,
                due=stands,
                state=outcome.value if outcome else _NO_REVIEW,
                days_overdue=max(0, (today - stands.latest).days) if stands else 0,
            )
    for finding in report.findings:
        outcome = found.get(finding.id)
        if finding.polarity is Polarity.CONCERNED and outcome not in _CLOSED:
            state = outcome.value if outcome else _NO_REVIEW
            yield _concern("finding of the initial report", finding, state, since, force)


def _raised(review: Review, since: str | None, force: str) -> Iterator[OpenPoint]:
    for finding in review.findings:
        if finding.polarity is Polarity.CONCERNED:
            yield _concern("concern of the review", finding, "raised by the review", since, force)


def _concern(subject: Subject, finding: Finding, state: str, since: str | None, force: str) -> OpenPoint:
    return OpenPoint(
        subject=subject,
        name=finding.id,
        text=finding.text,
        owner=force,
        since=since,
        due=None,
        state=state,
        days_overdue=0,
    )
