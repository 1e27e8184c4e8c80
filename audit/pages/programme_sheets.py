"""The audit report of the whole programme as tables of typed cells, for spreadsheets."""

from __future__ import annotations

from audit.pages.sheets import (
    Sheet,
    entries_of,
    first_day,
    known_cell,
    last_day,
    sheets_of_check,
    side_events_of,
    table_of,
)
from schemas.audit.report import ProgrammeTrail


def sheets_of_programme(trail: ProgrammeTrail) -> tuple[Sheet, ...]:
    """Lay the audit report of the programme out as tables, each of one kind of thing."""
    return (
        table_of(
            "board",
            trail.board,
            *("inspection", "force", "state", "waits_for", "next"),
            ("to_fix", lambda here: here.incident),
            ("late", lambda here: "; ".join(here.late) or None),
            ("revisit_due_earliest", lambda here: first_day(here.revisit_due)),
            ("revisit_due_latest", lambda here: last_day(here.revisit_due)),
            ("revisit_done", lambda here: known_cell(here.revisit_done)),
            *("revisit", "days_late_at_least", "days_late_at_most"),
            ("on_hold", lambda here: here.hold),
            *("refusals", "entries"),
            ("changed_at_utc", lambda here: here.changed_at),
        ),
        table_of("unreadable", trail.unreadable, "inspection", "fault"),
        table_of("states", trail.states, "state", "inspections"),
        Sheet("revisits", ("revisit", "inspections"), tuple(sorted(trail.revisits.items()))),
        side_events_of("open holds", trail.open_holds, "inspection"),
        entries_of("refusals", trail.refusals, "inspection", "act", "rule", "reason"),
        *sheets_of_check(trail.check, trail.seals),
        Sheet(
            "about",
            ("what", "value"),
            (("report made (UTC)", trail.at), ("refusals in all", trail.refusals_in_all)),
        ),
    )
