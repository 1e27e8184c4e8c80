"""The audit report of one inspection as tables of typed cells, for spreadsheets."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from audit.report.lenient_facts import value_in
from schemas.audit.side_events import SHOWN_FACTS
from schemas.dates import date_without_source

if TYPE_CHECKING:
    from collections.abc import Iterable

    from audit.report.lenient_facts import Value
    from schemas.audit.check import RecordCheck, SealCoverage
    from schemas.audit.report import Due, EntrySummary, InspectionTrail, SideEvent
    from schemas.dates import DateRange

Cell: TypeAlias = str | int | dt.date | dt.datetime | None
"""Instants are in UTC."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its name, the names of its columns, its rows."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


SUMMARY: Final = ("entry", "at_utc", "person", "role", "assurance")
_COLUMNS: Final = tuple(dict.fromkeys(fact.column for facts in SHOWN_FACTS.values() for fact in facts.values()))
SIDE_EVENT: Final = (
    *SUMMARY,
    *("what", "reason", "artefact_sha256", *_COLUMNS, "state", "days"),
    *(f"followed_{column}" for column in SUMMARY),
    "followed_reason",
)


def summary_cells(entry: EntrySummary | None) -> tuple[Cell, ...]:
    """Return the cells of `SUMMARY`."""
    if entry is None:
        return (None,) * len(SUMMARY)
    return (entry.entry, entry.at, entry.person, entry.role, entry.assurance)


def side_event_cells(one: SideEvent) -> tuple[Cell, ...]:
    """Return the cells of `SIDE_EVENT`."""
    facts = {fact.column: _cell(value_in(one.facts, fact)) for fact in SHOWN_FACTS[one.what].values()}
    return (
        *summary_cells(one),
        *(one.what, one.reason, one.artefact),
        *(facts.get(column) for column in _COLUMNS),
        *(one.state, one.days),
        *summary_cells(one.followed_by),
        one.later_reason,
    )


def _cell(value: Value | None) -> Cell:
    return _yes_or_no(value) if isinstance(value, bool) else value


def sheets_of_inspection(trail: InspectionTrail) -> tuple[Sheet, ...]:
    """Lay the audit report of one inspection out as tables, each of one kind of thing."""
    return (
        Sheet("about", ("what", "value"), tuple(_about(trail))),
        _dues(trail),
        Sheet(
            "changed dates",
            (*SUMMARY, "what", "old", "new", "reason"),
            tuple(
                (*summary_cells(one), due.subject, one.old, one.new, one.reason)
                for due in trail.dues
                for one in due.changes
            ),
        ),
        *_decisions(trail),
        *_validations(trail),
        Sheet("side events", SIDE_EVENT, tuple(side_event_cells(one) for one in trail.side_events)),
        Sheet(
            "refusals",
            (*SUMMARY, "act", "rule", "reason"),
            tuple((*summary_cells(one), one.act, one.rule, one.reason) for one in trail.refusals),
        ),
        Sheet(
            "timeline",
            (*SUMMARY, "kind", "words", "entry_sha256", "artefact_sha256", "is_sealed"),
            tuple(
                (*summary_cells(one), one.kind, one.words, one.digest, one.artefact, _yes_or_no(one.is_sealed))
                for one in trail.lines
            ),
        ),
        *sheets_of_check(trail.check, trail.seals),
    )


def sheets_of_check(check: RecordCheck | None, seals: SealCoverage | None) -> tuple[Sheet, ...]:
    """Lay out what verification found and how far everything is sealed."""
    newest = seals.checkpoint if seals else None
    sealed: list[tuple[Cell, ...]] = []
    if seals is not None:
        sealed = [("entries", seals.entries), ("entries not sealed yet", seals.unsealed)]
        sealed += [("fault", seals.fault)] if seals.fault else []
    if newest is not None:
        sealed += [("seal", newest.seal), ("sealed at (UTC)", newest.at), ("log", newest.origin)]
        sealed += [("covers", newest.size), ("root", newest.root)]
    return (
        Sheet(
            "verification",
            ("layer", "checked", "findings", "lacked"),
            tuple((one.layer, one.checked, one.findings, one.lacked) for one in check.layers) if check else (),
        ),
        Sheet(
            "findings",
            ("layer", "where", "entry", "finding"),
            tuple((one.layer, one.where, one.entry, one.message) for one in check.findings) if check else (),
        ),
        Sheet("seals", ("what", "value"), tuple(sealed)),
    )


def range_cells(days: DateRange | None) -> tuple[dt.date | None, dt.date | None]:
    """Return the first and the last day that a date can be."""
    return (days.earliest, days.latest) if days else (None, None)


def known_cell(date: str | None) -> Cell:
    """Return a day as a day, and what is known to the month as text: `2016-02`."""
    if date is None:
        return None
    known = date_without_source(date)
    return known.earliest if known.is_exact else date


def _yes_or_no(value: bool | None) -> str | None:  # noqa: FBT001 - the value itself
    return None if value is None else "yes" if value else "no"


def _about(trail: InspectionTrail) -> Iterable[tuple[Cell, ...]]:
    yield ("inspection", trail.inspection)
    yield ("force", trail.force)
    yield ("report made (UTC)", trail.at)
    yield ("newest entry (SHA-256)", trail.head)
    if trail.standing is not None:
        yield ("stands at", trail.standing.state)
        yield ("next", trail.standing.next)
        yield from (("late", words) for words in trail.standing.late)
    if trail.fault:
        yield ("could not be read", trail.fault)
    for part, people in (
        ("author", trail.separation.authors),
        ("moderator", trail.separation.moderators),
        ("approver", trail.separation.approvers),
        ("in more than one of these parts", trail.separation.in_two_parts),
    ):
        yield from ((part, person) for person in people)
    yield from (("rule that does not apply", text) for text in trail.not_applied)
    yield from ((f"{things} in all", count) for things, count in sorted(trail.in_all.items()))


def _dues(trail: InspectionTrail) -> Sheet:
    return Sheet(
        "due dates",
        (
            "what",
            "planned_earliest",
            "planned_latest",
            "stands_earliest",
            "stands_latest",
            "act_by",
            "done",
            "verdict",
            "days_late_at_least",
            "days_late_at_most",
            "verdict_against_first_date",
            "outcome",
            "reason",
            "rule",
        ),
        tuple(_due(due) for due in trail.dues),
    )


def _due(due: Due) -> tuple[Cell, ...]:
    late = due.timeliness
    return (
        due.subject,
        *range_cells(due.planned),
        *range_cells(due.stands),
        due.act_by,
        known_cell(due.done),
        due.verdict,
        late.days_late_at_least if late else due.days_overdue,
        late.days_late_at_most if late else due.days_overdue,
        due.against_plan.verdict if due.against_plan else None,
        due.outcome,
        "; ".join(due.reasons) or None,
        due.rule,
    )


def _decisions(trail: InspectionTrail) -> Iterable[Sheet]:
    yield Sheet(
        "decisions",
        (*SUMMARY, "decision", "reason", "embargo_utc", "draft_sha256"),
        tuple((*summary_cells(one), one.decision, one.reason, one.embargo, one.draft) for one in trail.decisions),
    )
    counts = ("cases", "findings", "expectations", "warnings", "errata")
    yield Sheet(
        "evidence",
        ("entry", "evidence_entry", "what", "artefact_sha256", *counts),
        tuple(
            (one.entry, shown.entry, shown.what, shown.sha256, *(shown.counts.get(name) for name in counts))
            for one in trail.decisions
            for shown in one.exhibits
        ),
    )


def _validations(trail: InspectionTrail) -> Iterable[Sheet]:
    yield Sheet(
        "checks",
        (*SUMMARY, "what", "result", "sender", "expectations", "warnings", "problems", "artefact_sha256"),
        tuple(
            (
                *summary_cells(one),
                one.of,
                "met" if one.is_met else "rejected",
                one.sender,
                one.expectations,
                one.warnings,
                one.problems,
                one.return_digest,
            )
            for one in trail.validations
        ),
    )
    yield Sheet(
        "problems by rule",
        ("entry", "rule", "severity", "times"),
        tuple((one.entry, rule.rule, rule.severity, rule.times) for one in trail.validations for rule in one.rules),
    )
