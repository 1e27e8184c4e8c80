"""Who decided what on which evidence, who was refused, and that author, moderator and approver are three people."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from audit.report.lenient_facts import MOST_NAMES, count_in, digest_in, instant_in, newest, summary_of, text_in
from domain.lifecycle.separation import people_with
from schemas.audit.report import Decision, Exhibit, Refusal, Separation
from schemas.lifecycle.acts import SeparatedDuty
from schemas.lifecycle.moves import Kind

if TYPE_CHECKING:
    from domain.lifecycle.history import History, Recorded

_ON_DRAFTS: Final = {
    Kind.MODERATED: "moderated the draft: read it against its evidence",
    Kind.REPORT_APPROVED: "approved the initial report",
    Kind.REPORT_RETURNED: "returned the initial report",
    Kind.REVIEW_APPROVED: "approved the review",
    Kind.REVIEW_RETURNED: "returned the review",
    Kind.CORRECTION_APPROVED: "approved the correction",
    Kind.CORRECTION_RETURNED: "returned the correction",
}
_OTHERS: Final = {
    Kind.HOLD_PLACED: "put the inspection on hold",
    Kind.HOLD_LIFTED: "lifted the hold",
    Kind.DUE_DATE_CHANGED: "changed a due date",
    Kind.WITHDRAWAL_ORDERED: "ordered the withdrawal",
}
_DRAFTS: Final = (Kind.REPORT_DRAFTED, Kind.REVIEW_DRAFTED, Kind.CORRECTION_DRAFTED)
_EVIDENCE: Final = {
    Kind.REPORT_DRAFTED: ((Kind.FIELDWORK_RECORDED,), "evidence of the fieldwork"),
    Kind.REVIEW_DRAFTED: ((Kind.REVIEW_SUBMITTED,), "review return"),
    Kind.CORRECTION_DRAFTED: (
        (Kind.PUBLISHED, Kind.REVIEW_PUBLISHED, Kind.CORRECTION_PUBLISHED),
        "the publication that stood",
    ),
}
REFUSALS: Final = (Kind.ACT_REFUSED, Kind.REPORT_REFUSED, Kind.REVIEW_REFUSED, Kind.CORRECTION_REFUSED)
DECISIONS: Final = (*_ON_DRAFTS, *_OTHERS)
_COUNTS: Final = ("cases", "findings", "expectations", "warnings", "errata")


def decisions_of(history: History) -> tuple[Decision, ...]:
    """List what people decided, oldest first."""
    return tuple(
        _decision(history, one, {**_ON_DRAFTS, **_OTHERS}[one.entry.kind]) for one in newest(history.all_of(*DECISIONS))
    )


def refusals_of(history: History) -> tuple[Refusal, ...]:
    """List what was tried and not allowed, oldest first."""
    return tuple(
        Refusal(
            **summary_of(one),
            # Entries from before every act could be refused name no act: they are of an approval.
            act=text_in(one.entry.facts, "act") or "approve",
            rule=text_in(one.entry.facts, "rule") or "not named",
            reason=text_in(one.entry.facts, "reason") or "not given",
        )
        for one in newest(history.all_of(*REFUSALS))
    )


def separation_of(history: History) -> Separation:
    """Name who was author, moderator and approver, and who was more than one of them."""
    parts = {part: people_with(history, part) for part in SeparatedDuty}
    times = Counter(person for people in parts.values() for person in people)
    return Separation(
        authors=_first(parts[SeparatedDuty.AUTHOR]),
        moderators=_first(parts[SeparatedDuty.MODERATOR]),
        approvers=_first(parts[SeparatedDuty.APPROVER]),
        in_two_parts=_first(frozenset(person for person, count in times.items() if count > 1)),
    )


def _first(people: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(people)[:MOST_NAMES])


def _decision(history: History, one: Recorded, words: str) -> Decision:
    facts = one.entry.facts
    if one.entry.kind is Kind.DUE_DATE_CHANGED:
        words = f"{words}: {text_in(facts, 'subject')}, to {text_in(facts, 'new')} (before: {text_in(facts, 'old')})"
    elif facts.get("programme") is True:
        words = f"{words}, with the whole programme"
    return Decision(
        **summary_of(one),
        decision=words,
        draft=digest_in(one) if one.entry.kind in _ON_DRAFTS else None,
        exhibits=_exhibits(history.before(one)) if one.entry.kind in _ON_DRAFTS else (),
        reason=text_in(facts, "reason"),
        embargo=instant_in(facts, "embargo"),
    )


def _exhibits(before: History) -> tuple[Exhibit, ...]:
    draft = before.latest(*_DRAFTS)
    if draft is None:
        return ()
    kinds, words = _EVIDENCE[draft.entry.kind]
    evidence = before.latest(*kinds)
    shown = [_exhibit(evidence, words)] if evidence else []
    return (*shown, _exhibit(draft, f"draft, round {count_in(draft.entry.facts, 'round') or 1}"))


def _exhibit(recorded: Recorded, what: str) -> Exhibit:
    counted = {name: count_in(recorded.entry.facts, name) for name in _COUNTS}
    return Exhibit(
        entry=recorded.entry.seq,
        what=what,
        sha256=digest_in(recorded),
        counts={name: count for name, count in counted.items() if count is not None},
    )
