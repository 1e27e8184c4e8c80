"""What stood beside the path: holds, corrections, a withdrawal, referrals, accuracy checks, what came from outside."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from audit.report.lenient_facts import count_in, day_in, digest_in, instant_in, newest, summary_of, text_in
from domain.calendar import london_date
from schemas.audit.report import AccuracyCheck, Correction, EntrySummary, Hold, Receipt, Referral, Withdrawal
from schemas.lifecycle.moves import Kind

if TYPE_CHECKING:
    from domain.lifecycle.history import History, Recorded

RECEIPTS: Final = {
    Kind.ACTION_PLAN_RECEIVED: "action plan",
    Kind.POLICING_BODY_RESPONDED: "local policing body's response",
}
"""What comes from outside, by the subject of its due date (domain/documents/clocks.py)."""
_ENDED: Final = {
    Kind.CORRECTION_APPROVED: "approved",
    Kind.CORRECTION_RETURNED: "returned",
    Kind.CORRECTION_PUBLISHED: "published",
}


def holds_of(history: History, now: dt.datetime) -> tuple[Hold, ...]:
    """List every hold with how long it lasted, oldest first; one that was not lifted lasts until now."""
    holds: list[Hold] = []
    placed: Recorded | None = None
    for one in history.all_of(Kind.HOLD_PLACED, Kind.HOLD_LIFTED):
        if one.entry.kind is Kind.HOLD_PLACED:
            placed = one
        elif placed is not None:
            holds.append(_hold(placed, one, one.entry.at))
            placed = None
    if placed is not None:
        holds.append(_hold(placed, None, now))
    return tuple(newest(holds))


def receipts_of(history: History) -> tuple[Receipt, ...]:
    """List what came from outside, in the order in which it was recorded."""
    return tuple(
        Receipt(
            **summary_of(one),
            what=RECEIPTS[one.entry.kind],
            received=day_in(one.entry.facts, "received"),
            artefact=digest_in(one),
        )
        for one in newest(history.all_of(*RECEIPTS))
    )


def corrections_of(history: History) -> tuple[Correction, ...]:
    """List every correction from its draft on, with what became of it."""
    corrections: list[Correction] = []
    for one in history.all_of(Kind.CORRECTION_DRAFTED, *_ENDED):
        facts = one.entry.facts
        if one.entry.kind is Kind.CORRECTION_DRAFTED:
            drafted = Correction(
                **summary_of(one),
                of=text_in(facts, "of") or "not named",
                number=count_in(facts, "number"),
                errata=count_in(facts, "errata"),
                state="waits",
                ended=None,
                reason=None,
            )
            corrections.append(drafted)
        elif corrections:
            ended = {
                "state": _ENDED[one.entry.kind],
                "ended": EntrySummary(**summary_of(one)),
                "reason": text_in(facts, "reason"),
            }
            corrections[-1] = corrections[-1].model_copy(update=ended)
    return tuple(newest(corrections))


def withdrawal_of(history: History) -> Withdrawal | None:
    """Return the withdrawal; None when nothing was withdrawn."""
    ordered, done = history.latest(Kind.WITHDRAWAL_ORDERED), history.latest(Kind.WITHDRAWN)
    if ordered is None:
        return None
    return Withdrawal(
        **summary_of(ordered),
        reason=text_in(ordered.entry.facts, "reason") or "not given",
        done=EntrySummary(**summary_of(done)) if done else None,
        files=count_in(done.entry.facts, "files") if done else None,
    )


def referrals_of(history: History) -> tuple[Referral, ...]:
    """List how many cases were referred back when."""
    return tuple(
        Referral(**summary_of(one), cases=count_in(one.entry.facts, "cases"))
        for one in newest(history.all_of(Kind.CASE_REFERRED_BACK))
    )


def accuracy_checks_of(history: History) -> tuple[AccuracyCheck, ...]:
    """List every check of a draft's facts by the force, with its answer."""
    checks: list[AccuracyCheck] = []
    for one in history.all_of(Kind.ACCURACY_OPENED, Kind.ACCURACY_COMMENTED):
        facts = one.entry.facts
        if one.entry.kind is Kind.ACCURACY_OPENED:
            checks.append(
                AccuracyCheck(**summary_of(one), until=instant_in(facts, "until"), answer=None, comments=None)
            )
        elif checks:
            answer = {"answer": EntrySummary(**summary_of(one)), "comments": count_in(facts, "comments")}
            checks[-1] = checks[-1].model_copy(update=answer)
    return tuple(newest(checks))


def _hold(placed: Recorded, lifted: Recorded | None, until: dt.datetime) -> Hold:
    facts = placed.entry.facts
    return Hold(
        **summary_of(placed),
        reason=text_in(facts, "reason") or "not given",
        is_programme=facts.get("programme") is True,
        # The clocks of two writers may differ; a hold lasts no less than no day.
        days=max(0, (london_date(until) - london_date(placed.entry.at)).days),
        lifted=EntrySummary(**summary_of(lifted)) if lifted else None,
        lifted_reason=text_in(lifted.entry.facts, "reason") if lifted else None,
    )
