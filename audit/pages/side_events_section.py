"""Side events on a page: holds, corrections, documents received, each by its row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from audit.pages.tables import entries_table
from audit.pages.words import NONE, cut_short, moment, number, short, who
from audit.report.lenient_facts import value_in
from reports.layout.blocks import Block, Column, Paragraph, Run, Section, Words, words
from reports.layout.phrases import listed
from schemas.audit.report import InspectionTrail, SideEvent
from schemas.audit.side_events import SHOWN_FACTS, SIDE_EVENTS, ShownFact
from schemas.counts import counted
from schemas.dates import in_words


def side_events_section(trail: InspectionTrail) -> Section:
    """Return the section of everything recorded beside the path from fieldwork to review."""
    found = {one.what for one in trail.side_events}
    left_out = cut_short(len(trail.side_events), trail.in_all["side events"], "events")
    missing = "" if left_out else listed([kind.name for kind in SIDE_EVENTS if kind.name not in found])
    return Section(
        "side-events",
        "Holds, corrections, documents received",
        (
            *_referrals(trail),
            *entries_table(
                trail,
                "Everything besides the five stages, oldest first",
                trail.side_events,
                (
                    (Column("What", share=6), lambda one: (Run(one.what, is_strong=True),)),
                    (Column("Details", share=9), _details),
                    (Column("What became of it", share=9), _outcome),
                ),
                empty="Nothing was recorded besides the five stages.",
                note=f"None of these was recorded: {missing}." if missing else "",
                left_out=left_out,
            ),
        ),
    )


def referrals_in_words(trail: InspectionTrail) -> str | None:
    """Return how many cases the return says were referred back, and how many were recorded so; None for none."""
    said, recorded = trail.referrals.in_return or 0, trail.referrals.recorded
    if not said and not recorded:
        return None
    text = f"{counted(said, 'case')} of the fieldwork return {_was(said)} referred back to the force"
    return f"{text}; {recorded or 'none'} {_was(recorded)} recorded as handed back at once"


def _was(number: int) -> str:
    return "was" if number in {0, 1} else "were"


def _referrals(trail: InspectionTrail) -> tuple[Block, ...]:
    text = referrals_in_words(trail)
    return (Paragraph(words(f"{text}.")),) if text else ()


def _details(one: SideEvent) -> Words:
    text = "; ".join(filter(None, (one.reason, *_facts(one))))
    artefact = (Run("; " if text else ""), Run("artefact "), *short(one.artefact)) if one.artefact else ()
    return (*words(text), *artefact) if text or artefact else words(NONE)


def _facts(one: SideEvent) -> Iterable[str]:
    for name, fact in SHOWN_FACTS[one.what].items():
        if name in one.facts:
            yield _fact(one, fact)


def _fact(one: SideEvent, fact: ShownFact) -> str:
    value = value_in(one.facts, fact)
    if isinstance(value, bool):
        return fact.heading if value else ""
    if isinstance(value, dt.datetime):
        return f"{fact.heading} {moment(value)}"
    if isinstance(value, dt.date):
        return f"{fact.heading} {in_words(value)}"
    return f"{fact.heading}: {number(value) if isinstance(value, int) else value}"


def _outcome(one: SideEvent) -> str:
    if one.state is None:
        return NONE
    days = f" ({counted(one.days, 'day')})" if one.days is not None else ""
    if one.followed_by is None:
        return f"{one.state}{days}"
    reason = f": {one.later_reason}" if one.later_reason else ""
    return f"{one.state} {moment(one.followed_by.at)} by {who(one.followed_by)}{days}{reason}"
