"""The audit report of one inspection as tables of typed cells, for spreadsheets."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeAlias, TypeVar

from audit.pages.words import arguments_in_words
from audit.report.decisions import COUNTS
from audit.report.lenient_facts import value_in
from audit.report.trail_review import review_in_words
from schemas.audit.check import LAYER_WORDS, RecordCheck, SealCoverage
from schemas.audit.report import EntrySummary, InspectionTrail, SideEvent
from schemas.audit.side_events import SHOWN_FACTS
from schemas.dates import date_without_source

Cell: TypeAlias = str | int | bool | dt.date | dt.datetime | None
"""Instants are in UTC."""
T = TypeVar("T")
E = TypeVar("E", bound="EntrySummary")
S = TypeVar("S", bound="SideEvent")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One table: its name, the names of its columns, its rows."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


SUMMARY: Final = {"entry": "entry", "at_utc": "at", "person": "person", "role": "role", "assurance": "assurance"}
"""The columns in front of every table of entries, each with its attribute."""
FACTS: Final = tuple(dict.fromkeys(fact.column for facts in SHOWN_FACTS.values() for fact in facts.values()))


def table_of(name: str, things: Iterable[T], *columns: str | tuple[str, str | Callable[[T], Cell]]) -> Sheet:
    """Lay things out as a table, a row each.

    Args:
        columns: an attribute, whose name the column bears; or the column's name, and an attribute (`due.latest` for one
            of an attribute, empty where that is None) or a function that reads its cells.
    """
    pairs: list[tuple[str, str | Callable[[T], Cell]]]
    pairs = [(one, one) if isinstance(one, str) else one for one in columns]
    rows = tuple(
        tuple(_cell(_attribute(thing, read) if isinstance(read, str) else read(thing)) for _, read in pairs)
        for thing in things
    )
    return Sheet(name, tuple(column for column, _ in pairs), rows)


def entries_of(name: str, entries: Iterable[E], *columns: str | tuple[str, str | Callable[[E], Cell]]) -> Sheet:
    """Lay entries out as a table: `SUMMARY`, then the given columns."""
    return table_of(name, entries, *SUMMARY.items(), *columns)


def side_events_of(name: str, side_events: Iterable[S], *columns: str, facts: Sequence[str] = FACTS) -> Sheet:
    """Lay side events out as a table, one column for each fact that any of them may bear."""
    return entries_of(
        name,
        side_events,
        *columns,
        "what",
        "reason",
        ("artefact_sha256", "artefact"),
        *((column, partial(_fact, column)) for column in facts),
        "state",
        "days",
        *((f"followed_{column}", f"followed_by.{attribute}") for column, attribute in SUMMARY.items()),
        ("followed_reason", "later_reason"),
    )


def _attribute(thing: Any, path: str) -> Any:  # noqa: ANN401 - an attribute of anything
    for name in path.split("."):
        thing = None if thing is None else getattr(thing, name)
    return thing


def _cell(value: Cell) -> Cell:
    return ("no", "yes")[value] if isinstance(value, bool) else value


def _fact(column: str, one: SideEvent) -> Cell:
    shown = next((fact for fact in SHOWN_FACTS[one.what].values() if fact.column == column), None)
    return value_in(one.facts, shown) if shown else None


def sheets_of_inspection(trail: InspectionTrail) -> tuple[Sheet, ...]:
    """Lay the audit report of one inspection out as tables, each of one kind of thing."""
    subjects = {change.entry: due.subject for due in trail.dues for change in due.changes}
    return (
        Sheet("about", ("what", "value"), tuple(_about(trail))),
        table_of(
            "due dates",
            trail.dues,
            ("what", "subject"),
            ("planned_earliest", "planned.earliest"),
            ("planned_latest", "planned.latest"),
            ("stands_earliest", "stands.earliest"),
            ("stands_latest", "stands.latest"),
            "act_by",
            ("done", lambda due: known_cell(due.done)),
            "verdict",
            "days_late_at_least",
            "days_late_at_most",
            ("verdict_against_first_date", "against_plan.verdict"),
            "outcome",
            ("reason", lambda due: "; ".join(due.reasons) or None),
            "rule",
        ),
        table_of(
            "still open",
            trail.open_points,
            ("what", "subject"),
            *("name", "owner"),
            ("since", lambda one: known_cell(one.since)),
            ("due_earliest", "due.earliest"),
            ("due_latest", "due.latest"),
            *("state", "days_overdue", "text"),
        ),
        entries_of("changes since", trail.changes, "kind", "words", ("entry_sha256", "digest")),
        entries_of(
            "changed dates",
            [change for due in trail.dues for change in due.changes],
            ("what", lambda change: subjects[change.entry]),
            "old",
            "new",
            "reason",
        ),
        entries_of(
            "decisions", trail.decisions, "decision", "reason", ("embargo_utc", "embargo"), ("draft_sha256", "draft")
        ),
        Sheet(
            "evidence",
            ("entry", "evidence_entry", "what", "artefact_sha256", *COUNTS.values()),
            tuple(
                (one.entry, shown.entry, shown.what, shown.sha256, *(shown.counts.get(name) for name in COUNTS))
                for one in trail.decisions
                for shown in one.exhibits
            ),
        ),
        entries_of(
            "checks",
            trail.validations,
            ("what", "of"),
            ("result", lambda one: "passed" if one.is_accepted else "rejected"),
            "sender",
            ("checks_passed", "expectations"),
            "warnings",
            "problems",
            ("artefact_sha256", "return_digest"),
        ),
        Sheet(
            "problems by rule",
            ("entry", "rule", "severity", "times"),
            tuple((one.entry, rule.rule, rule.severity, rule.times) for one in trail.validations for rule in one.rules),
        ),
        Sheet(
            "rules checked",
            ("entry", "validation_sha256", "rule", "arguments", "severity", "passed", "rows", "broken_lines"),
            tuple(
                (
                    one.entry,
                    one.validation,
                    rule.rule,
                    arguments_in_words(rule),
                    rule.severity.value,
                    _cell(rule.is_met),
                    rule.rows,
                    rule.broken,
                )
                for one in trail.validations
                for rule in one.checked
            ),
        ),
        side_events_of("side events", trail.side_events),
        entries_of("refusals", trail.refusals, "act", "rule", "reason"),
        entries_of(
            "timeline",
            trail.lines,
            "kind",
            "words",
            ("entry_sha256", "digest"),
            ("artefact_sha256", "artefact"),
            "is_sealed",
        ),
        entries_of(
            "sample",
            trail.sample.lines if trail.sample else (),
            "words",
            ("entry_sha256", "digest"),
            ("artefact_sha256", "artefact"),
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
        table_of(
            "verification",
            check.layers if check else (),
            "layer",
            ("what_must_hold", lambda one: LAYER_WORDS[one.layer]),
            "checked",
            "faults",
            ("not_checked_because_not_given", "missing"),
        ),
        table_of("faults", check.faults if check else (), "layer", "where", "entry", ("fault", "message")),
        Sheet("seals", ("what", "value"), tuple(sealed)),
    )


def known_cell(date: str | None) -> Cell:
    """Return a day as a day, and what is known to the month as text: `2016-02`."""
    if date is None:
        return None
    known = date_without_source(date)
    return known.earliest if known.is_exact else date


def _about(trail: InspectionTrail) -> Iterable[tuple[Cell, ...]]:
    yield ("inspection", trail.inspection)
    yield ("force", trail.force)
    yield ("report made (UTC)", trail.at)
    yield ("newest entry (SHA-256)", trail.head)
    if trail.shown:
        yield ("shows only entries", trail.shown)
    yield ("cases referred back, by the return", trail.referrals.in_return)
    yield ("cases recorded as handed back", trail.referrals.recorded)
    yield ("changes since lists", trail.changed_since)
    if trail.sample:
        yield ("sample drawn by", trail.sample.seed)
    yield ("last reviewed", review_in_words(trail.review))
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
