"""The audit report of the whole programme as a page, for management."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from audit.pages.due_chart import revisits_of
from audit.pages.page import CLOSING, PUBLISHER
from audit.pages.proof_section import proof_notice, proof_section, proof_words
from audit.pages.words import NONE, VERDICTS, cut_short, day, moment, number, rule, sure, who
from reports.layout.blocks import Bar, Bars, Bullets, Column, Facts, Page, Paragraph, Row, Section, Table, words
from reports.layout.page import render_page
from reports.layout.phrases import counted, listed

if TYPE_CHECKING:
    from reports.layout.blocks import Block
    from reports.layout.rendering import Rendering
    from schemas.audit.report import BoardLine, ProgrammeTrail, Verdict


def render_programme_audit(trail: ProgrammeTrail) -> Rendering:
    """Write the audit report of the programme as a page; the same bytes for the same values."""
    return render_page(page_of_programme(trail), "audit-report.html")


def page_of_programme(trail: ProgrammeTrail) -> Page:
    """Lay the audit report of the programme out as sections."""
    return Page(
        title="All inspections: audit report",
        kicker="The whole programme",
        publisher=PUBLISHER,
        description="Where every inspection stands, what is late, who must act, and whether the record holds.",
        head=(*proof_notice(trail.check, None), _facts(trail)),
        sections=(
            Section("late", "What is late or overdue", _late(trail)),
            Section("waiting", "Who must act", _waiting(trail)),
            Section("board", "The board", (*_states(trail), *_board(trail), *_unreadable(trail))),
            Section("revisits", "Revisits", revisits_of(trail) or (Paragraph(words("No revisit is planned yet.")),)),
            Section("holds", "On hold", _holds(trail)),
            Section("refusals", "What was tried and refused", _refusals(trail)),
            proof_section(trail.check, trail.seals),
        ),
        foot=(words(CLOSING),),
    )


def _facts(trail: ProgrammeTrail) -> Facts:
    late = sum(bool(here.late) for here in trail.board)
    revisits = [f"{count:,} {VERDICTS[verdict].lower()}" for verdict, count in _verdicts(trail)]
    return Facts(
        (
            ("Report made", words(moment(trail.at))),
            ("Record", words(proof_words(trail.check))),
            ("Inspections", words(f"{len(trail.board) + len(_nowhere(trail)):,}")),
            ("With something late", words(f"{late:,}")),
            ("Revisits", words(listed(revisits) or "none planned")),
            ("On hold", words(f"{len(trail.open_holds):,}")),
            ("Refusals", words(f"{trail.refusals_in_all:,}")),
            ("Could not be read", words(f"{len(trail.unreadable):,}")),
        )
    )


def _verdicts(trail: ProgrammeTrail) -> list[tuple[Verdict, int]]:
    return [(verdict, trail.revisits[verdict]) for verdict in VERDICTS if verdict in trail.revisits]


def _nowhere(trail: ProgrammeTrail) -> set[str]:
    return {one.inspection for one in trail.unreadable} - {here.inspection for here in trail.board}


def _late(trail: ProgrammeTrail) -> tuple[Block, ...]:
    late = sorted(
        (here for here in trail.board if here.late), key=lambda here: (-here.days_late_at_least, here.inspection)
    )
    if not late:
        return (Paragraph(words("Nothing is late.")),)
    return (
        Table(
            caption="Inspections with something late, the latest revisit first",
            columns=(
                Column("Inspection", share=6),
                Column("What is late", share=12),
                Column("Waits for", share=6),
                Column("On hold", share=8),
            ),
            rows=tuple(
                Row(
                    (
                        words(here.inspection),
                        words("; ".join(here.late)),
                        words(here.waits_for),
                        words(here.hold or "no"),
                    )
                )
                for here in late
            ),
        ),
    )


def _waiting(trail: ProgrammeTrail) -> tuple[Block, ...]:
    waiting = Counter(here.waits_for for here in trail.board if here.waits_for != "nobody")
    if not waiting:
        return (Paragraph(words("Nobody: no inspection waits for anything.")),)
    return (
        Table(
            caption="For whom inspections wait",
            columns=(Column("Who", share=5), Column("Inspections", is_number=True, share=2), Column("Which", share=12)),
            rows=tuple(
                Row(
                    (
                        words(name),
                        words(number(count)),
                        words(", ".join(here.inspection for here in trail.board if here.waits_for == name)),
                    )
                )
                for name, count in sorted(waiting.items(), key=lambda one: (-one[1], one[0]))
            ),
        ),
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


def _board(trail: ProgrammeTrail) -> tuple[Block, ...]:
    if not trail.board:
        return ()
    return (
        Table(
            caption="Every inspection",
            columns=(
                Column("Inspection", share=6),
                Column("Stands at", share=6),
                Column("Next", share=8),
                Column("Revisit due", share=7),
                Column("Revisit", share=6),
                Column("Refusals", is_number=True, share=4),
                Column("Last entry", share=6),
            ),
            rows=tuple(_board_row(here) for here in trail.board),
        ),
    )


def _stands(here: BoardLine) -> str:
    incident = here.incident or ""
    return incident if incident.startswith(here.state) else ". ".join(filter(None, (here.state, incident)))


def _board_row(here: BoardLine) -> Row:
    return Row(
        (
            words(here.inspection),
            words(_stands(here)),
            words(here.next),
            words(day(here.revisit_due)),
            words(VERDICTS[here.revisit] if here.revisit else NONE),
            words(number(here.refusals)),
            words(moment(here.changed_at)),
        )
    )


def _unreadable(trail: ProgrammeTrail) -> tuple[Block, ...]:
    if not trail.unreadable:
        return ()
    said = f"{counted(len(trail.unreadable), 'inspection')} could not be read, whole or in part:"
    return (
        Paragraph(words(said)),
        Bullets(tuple(words(f"{one.inspection}: {one.fault}") for one in trail.unreadable)),
    )


def _holds(trail: ProgrammeTrail) -> tuple[Block, ...]:
    if not trail.open_holds:
        return (Paragraph(words("No inspection is on hold.")),)
    return (
        Table(
            caption="Holds that were not lifted",
            columns=(
                Column("Inspection", share=6),
                Column("Since", share=7),
                Column("Days", is_number=True, share=3),
                Column("By", share=8),
                Column("Why", share=10),
            ),
            rows=tuple(
                Row(
                    (
                        words(hold.inspection),
                        words(moment(hold.at)),
                        words(number(hold.days)),
                        words(f"{who(hold)}, {sure(hold)}"),
                        words(
                            hold.reason or NONE, " (with the whole programme)" if hold.facts.get("programme") else ""
                        ),
                    )
                )
                for hold in trail.open_holds
            ),
        ),
    )


def _refusals(trail: ProgrammeTrail) -> tuple[Block, ...]:
    if not trail.refusals:
        return (Paragraph(words("Nothing was refused.")),)
    return (
        Table(
            caption="Every refusal, newest first",
            columns=(
                Column("Inspection", share=6),
                Column("When", share=7),
                Column("Who", share=8),
                Column("Act", share=5),
                Column("Rule", share=6),
                Column("Reason", share=12),
            ),
            rows=tuple(
                Row(
                    (
                        words(f"{one.inspection}, entry {one.entry}"),
                        words(moment(one.at)),
                        words(f"{who(one)}, {sure(one)}"),
                        words(one.act),
                        words(rule(one)),
                        words(one.reason),
                    )
                )
                for one in trail.refusals
            ),
            note=cut_short(len(trail.refusals), trail.refusals_in_all, "refusals"),
        ),
    )
