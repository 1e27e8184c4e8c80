"""Side events of an inspection: holds, corrections, a withdrawal, documents received, each by its row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from audit.report.lenient_facts import count_in, digest_in, newest, summary_of, text_in, value_in
from domain.calendar import london_date
from domain.lifecycle.history import History, Recorded
from schemas.audit.report import EntrySummary, Referrals, SideEvent
from schemas.audit.side_events import SIDE_EVENTS, ShownFact, SideEventKind
from schemas.lifecycle.entry import Fact
from schemas.lifecycle.moves import Kind


def side_events_of(history: History, now: dt.datetime) -> tuple[SideEvent, ...]:
    """List the side events of an inspection by entry, the newest of each kind; what nothing followed lasts until now.

    Args:
        now: UTC.
    """
    found = (one for kind in SIDE_EVENTS for one in newest(_of_kind(kind, history, now)))
    return tuple(sorted(found, key=lambda one: one.entry))


def referrals_of(history: History) -> Referrals:
    """Count the cases that were referred back at once: as the return says, and as was recorded when it was done."""
    evidence = history.latest(Kind.FIELDWORK_RECORDED)
    handed_back = history.all_of(Kind.CASE_REFERRED_BACK)
    return Referrals(
        in_return=count_in(evidence.entry.facts, "referred_back") if evidence else None,
        recorded=sum(count_in(one.entry.facts, "cases") or 0 for one in handed_back),
    )


def _of_kind(kind: SideEventKind, history: History, now: dt.datetime) -> list[SideEvent]:
    pairs: list[tuple[Recorded, Recorded | None]] = []
    for one in history.all_of(kind.opened_by, *kind.followed_by):
        if one.entry.kind is kind.opened_by:
            if pairs and "replaces" in one.entry.facts:
                pairs[-1] = (pairs[-1][0], one)
            pairs.append((one, None))
        elif pairs and _concerns(one, pairs[-1]):
            pairs[-1] = (pairs[-1][0], one)
    return [_side_event(kind, opened, later, now) for opened, later in pairs]


def _concerns(one: Recorded, pair: tuple[Recorded, Recorded | None]) -> bool:
    # One kind takes back the approval of any draft, so only its cause says of which.
    return one.entry.kind is not Kind.APPROVAL_TAKEN_BACK or (
        pair[1] is not None and one.entry.because == pair[1].digest
    )


def _side_event(kind: SideEventKind, opened: Recorded, later: Recorded | None, now: dt.datetime) -> SideEvent:
    facts = _shown(kind.facts, opened)
    if later is not None:
        facts |= _shown(kind.later_facts, later)
    until = later.entry.at if later else now
    return SideEvent(
        **summary_of(opened),
        what=kind.name,
        reason=text_in(opened.entry.facts, "reason"),
        artefact=digest_in(opened),
        facts=facts,
        state=kind.followed_by[later.entry.kind] if later else kind.waiting,
        followed_by=EntrySummary(**summary_of(later)) if later else None,
        later_reason=text_in(later.entry.facts, "reason") if later else None,
        # The clocks of two writers may differ, so the later entry may bear the earlier day.
        days=max(0, (london_date(until) - london_date(opened.entry.at)).days) if kind.followed_by else None,
    )


def _shown(facts: Iterable[ShownFact], recorded: Recorded) -> dict[str, Fact]:
    stored = recorded.entry.facts
    return {fact.name: stored[fact.name] for fact in facts if value_in(stored, fact) is not None}
