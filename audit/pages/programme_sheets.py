"""The audit report of the whole programme as tables of typed cells, for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator

from audit.pages.sheets import SUMMARY, Cell, Sheet, entries_of, known_cell, sheets_of_check, side_events_of, table_of
from schemas.audit.report import ProgrammeTrail
from schemas.audit.side_events import HOLD


def sheets_of_programme(trail: ProgrammeTrail) -> tuple[Sheet, ...]:
    """Lay the audit report of the programme out as tables, each of one kind of thing."""
    return (
        table_of(
            "board",
            trail.board,
            *("inspection", "force", "state", "waits_for", "next"),
            ("to_fix", lambda line: None if line.hold else line.incident),
            ("late", lambda line: "; ".join(line.late) or None),
            *("open_points", "overdue_points", "reviewed"),
            ("revisit_due_earliest", "revisit_due.earliest"),
            ("revisit_due_latest", "revisit_due.latest"),
            ("revisit_done", lambda line: known_cell(line.revisit_done)),
            *("revisit", "days_late_at_least", "days_late_at_most"),
            ("on_hold", "hold"),
            *("refusals", "rejected", "entries"),
            ("changed_at_utc", "changed_at"),
        ),
        table_of("unreadable", trail.unreadable, "inspection", "fault"),
        table_of("states", trail.states, "state", "inspections"),
        Sheet("revisits", ("revisit", "inspections"), tuple(sorted(trail.revisits.items()))),
        table_of(
            "changes since",
            trail.changes,
            *("inspection", "since", "entries"),
            *((f"newest_{column}", f"newest.{attribute}") for column, attribute in SUMMARY.items()),
            ("newest_words", "newest.words"),
        ),
        side_events_of("open holds", trail.open_holds, "inspection", facts=[fact.column for fact in HOLD.facts]),
        entries_of("refusals", trail.refusals, "inspection", "act", "rule", "reason"),
        table_of(
            "people",
            trail.people,
            "record",
            ("at_utc", "at"),
            *("by", "person", "what"),
            ("roles", lambda one: ", ".join(one.roles) or None),
            "reason",
        ),
        *sheets_of_check(trail.check, trail.seals),
        Sheet("about", ("what", "value"), tuple(_about(trail))),
    )


def _about(trail: ProgrammeTrail) -> Iterator[tuple[Cell, ...]]:
    yield ("report made (UTC)", trail.at)
    if trail.shown:
        yield ("shows only entries", trail.shown)
    yield ("refusals in all", trail.refusals_in_all)
    yield ("changes of people in all", trail.people_in_all)
