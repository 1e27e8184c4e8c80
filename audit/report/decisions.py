"""Who decided what on which evidence, who was refused, and that author, moderator and approver are three people."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Final

from audit.report.lenient_facts import MAX_NAMES, count_in, digest_in, instant_in, newest, summary_of, text_in
from domain.lifecycle.history import History, Recorded
from domain.lifecycle.separation import people_with
from domain.lifecycle.timeline import fill
from schemas.audit.report import Decision, Exhibit, Refusal, Separation
from schemas.lifecycle.acts import DRAFTS, SeparatedDuty
from schemas.lifecycle.kinds import DECISIONS, DECISIONS_ON_DRAFTS, PUBLICATIONS, REFUSALS
from schemas.lifecycle.moves import Kind

_EVIDENCE: Final = {
    Kind.REPORT_DRAFTED: ({Kind.FIELDWORK_RECORDED}, "evidence of the fieldwork"),
    Kind.REVIEW_DRAFTED: ({Kind.REVIEW_SUBMITTED}, "review return"),
    Kind.CORRECTION_DRAFTED: (PUBLICATIONS, "the publication that stood"),
}
COUNTS: Final = {
    "cases": "cases",
    "findings": "findings",
    "expectations": "checks",
    "warnings": "warnings",
    "errata": "errata",
}
"""What is counted in evidence and drafts: the name of the fact, and what people call it."""


def decisions_of(history: History) -> tuple[Decision, ...]:
    """List what people decided, oldest first."""
    return tuple(_decision(history, one) for one in newest(history.all_of(*DECISIONS)))


def refusals_of(history: History) -> tuple[Refusal, ...]:
    """List what was tried and not allowed, oldest first."""
    return tuple(
        Refusal(
            **summary_of(one),
            act=text_in(one.entry.facts, "act") or "not named",
            rule=text_in(one.entry.facts, "rule") or "not named",
            reason=text_in(one.entry.facts, "reason") or "not given",
        )
        for one in newest(history.all_of(*REFUSALS))
    )


def separation_of(history: History) -> Separation:
    """Return who was author, moderator and approver, and who was more than one of them."""
    parts = {part: people_with(history, part) for part in SeparatedDuty}
    times = Counter(person for people in parts.values() for person in people)
    return Separation(
        authors=_first(parts[SeparatedDuty.AUTHOR]),
        moderators=_first(parts[SeparatedDuty.MODERATOR]),
        approvers=_first(parts[SeparatedDuty.APPROVER]),
        in_two_parts=_first(frozenset(person for person, count in times.items() if count > 1)),
    )


def _first(people: frozenset[str]) -> tuple[str, ...]:
    return tuple(sorted(people)[:MAX_NAMES])


def _decision(history: History, one: Recorded) -> Decision:
    facts = one.entry.facts
    is_on_draft = one.entry.kind in DECISIONS_ON_DRAFTS
    return Decision(
        **summary_of(one),
        decision=fill(DECISIONS[one.entry.kind], facts, one.entry.at),
        draft=digest_in(one) if is_on_draft else None,
        exhibits=_exhibits(history.before(one)) if is_on_draft else (),
        reason=text_in(facts, "reason"),
        embargo=_embargo(one),
    )


def _embargo(one: Recorded) -> dt.datetime | None:
    # An approval for publication at once bears its own time.
    embargo = instant_in(one.entry.facts, "embargo")
    return embargo if embargo and embargo > one.entry.at else None


def _exhibits(before: History) -> tuple[Exhibit, ...]:
    draft = before.latest(*DRAFTS)
    if draft is None:
        return ()
    kinds, words = _EVIDENCE[draft.entry.kind]
    evidence = before.latest(*kinds)
    shown = [_exhibit(evidence, words)] if evidence else []
    return (*shown, _exhibit(draft, f"draft, round {count_in(draft.entry.facts, 'round') or 1}"))


def _exhibit(recorded: Recorded, what: str) -> Exhibit:
    counted = {name: count_in(recorded.entry.facts, name) for name in COUNTS}
    return Exhibit(
        entry=recorded.entry.seq,
        what=what,
        sha256=digest_in(recorded),
        counts={name: count for name, count in counted.items() if count is not None},
    )
