"""Who decided what on a page: decisions with their evidence, the three people, what was checked, who was refused."""

from __future__ import annotations

from audit.pages.tables import entries_table, things_table
from audit.pages.words import NONE, arguments_in_words, cut_short, entry_link, moment, number, short
from audit.report.decisions import COUNTS
from reports.layout.blocks import Block, Column, Notice, Paragraph, Row, Run, Section, Table, Words, words
from reports.layout.phrases import listed
from schemas.audit.report import Decision, InspectionTrail, Validation
from schemas.counts import counted


def decisions_section(trail: InspectionTrail) -> Section:
    """Lay out who decided what, in which role, how sure it is that it was them, on which evidence."""
    shown = trail.decisions
    return Section(
        "decisions",
        "Who decided what, on which evidence",
        entries_table(
            trail,
            "Every decision of a person",
            shown,
            (
                (Column("Decision", share=10), _decision),
                (Column("On which evidence", share=11), lambda one: _evidence(trail, one)),
            ),
            empty="Nothing was decided yet.",
            left_out=cut_short(len(shown), trail.in_all["decisions"], "decisions"),
        ),
        (Section("three-people", "Author, moderator, approver", _separation(trail)),),
    )


def validations_section(trail: InspectionTrail) -> Section:
    """Lay out the result of each check of a return."""
    return Section(
        "checks",
        "What was checked before anybody decided",
        (
            *entries_table(
                trail,
                "Every check of a return",
                trail.validations,
                (
                    (Column("Return", share=5), lambda one: f"{one.of}, by {one.sender}" if one.sender else one.of),
                    (Column("Result", share=5), lambda one: "passed every check" if one.is_accepted else "rejected"),
                    (Column("Checks passed", is_number=True, share=5), _met),
                    (Column("Warnings", is_number=True, share=4), lambda one: number(one.warnings)),
                    (Column("Problems", is_number=True, share=4), lambda one: number(one.problems)),
                ),
                empty="No return was checked yet.",
                left_out=cut_short(len(trail.validations), trail.in_all["validations"], "checks"),
            ),
            *_rules(trail),
        ),
        tuple(_ran(one) for one in trail.validations if one.checked),
    )


def refusals_section(trail: InspectionTrail) -> Section:
    """Lay out who tried what and by which rule it was not allowed."""
    return Section(
        "refusals",
        "What was tried and refused",
        entries_table(
            trail,
            "Every refusal",
            trail.refusals,
            (
                (Column("Act", share=6), lambda one: one.act),
                (Column("Rule", share=6), lambda one: one.rule),
                (Column("Reason", share=14), lambda one: one.reason),
            ),
            empty="Nothing was refused.",
            left_out=cut_short(len(trail.refusals), trail.in_all["refusals"], "refusals"),
        ),
    )


def _decision(one: Decision) -> Words:
    runs = [Run(one.decision, is_strong=True)]
    if one.embargo:
        runs.append(Run(f"; not published before {moment(one.embargo)}"))
    if one.reason:
        runs.append(Run(f". Reason: {one.reason}"))
    return tuple(runs)


def _evidence(trail: InspectionTrail, one: Decision) -> Words:
    if not one.exhibits:
        return words(NONE)
    runs: list[Run] = []
    for place, exhibit in enumerate(one.exhibits):
        counts = listed([_count(name, count) for name, count in sorted(exhibit.counts.items())])
        runs += words(
            "; " if place else "",
            entry_link(trail, exhibit.entry),
            f", {exhibit.what}" + (f": {counts}, " if counts else ": "),
            *short(exhibit.sha256),
        )
    return tuple(runs)


def _count(name: str, count: int) -> str:
    many = COUNTS[name]
    one = {"errata": "erratum"}.get(many, many.removesuffix("s"))
    return f"{count:,} {one if count == 1 else many}"


def _separation(trail: InspectionTrail) -> tuple[Block, ...]:
    parts = trail.separation
    rows = (("Author", parts.authors), ("Moderator", parts.moderators), ("Approver", parts.approvers))
    table = Table(
        caption="Who had which part",
        columns=(Column("Part", share=1), Column("People", share=4)),
        rows=tuple(Row((words(part), words(listed(people) or "nobody yet"))) for part, people in rows),
    )
    if parts.in_two_parts:
        return (
            Notice("One person in two parts", (f"{listed(parts.in_two_parts)} had more than one of these parts.",)),
            table,
        )
    filled = sum(bool(people) for _, people in rows)
    text = (
        "Nobody had two of these parts: what was written, read against its evidence and approved passed through three "
        "different people."
        if filled == len(rows)
        else "Nobody had two of these parts so far."
    )
    return (Paragraph(words(text)), table)


def _met(one: Validation) -> str:
    return number(one.expectations) if one.is_accepted else NONE


def _ran(one: Validation) -> Section:
    met = sum(rule.is_met for rule in one.checked)
    sender = f", by {one.sender}" if one.sender else ""
    return Section(
        f"check-{one.entry}",
        f"Rules for the {one.of}{sender}: {met} of {counted(len(one.checked), 'check')} passed",
        things_table(
            "Every rule that its table was checked against",
            one.checked,
            (
                (Column("Rule", share=7), lambda rule: rule.rule),
                (Column("Checked against", share=10), arguments_in_words),
                (Column("Severity", share=3), lambda rule: rule.severity.value),
                (Column("Result", share=3), lambda rule: "passed" if rule.is_met else "not passed"),
                (Column("Rows", is_number=True, share=2), lambda rule: number(rule.rows) if rule.rows else NONE),
                (Column("Lines that break it", is_number=True, share=3), lambda rule: number(rule.broken)),
            ),
            note=f"Recorded when it was checked; the document's digest is {one.validation}.",
        ),
    )


def _rules(trail: InspectionTrail) -> tuple[Block, ...]:
    partly = [one for one in trail.validations if not one.is_all_listed]
    return things_table(
        "Problems and warnings by rule",
        [(one.entry, broken) for one in trail.validations for broken in one.rules],
        (
            (Column("Rule", share=6), lambda row: row[1].rule),
            (Column("Check", share=3), lambda row: (entry_link(trail, row[0]),)),
            (Column("Severity", share=3), lambda row: row[1].severity),
            (Column("Times", is_number=True, share=2), lambda row: number(row[1].times)),
        ),
        note=f"Of {counted(len(partly), 'check')} the record lists only the first problems." if partly else "",
    )
