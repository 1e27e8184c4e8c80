"""The audit report of the whole programme as a page, for management."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from functools import partial
from typing import Protocol

from audit.pages.due_chart import revisits_of
from audit.pages.page import CLOSING, PUBLISHER
from audit.pages.proof_section import proof_notice, proof_section, proof_words
from audit.pages.tables import things_table
from audit.pages.words import NONE, VERDICTS, assurance, cut_short, day, moment, number, who
from reports.layout.blocks import Bar, Bars, Block, Bullets, Column, Facts, Page, Paragraph, Run, Section, joined, words
from reports.layout.phrases import listed
from schemas.audit.report import BoardLine, ProgrammeTrail, Verdict
from schemas.counts import counted


class _Named(Protocol):
    """Writes the name of an inspection, with a link where it has a page; with an entry, of that entry."""

    def __call__(self, inspection: str, entry: int | None = None) -> Run: ...


def page_of_programme(trail: ProgrammeTrail, pages: Collection[str] = ()) -> Page:
    """Lay the audit report of the programme out as sections.

    Args:
        pages: the inspections that have a page beside this one, to which their rows link.
    """
    named = partial(_named, pages)
    return Page(
        title="All inspections: audit report",
        kicker="The whole programme",
        publisher=PUBLISHER,
        description="Where every inspection stands, what is late, who must act, and whether the record holds.",
        head=(*proof_notice(trail.check, None), _facts(trail)),
        sections=(
            Section("late", "What is late or overdue", _late(trail, named)),
            Section("open", "Still open", _open(trail, named)),
            Section("changes", "What changed", _changes(trail, named)),
            Section("waiting", "Which stage or role is next", _waiting(trail, named)),
            Section("board", "The board", (*_states(trail), *_board(trail, named), *_unreadable(trail))),
            Section("revisits", "Revisits", revisits_of(trail) or (Paragraph(words("No revisit is planned yet.")),)),
            Section("holds", "On hold", _holds(trail, named)),
            Section("people", "People and roles", _people(trail)),
            Section("refusals", "What was tried and refused", _refusals(trail, named)),
            proof_section(trail.check, trail.seals),
        ),
        foot=(words(CLOSING),),
    )


def _named(pages: Collection[str], inspection: str, entry: int | None = None) -> Run:
    place = "" if entry is None else f"#entry-{entry}"
    return Run(
        inspection if entry is None else f"{inspection}, entry {entry}",
        href=f"{inspection}.html{place}" if inspection in pages else "",
    )


def _facts(trail: ProgrammeTrail) -> Facts:
    late = sum(bool(line.late) for line in trail.board)
    revisits = [f"{count:,} {VERDICTS[verdict].lower()}" for verdict, count in _verdicts(trail)]
    return Facts(
        (
            ("Report made", words(moment(trail.at))),
            *((("Shows only", words(f"entries {trail.shown}")),) if trail.shown else ()),
            ("Record", words(proof_words(trail.check, trail.seals))),
            ("Inspections", words(f"{len(trail.board) + len(_not_on_board(trail)):,}")),
            ("With something late", words(f"{late:,}")),
            ("Still open", words(_points(trail))),
            ("Revisits", words(listed(revisits) or "none planned")),
            ("On hold", words(f"{len(trail.open_holds):,}")),
            ("Refusals", words(f"{trail.refusals_in_all:,}")),
            ("Could not be read", words(f"{len(trail.unreadable):,}")),
        )
    )


def _points(trail: ProgrammeTrail) -> str:
    overdue = sum(line.overdue_points for line in trail.board)
    return f"{counted(sum(line.open_points for line in trail.board), 'point')}, {overdue:,} overdue"


def _verdicts(trail: ProgrammeTrail) -> list[tuple[Verdict, int]]:
    return [(verdict, trail.revisits[verdict]) for verdict in VERDICTS if verdict in trail.revisits]


def _not_on_board(trail: ProgrammeTrail) -> set[str]:
    return {one.inspection for one in trail.unreadable} - {line.inspection for line in trail.board}


def _late(trail: ProgrammeTrail, named: _Named) -> tuple[Block, ...]:
    late = sorted(
        (line for line in trail.board if line.late), key=lambda line: (-line.days_late_at_least, line.inspection)
    )
    return things_table(
        "Inspections with something late, the latest revisit first",
        late,
        (
            (Column("Inspection", share=6), lambda line: (named(line.inspection),)),
            (Column("What is late", share=12), lambda line: "; ".join(line.late)),
            (Column("Waits for", share=6), lambda line: line.waits_for),
            (Column("On hold", share=8), lambda line: line.hold or "no"),
        ),
        empty="Nothing is late.",
    )


def _open(trail: ProgrammeTrail, named: _Named) -> tuple[Block, ...]:
    return things_table(
        "What is still open of what was published, by inspection",
        [line for line in trail.board if line.open_points],
        (
            (Column("Inspection", share=6), lambda line: (named(line.inspection),)),
            (Column("Force", share=8), lambda line: line.force),
            (Column("Open", is_number=True, share=3), lambda line: number(line.open_points)),
            (Column("Overdue of these", is_number=True, share=4), lambda line: number(line.overdue_points)),
            (Column("Trail last reviewed", share=8), lambda line: line.reviewed),
        ),
        empty="Nothing is open.",
        note="The report of each inspection names every recommendation, finding and concern with its owner and date.",
    )


def _changes(trail: ProgrammeTrail, named: _Named) -> tuple[Block, ...]:
    return things_table(
        "Entries since the last review by management, or since the day that was asked for",
        trail.changes,
        (
            (Column("Inspection", share=6), lambda one: (named(one.inspection),)),
            (Column("Since", share=7), lambda one: one.since.removeprefix("since ")),
            (Column("Entries", is_number=True, share=3), lambda one: number(one.entries)),
            (Column("Newest of them", share=7), lambda one: moment(one.newest.at)),
            (Column("What", share=12), lambda one: f"{one.newest.words}, by {who(one.newest)}"),
        ),
        empty="Nothing came since.",
    )


def _waiting(trail: ProgrammeTrail, named: _Named) -> tuple[Block, ...]:
    waiting = Counter(line.waits_for for line in trail.board if line.waits_for != "nobody")
    return things_table(
        "For whom inspections wait",
        sorted(waiting.items(), key=lambda one: (-one[1], one[0])),
        (
            (Column("Who", share=5), lambda one: one[0]),
            (Column("Inspections", is_number=True, share=2), lambda one: number(one[1])),
            (
                Column("Which", share=12),
                lambda one: joined(named(line.inspection) for line in trail.board if line.waits_for == one[0]),
            ),
        ),
        empty="No inspection waits for a stage or a role. What forces still owe is listed above.",
    )


def _states(trail: ProgrammeTrail) -> tuple[Block, ...]:
    if not trail.states:
        return (Paragraph(words("No inspection was opened.")),)
    in_all = len(trail.board)
    return (
        Bars(
            title="Inspections by state",
            description="In the order of an inspection’s life.",
            bars=tuple(
                Bar(one.state.capitalize(), f"{one.inspections:,} of {in_all:,}", round(100 * one.inspections / in_all))
                for one in trail.states
            ),
        ),
    )


def _board(trail: ProgrammeTrail, named: _Named) -> tuple[Block, ...]:
    return things_table(
        "Every inspection",
        trail.board,
        (
            (Column("Inspection", share=6), lambda line: (named(line.inspection),)),
            (Column("Stands at", share=6), _stands),
            (Column("Next", share=8), lambda line: line.next),
            (Column("Revisit due", share=7), lambda line: day(line.revisit_due)),
            (Column("Revisit", share=6), lambda line: VERDICTS[line.revisit] if line.revisit else NONE),
            (Column("Refusals", is_number=True, share=4), lambda line: number(line.refusals)),
            (Column("Returns with errors", is_number=True, share=4), lambda line: number(line.rejected)),
            (Column("Last entry", share=6), lambda line: moment(line.changed_at)),
        ),
    )


def _stands(line: BoardLine) -> str:
    incident = line.incident or ""
    return incident if incident.startswith(line.state) else ". ".join(filter(None, (line.state, incident)))


def _unreadable(trail: ProgrammeTrail) -> tuple[Block, ...]:
    if not trail.unreadable:
        return ()
    text = f"{counted(len(trail.unreadable), 'inspection')} could not be read, whole or in part:"
    return (Paragraph(words(text)), Bullets(tuple(words(f"{one.inspection}: {one.fault}") for one in trail.unreadable)))


def _holds(trail: ProgrammeTrail, named: _Named) -> tuple[Block, ...]:
    return things_table(
        "Holds that were not lifted",
        trail.open_holds,
        (
            (Column("Inspection", share=6), lambda hold: (named(hold.inspection),)),
            (Column("Since", share=7), lambda hold: moment(hold.at)),
            (Column("Days", is_number=True, share=3), lambda hold: number(hold.days)),
            (Column("By", share=8), lambda hold: f"{who(hold)}, {assurance(hold)}"),
            (
                Column("Why", share=10),
                lambda hold: (
                    (hold.reason or NONE) + (" (with the whole programme)" if hold.facts.get("programme") else "")
                ),
            ),
        ),
        empty="No inspection is on hold.",
    )


def _people(trail: ProgrammeTrail) -> tuple[Block, ...]:
    return things_table(
        "Every change of people, roles and keys, newest first",
        trail.people,
        (
            (Column("Person", share=6), lambda one: one.person),
            (Column("When", share=7), lambda one: moment(one.at)),
            (Column("What", share=8), lambda one: one.what),
            (Column("Roles", share=7), lambda one: listed(one.roles) or NONE),
            (Column("By", share=6), lambda one: one.by),
            (Column("Why", share=8), lambda one: one.reason or ""),
        ),
        empty="The register was not read.",
        left_out=cut_short(len(trail.people), trail.people_in_all, "changes"),
    )


def _refusals(trail: ProgrammeTrail, named: _Named) -> tuple[Block, ...]:
    return things_table(
        "Every refusal, newest first",
        trail.refusals,
        (
            (Column("Inspection", share=6), lambda one: (named(one.inspection, entry=one.entry),)),
            (Column("When", share=7), lambda one: moment(one.at)),
            (Column("Who", share=8), lambda one: f"{who(one)}, {assurance(one)}"),
            (Column("Act", share=5), lambda one: one.act),
            (Column("Rule", share=6), lambda one: one.rule),
            (Column("Reason", share=12), lambda one: one.reason),
        ),
        empty="Nothing was refused.",
        left_out=cut_short(len(trail.refusals), trail.refusals_in_all, "refusals"),
    )
