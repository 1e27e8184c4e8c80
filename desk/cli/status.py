"""`ncpi status`: the board of all inspections, or one in detail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Any, Final

import typer
from rich.table import Column, Table

from desk.acts import context
from desk.cli import options
from desk.cli.command import command
from desk.cli.printing import console, print_json
from desk.cli.who import Reader
from desk.lookups import (
    UnreadableInspection,
    describe,
    differences_from,
    look_at_all,
    problems_of,
    read_plan,
    stands,
)
from desk.read_access import check_may_read, readable_artefacts
from domain.calendar import london_date
from domain.documents.current_plan import all_due, receipt_in_words
from domain.lifecycle.approval import latest_draft
from domain.lifecycle.board import BoardRow, reason_of_incident
from domain.lifecycle.due_changes import is_called_off
from domain.lifecycle.history import History
from domain.lifecycle.replacement import draft_before
from domain.signing import Signer
from schemas.counts import counted
from schemas.documents.follow_up import FollowUpPlan
from schemas.documents.report import InitialReport
from schemas.errors import RefusedError, SettingsError
from schemas.lifecycle.moves import AWAITING_DECISION
from schemas.lifecycle.read_rights import READ_DRAFT, READ_DUE_DATES, READ_REJECTION, READ_TRAIL, ReadRight
from schemas.people.roles import Role
from schemas.text import plain
from storage.clock import utc_now
from storage.record.documents import read_report
from storage.record.stores import Stores
from storage.s3.kept_reads import kept_reads
from storage.settings import board_file, read_settings

_ROLE_WIDTH: Final = max(len(role.value) for role in Role)


@command
def status_command(
    reader: Reader,
    inspection: options.InspectionOrAll = None,
    as_json: options.Json = False,
    mine: Annotated[bool, typer.Option("--mine", help="Only what waits for you; with --person.")] = False,
) -> None:
    """Show where one inspection stands, or the board of all; exit status 1 if one of them cannot be read.

    Anybody may read the board. The due dates of one inspection, what its sender must fix, and why it is on hold or was
    returned, and what differs between a draft and the one before it, are listed to those who may read them.

    Examples: ncpi status; ncpi status south-wales-2015 --person rhian.morgan --role inspector;
    ncpi status south-wales-2015 --json; ncpi status --mine --person dru.sharpling
    """
    if inspection:
        _show_one(inspection, reader, as_json=as_json)
    else:
        _show_all(reader.person if mine else None, is_mine=mine, as_json=as_json)


def _show_one(inspection: str, reader: Reader, *, as_json: bool) -> None:
    stores, now = context.open_read_only(), utc_now()
    history = stores.ledger.opened(inspection)
    row = stands(stores, now)(history)
    if as_json:
        print_json([describe(stores, history, row)])
    else:
        _print_board([row])
        _print_details(stores, history, reader, now)


def _show_all(person: str | None, *, is_mine: bool, as_json: bool) -> None:
    with kept_reads(board_file()) as cache:
        stores, now = context.open_read_only(cache), utc_now()
        member = stores.register.read().member(person) if person else None
        if is_mine and member is None:
            raise typer.BadParameter("expected the account name of a member with --mine; give it with --person")

        line = stands(stores, now)

        def look(history: History) -> dict[str, object] | BoardRow | None:
            row = line(history)
            if person and member and not row.waits_for.is_for(person, member.roles):
                return None
            return describe(stores, history, row) if as_json else row

        found: list[Any] = [one for one in look_at_all(stores, look) if one is not None]
    unreadable = [one for one in found if isinstance(one, UnreadableInspection)]
    if as_json:
        print_json([one.as_data() if isinstance(one, UnreadableInspection) else one for one in found])
    else:
        empty = f"Nothing waits for {person}." if is_mine else "No inspection is open. Open one: ncpi open --help"
        _print_all([one for one in found if isinstance(one, BoardRow)], unreadable, empty)
    if unreadable:
        raise typer.Exit(1)


def _print_all(standings: list[BoardRow], unreadable: list[UnreadableInspection], empty: str) -> None:
    printer = console()
    if standings:
        _print_board(standings)
        for line in _hindrances() if any(row.stage for row in standings) else ():
            printer.print(f"Prefect: {line}", markup=False)
    elif not unreadable:
        printer.print(empty)
    if unreadable:
        printer.print("\nUnreadable:" if standings else "Unreadable:", markup=False)
    for one in unreadable:
        printer.print(f"  {one.why}", markup=False)
        printer.print(f"    {one.to_do}", markup=False)


def _hindrances() -> Iterator[str]:
    """Yield what keeps the system from doing what is its turn."""
    import httpx  # noqa: PLC0415 - slow to load, and only this needs it

    from storage.prefect.api import PrefectServer  # noqa: PLC0415

    try:
        yield from (one.words for one in PrefectServer(read_settings()).hindrances())
    except SettingsError:
        return  # this computer has nothing to do with Prefect
    except httpx.HTTPError:
        yield "it does not answer, so that no stage is started"


def _print_board(board: list[BoardRow]) -> None:
    """Print the nearest revisit first; ids and roles stay whole on a screen of 80 columns."""
    table = Table(
        Column("inspection", no_wrap=True),
        "stands at",
        Column("next", min_width=_ROLE_WIDTH),
        Column("revisit", min_width=len("between 00 and")),
        box=None,
        pad_edge=False,
    )
    board = sorted(board, key=lambda row: (row.days_left is None, row.days_left, row.inspection))
    for row in board:
        table.add_row(row.inspection, row.state.value, row.next, _revisit(row))
    console().print(table, markup=False)
    for row in board:
        for line in filter(None, (row.incident, *row.beside)):
            console().print(f"{row.inspection}: {plain(line)}", markup=False)


def _revisit(row: BoardRow) -> str:
    if row.days_left is None:
        return row.revisit or ""
    days = counted(abs(row.days_left), "day")
    return f"overdue by {days} ({row.revisit_due})" if row.days_left < 0 else f"due in {days} ({row.revisit_due})"


def _print_details(stores: Stores, history: History, reader: Reader, now: dt.datetime) -> None:
    printer = console()
    printer.print(f"\nHead of the ledger: {history.head}", markup=False)
    if history.state in AWAITING_DECISION:
        document = latest_draft(history).entry.document
        printer.print(f"\nDraft to decide on: {document.sha256 if document else ''}", markup=False)
    restricted = list(_restricted(stores, history, now))
    person = reader.sign_in()
    for right, heading, lines in restricted:
        if _may_read(right, history, person, heading):
            for line in lines:
                printer.print(f"  {line}", markup=False)
    if names := readable_artefacts(stores, history, person, now):
        printer.print(f"\nTo read with `ncpi show {history.inspection_id} NAME`:", markup=False)
        for name, digest in names.items():
            printer.print(f"  {name}  {digest[:12]}…", markup=False)


def _restricted(stores: Stores, history: History, now: dt.datetime) -> Iterator[tuple[ReadRight, str, list[str]]]:
    """Yield what is told only to some: the right to read it, its heading and its lines."""
    if reason := reason_of_incident(history):
        yield READ_TRAIL, "Why", [plain(reason)]
    if plan := read_plan(stores, history):
        yield READ_DUE_DATES, "Due dates", list(_due_dates(plan, read_report(stores.artefacts, history), history, now))
    if history.state in AWAITING_DECISION and (before := draft_before(history)):
        lines = [one.words for one in differences_from(stores, history, before)]
        yield READ_DRAFT, f"Changed since the draft of entry {before.entry.seq}", lines
    if rejection := problems_of(stores, history):
        yield READ_REJECTION, "To fix", [str(problem) for problem in rejection.problems]


def _may_read(right: ReadRight, history: History, person: Signer | None, heading: str) -> bool:
    """Print a heading, and below it why this person may not read what follows; return whether they may."""
    console().print(f"\n{heading}:", markup=False)
    try:
        check_may_read(right, person, history.inspection_id)
    except RefusedError as error:
        console().print(f"  {error}", markup=False)
        return False
    return True


def _due_dates(plan: FollowUpPlan, report: InitialReport, history: History, now: dt.datetime) -> Iterator[str]:
    if is_called_off(history):
        yield "nothing is due any more; withdrawn"
        return
    for due in all_due(plan, report):
        yield f"{due.subject}: {due.due.words} ({due.rule})"
        for change in due.changes:
            yield f"  {plain(change.words)}"
        if receipt := receipt_in_words(history, due, london_date(now)):
            yield f"  {receipt}"
    for rule in plan.not_applied:
        yield f"does not apply: {rule.text}"
