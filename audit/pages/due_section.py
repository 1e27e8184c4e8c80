"""Due dates on a page: what was due, when it was done, in time or late, and why."""

from __future__ import annotations

from audit.pages.due_chart import picture_of
from audit.pages.tables import entries_table, things_table
from audit.pages.words import day, known, verdict_of
from reports.layout.blocks import Block, Bullets, Column, Paragraph, Section, words
from schemas.audit.report import Due, InspectionTrail


def due_section(trail: InspectionTrail) -> Section:
    """Lay out what publication made due, and what became of it."""
    if not trail.dues:
        return Section("due", "Due dates", (Paragraph(words("Nothing is due: no follow-up was planned yet.")),))
    return Section(
        "due",
        "Due dates",
        (*picture_of(trail), *_table(trail), *_missing(trail)),
        (
            *(_why(due) for due in trail.dues if due.subject == "revisit"),
            _changes(trail),
            *((_rules(trail),) if any(due.rule for due in trail.dues) or trail.not_applied else ()),
        ),
    )


def _table(trail: InspectionTrail) -> tuple[Block, ...]:
    return things_table(
        "What was due and what became of it",
        trail.dues,
        (
            (Column("What", share=6), lambda due: due.subject),
            (Column("Planned for", share=6), lambda due: day(due.planned)),
            (Column("Last day that stands", share=6), _standing),
            (Column("Done", share=6), lambda due: known(due.done)),
            (Column("In time or late", share=8), verdict_of),
        ),
        note="A date that is known only to the month stays a range, and a verdict holds on every reading of it.",
    )


def _standing(due: Due) -> str:
    return f"{day(due.stands)} (changed)" if due.changes else day(due.stands)


def _why(due: Due) -> Section:
    blocks: tuple[Block, ...] = (Paragraph(words(f"{verdict_of(due)}.")),)
    if due.reasons:
        blocks += (
            Paragraph(words("What the record holds that explains it:")),
            Bullets(tuple(words(reason) for reason in due.reasons)),
        )
    else:
        blocks += (Paragraph(words("The record holds no change of the date and no hold that would explain lateness.")),)
    return Section("revisit", "The revisit: in time or late, and why", blocks)


def _changes(trail: InspectionTrail) -> Section:
    changed = [(due.subject, change) for due in trail.dues for change in due.changes]
    subjects = {change.entry: subject for subject, change in changed}
    return Section(
        "changes",
        "Changed due dates",
        entries_table(
            trail,
            "Every change of a due date",
            sorted((change for _, change in changed), key=lambda change: change.entry),
            (
                (Column("What", share=5), lambda one: subjects[one.entry]),
                (Column("From", share=6), lambda one: one.old),
                (Column("To", share=5), lambda one: one.new),
                (Column("Why", share=9), lambda one: one.reason),
            ),
            empty="No due date was changed.",
        ),
    )


def _missing(trail: InspectionTrail) -> tuple[Block, ...]:
    waited = [due for due in trail.dues if due.verdict in {"due", "overdue"} and due.subject != "revisit"]
    missing = tuple(words(f"{due.subject}: not received. {verdict_of(due)}.") for due in waited)
    return (Bullets(missing),) if missing else ()


def _rules(trail: InspectionTrail) -> Section:
    rules = list(dict.fromkeys(due.rule for due in trail.dues if due.rule))
    return Section(
        "rules",
        "By which rules",
        (
            *((Bullets(tuple(words(rule) for rule in rules)),) if rules else ()),
            *(Paragraph(words(f"Does not apply: {text}")) for text in trail.not_applied),
        ),
    )
