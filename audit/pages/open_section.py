"""What needs attention, first on a page: what is out of order, and what is still open with its owner and date."""

from __future__ import annotations

from collections.abc import Iterator

from audit.pages.side_events_section import referrals_in_words
from audit.pages.tables import things_table
from audit.pages.words import day, entry_link, known, moment, verdict_of, who
from audit.report.trail_review import review_in_words
from reports.layout.blocks import Block, Bullets, Column, Paragraph, Run, Section, Words, words
from reports.layout.phrases import listed
from schemas.audit.open_points import OpenPoint
from schemas.audit.report import InspectionTrail
from schemas.counts import counted


def exceptions_section(trail: InspectionTrail) -> Section:
    """Lay out what is not as it should be, each with a link to where the page tells of it."""
    found = tuple(_exceptions(trail))
    blocks: tuple[Block, ...] = (Bullets(found),) if found else (Paragraph(words("Nothing is out of order.")),)
    return Section("exceptions", "What needs attention", blocks)


def open_section(trail: InspectionTrail) -> Section:
    """Lay out what is still open of what was published, with its owner and date."""
    return Section("open", "Still open", _open(trail))


def changes_section(trail: InspectionTrail) -> Section:
    """Lay out what came since management last reviewed the trail, or since what was asked for."""
    review = trail.review
    said: tuple[Block, ...] = ()
    if review is not None:
        entry = f"Last reviewed {review_in_words(review)}: it was read up to entry {review.up_to}."
        said = (
            Paragraph(words(entry)),
            *(
                (Paragraph(words("Concerns that stand:")), Bullets(tuple(words(one) for one in review.concerns)))
                if review.concerns
                else ()
            ),
            *((Paragraph(words(f"Note: {review.note}")),) if review.note else ()),
        )
    if review is None and trail.changed_since == "since it was opened":
        said = (
            Paragraph(
                words(
                    "Management has not reviewed this trail yet; ",
                    Run("ncpi audit reviewed", is_code=True),
                    " records that it did.",
                )
            ),
        )
        return Section("changes-since", "Reviewed by management", said)
    table = things_table(
        f"What changed {trail.changed_since}",
        trail.changes,
        (
            (Column("Entry", share=3), lambda one: (entry_link(trail, one.entry),)),
            (Column("When", share=7), lambda one: moment(one.at)),
            (Column("Who", share=8), who),
            (Column("What", share=15), lambda one: one.words),
        ),
        empty=f"Nothing changed {trail.changed_since}.",
    )
    return Section("changes-since", "Reviewed by management, and what changed", (*said, *table))


def open_in_words(trail: InspectionTrail) -> str:
    """Count what is still open: `4 recommendations, 2 findings and 3 concerns of the review`."""
    found = [one.subject for one in trail.open_points]
    counts = (
        counted(found.count("due"), "thing due", "things due"),
        counted(found.count("recommendation"), "recommendation"),
        counted(
            found.count("finding of the initial report"),
            "finding of the initial report",
            "findings of the initial report",
        ),
        counted(found.count("concern of the review"), "concern of the review", "concerns of the review"),
    )
    return listed([words for words in counts if not words.startswith("0 ")]) or "nothing"


def _exceptions(trail: InspectionTrail) -> Iterator[Words]:
    standing = trail.standing
    for due in trail.dues:
        if due.verdict in {"late", "overdue"}:
            yield words(f"{due.subject}: {verdict_of(due)[:1].lower()}{verdict_of(due)[1:]}. ", _to("due", "Due dates"))
    overdue = sum(one.days_overdue > 0 and one.subject == "recommendation" for one in trail.open_points)
    if overdue:
        yield words(f"{counted(overdue, 'recommendation')} past the last day and not done. ", _to("open", "Still open"))
    if standing is not None and standing.hold:
        yield words(f"On hold {standing.hold}. ", _to("side-events", "Holds"))
    elif standing is not None and standing.incident:
        yield words(f"{standing.incident}. ", _to("timeline", "Timeline"))
    if (trail.referrals.in_return or 0) > trail.referrals.recorded:
        yield words(f"{referrals_in_words(trail)}. ", _to("side-events", "Cases referred back"))
    yield from _people(trail)


def _people(trail: InspectionTrail) -> Iterator[Words]:
    if trail.review is not None and trail.review.concerns:
        concerns = counted(len(trail.review.concerns), "concern")
        yield words(f"{concerns} of management. ", _to("changes-since", "Reviewed by management"))
    if trail.separation.in_two_parts:
        people = listed(trail.separation.in_two_parts)
        yield words(f"{people} had more than one of three separate parts. ", _to("three-people", "Who had which"))
    claims = trail.in_all["refusals of a role"]
    if claims:
        yield words(
            f"{counted(claims, 'act')} refused because of the role in which it was tried. ", _to("refusals", "Refusals")
        )


def _to(anchor: str, title: str) -> Run:
    return Run(title, href=f"#{anchor}")


def _open(trail: InspectionTrail) -> tuple[Block, ...]:
    return things_table(
        "Who owes what, and by when",
        trail.open_points,
        (
            (Column("What", share=6), _what),
            (Column("Owner", share=4), lambda one: one.owner),
            (Column("Open since", share=4), lambda one: known(one.since)),
            (Column("Due", share=5), lambda one: day(one.due) if one.due else "no day was set"),
            (Column("As it stands", share=5), _stands),
            (Column("As published", share=12), lambda one: one.text or ""),
        ),
        empty="Nothing is open: nothing was published yet, everything was closed, or it was withdrawn.",
        note="A published review closes what it calls achieved or improved. Everything else stays open, whatever stage "
        "the inspection has reached.",
    )


def _what(one: OpenPoint) -> Words:
    name = (Run(one.name, is_strong=True),)
    return name if one.subject == "due" else (*name, Run(f", {one.subject}"))


def _stands(one: OpenPoint) -> str:
    if one.days_overdue and one.subject != "due":
        return f"{one.state}; {counted(one.days_overdue, 'day')} past the last day"
    return one.state
