"""`ncpi status`: the board of all inspections, or one in detail."""

from __future__ import annotations

from typing import Any

import typer
from rich.table import Table

from desk.acts import context
from desk.cli import options
from desk.cli.command import command
from desk.cli.printing import console, print_json
from desk.lookups import UnreadableInspection, artefacts_of, describe, look_at_all, problems_of, read_plan
from domain.lifecycle.approval import latest_draft
from domain.lifecycle.board import BoardRow, standing
from domain.lifecycle.history import History
from schemas.lifecycle.moves import State
from schemas.text import plain
from storage.clock import utc_now
from storage.record.stores import Stores


@command
def status_command(inspection: options.InspectionOrAll = None, as_json: options.Json = False) -> None:
    """Show where one inspection stands, or the board of all; exit status 1 if one of them cannot be read.

    Examples: ncpi status; ncpi status south-wales-2015 --json
    """
    stores, now = context.open_read_only(), utc_now()
    if inspection:
        history = stores.ledger.opened(inspection)
        if as_json:
            print_json([describe(stores, history, now)])
        else:
            _print_board([standing(history, now)])
            _print_details(stores, history)
        return
    found: list[Any] = look_at_all(
        stores, lambda history: describe(stores, history, now) if as_json else standing(history, now)
    )
    unreadable = [one for one in found if isinstance(one, UnreadableInspection)]
    if as_json:
        print_json([one.as_data() if isinstance(one, UnreadableInspection) else one for one in found])
    else:
        _print_all([one for one in found if isinstance(one, BoardRow)], unreadable)
    if unreadable:
        raise typer.Exit(1)


def _print_all(standings: list[BoardRow], unreadable: list[UnreadableInspection]) -> None:
    printer = console()
    if standings:
        _print_board(standings)
    elif not unreadable:
        printer.print("No inspection is open. Open one: ncpi open --help")
    if unreadable:
        printer.print("\nUnreadable:" if standings else "Unreadable:", markup=False)
    for one in unreadable:
        printer.print(f"  {one.why}", markup=False)
        printer.print(f"    {one.to_do}", markup=False)


def _print_board(board: list[BoardRow]) -> None:
    table = Table("inspection", "stands at", "next", "revisit due", "revisit", "to fix", box=None, pad_edge=False)
    for row in board:
        table.add_row(
            row.inspection,
            row.state.value,
            row.next,
            row.revisit_due or "",
            row.revisit or "",
            plain(row.incident or ""),
        )
    console().print(table, markup=False)


def _print_details(stores: Stores, history: History) -> None:
    printer = console()
    printer.print(f"\nHead of the ledger: {history.head}", markup=False)
    _print_due_dates(stores, history)
    if history.state in {State.REPORT_DRAFTED, State.REVIEW_DRAFTED, State.CORRECTION_DRAFTED}:
        document = latest_draft(history).entry.document
        printer.print(f"\nDraft to decide on: {document.sha256 if document else ''}", markup=False)
    if rejection := problems_of(stores, history):
        printer.print("\nTo fix:", markup=False)
        for problem in rejection.problems:
            printer.print(f"  {problem}", markup=False)
    if names := artefacts_of(stores, history):
        printer.print(f"\nTo read with `ncpi show {history.inspection_id} NAME`:", markup=False)
        for name, digest in names.items():
            printer.print(f"  {name}  {digest[:12]}…", markup=False)


def _print_due_dates(stores: Stores, history: History) -> None:
    plan = read_plan(stores, history)
    if plan is None:
        return
    printer = console()
    printer.print("\nDue dates:", markup=False)
    for due in plan.due_dates:
        printer.print(f"  {due.subject}: {due.due.words} ({due.rule})", markup=False)
        for change in due.changes:
            printer.print(f"    {plain(change.words)}", markup=False)
    for rule in plan.not_applied:
        printer.print(f"  does not apply: {rule.text}", markup=False)
