"""The audit report of one inspection, made from its history and from the documents that it names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from audit.report.board_line import standing_of
from audit.report.decisions import decisions_of, refusals_of, separation_of
from audit.report.due import dues_of
from audit.report.lenient_facts import digest_in, summary_of
from audit.report.open_points import open_points_of
from audit.report.side_events import referrals_of, side_events_of
from audit.report.trail_review import changes_since, last_review_of
from audit.report.validations import validations_of
from domain.calendar import london_date
from domain.lifecycle.history import History, Recorded
from domain.lifecycle.timeline import words_of
from schemas.audit.check import RecordCheck, SealCoverage
from schemas.audit.report import InspectionTrail, TrailLine
from schemas.documents.follow_up import FollowUpPlan
from schemas.documents.report import InitialReport
from schemas.documents.review import Review
from schemas.documents.validation import ValidatedRule
from schemas.errors import NcpiError, RoleError
from schemas.lifecycle.kinds import CHECKS_OF_RETURNS, DECISIONS, REFUSALS
from schemas.problems import Problem
from schemas.programme.forces import force_of

MAX_LINES: Final = 5_000
_FIRST_LINES: Final = 500
"""A longer ledger is shown by its first lines and its newest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSources:
    """What was read besides a ledger for its report; None where it could not be read, and `fault` says why."""

    plan: FollowUpPlan | None = None
    report: InitialReport | None = None
    review: Review | None = None
    problems: Mapping[int, Sequence[Problem]] = field(default_factory=dict)
    """Problems and warnings by the place of the entry whose artefact lists them."""
    checked: Mapping[int, Sequence[ValidatedRule]] = field(default_factory=dict)
    """Rules that a return was checked against, by the place of the entry that names them."""
    check: RecordCheck | None = None
    seals: SealCoverage | None = None
    fault: str | None = None


def trail_of(
    history: History, at: dt.datetime, sources: ReportSources, since: dt.date | str | None = None
) -> InspectionTrail:
    """Return the report on one inspection.

    Args:
        at: when the report is made, UTC.
        since: what it is compared with, a London day or the digest of an entry; the last review when left out.

    Raises:
        NotFoundError: no entry has the digest that it is to be compared with.
    """
    review = last_review_of(history)
    changes = changes_since(history, review, since)
    side_events = side_events_of(history, at)
    dues = dues_of(history, london_date(at), sources.plan, sources.report, sources.review, side_events)
    points = open_points_of(history, london_date(at), dues, sources.report, sources.review)
    refusals = refusals_of(history)
    refused = len(history.all_of(*REFUSALS))
    fault = sources.fault
    try:
        standing = standing_of(history, at, dues, points, side_events, refusals=refused, review=review)
    except NcpiError as error:
        standing, fault = None, "\n".join(filter(None, (fault, str(error))))
    return InspectionTrail(
        inspection=history.inspection_id,
        force=force_of(history.inspection_id).name,
        at=at,
        head=history.head,
        fault=fault,
        standing=standing,
        review=review,
        changed_since=changes.words,
        changes=_lines(changes.entries, sources.seals),
        lines=_lines(history.recorded, sources.seals),
        decisions=decisions_of(history),
        separation=separation_of(history),
        validations=validations_of(history, sources.problems, sources.checked),
        dues=dues,
        open_points=points,
        not_applied=tuple(one.text for one in sources.plan.not_applied) if sources.plan else (),
        referrals=referrals_of(history),
        side_events=side_events,
        refusals=refusals,
        in_all={
            "lines": len(history.recorded),
            "decisions": len(history.all_of(*DECISIONS)),
            "validations": len(history.all_of(*CHECKS_OF_RETURNS)),
            "refusals": refused,
            "refusals of a role": sum(one.rule == RoleError.rule for one in refusals),
            "side events": len(side_events),
        },
        check=sources.check,
        seals=sources.seals,
    )


def _lines(recorded: Sequence[Recorded], seals: SealCoverage | None) -> tuple[TrailLine, ...]:
    if len(recorded) > MAX_LINES:
        recorded = (*recorded[:_FIRST_LINES], *recorded[_FIRST_LINES - MAX_LINES :])
    is_known = seals is not None and seals.fault is None
    # Each seal continues where the one before ended, so what is not sealed yet is the newest.
    sealed = seals.entries - seals.unsealed if is_known and seals else 0
    return tuple(_line(one, is_sealed=one.entry.seq < sealed if is_known else None) for one in recorded)


def _line(one: Recorded, *, is_sealed: bool | None) -> TrailLine:
    return TrailLine(
        **summary_of(one),
        kind=one.entry.kind.value,
        words=words_of(one.entry),
        digest=one.digest,
        artefact=digest_in(one),
        is_sealed=is_sealed,
    )
