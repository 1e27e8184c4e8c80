"""The audit report of the whole programme as tables of typed cells, for spreadsheets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audit.pages.sheets import (
    SIDE_EVENT,
    SUMMARY,
    Sheet,
    known_cell,
    range_cells,
    sheets_of_check,
    side_event_cells,
    summary_cells,
)

if TYPE_CHECKING:
    from audit.pages.sheets import Cell
    from schemas.audit.report import BoardLine, ProgrammeTrail


def sheets_of_programme(trail: ProgrammeTrail) -> tuple[Sheet, ...]:
    """Lay the audit report of the programme out as tables, each of one kind of thing."""
    return (
        Sheet(
            "board",
            (
                "inspection",
                "force",
                "state",
                "waits_for",
                "next",
                "to_mend",
                "late",
                "revisit_due_earliest",
                "revisit_due_latest",
                "revisit_done",
                "revisit",
                "days_late_at_least",
                "days_late_at_most",
                "on_hold",
                "refusals",
                "entries",
                "changed_at_utc",
            ),
            tuple(_standing(here) for here in trail.board),
        ),
        Sheet("unreadable", ("inspection", "fault"), tuple((one.inspection, one.fault) for one in trail.unreadable)),
        Sheet("states", ("state", "inspections"), tuple((one.state, one.inspections) for one in trail.states)),
        Sheet("revisits", ("revisit", "inspections"), tuple(sorted(trail.revisits.items()))),
        Sheet(
            "open holds",
            ("inspection", *SIDE_EVENT),
            tuple((one.inspection, *side_event_cells(one)) for one in trail.open_holds),
        ),
        Sheet(
            "refusals",
            ("inspection", *SUMMARY, "act", "rule", "reason"),
            tuple((one.inspection, *summary_cells(one), one.act, one.rule, one.reason) for one in trail.refusals),
        ),
        *sheets_of_check(trail.check, trail.seals),
        Sheet(
            "about",
            ("what", "value"),
            (("report made (UTC)", trail.at), ("refusals in all", trail.refusals_in_all)),
        ),
    )


def _standing(here: BoardLine) -> tuple[Cell, ...]:
    return (
        here.inspection,
        here.force,
        here.state,
        here.waits_for,
        here.next,
        here.incident,
        "; ".join(here.late) or None,
        *range_cells(here.revisit_due),
        known_cell(here.revisit_done),
        here.revisit,
        here.days_late_at_least,
        here.days_late_at_most,
        here.hold,
        here.refusals,
        here.entries,
        here.changed_at,
    )
