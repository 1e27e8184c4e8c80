"""`ncpi status`: the board of all inspections, or one in detail."""

from __future__ import annotations

from dataclasses import dataclass

import typer
from rich.table import Table

from desk.acts import context
from desk.cli import options
from desk.cli.printing import console, errors_for_people, print_json
from desk.lookups import artefacts_of, problems_of, read_plan
from domain.lifecycle.approval import latest_draft
from domain.lifecycle.board import BoardRow, standing
from domain.lifecycle.history import History
from reports.layout.plain import plain
from schemas.errors import IllegalMoveError, NcpiError, SettingsError
from schemas.lifecycle.moves import State
from storage.clock import utc_now
from storage.record.stores import Stores


@dataclass(frozen=True, slots=True)
class _Unreadable:
    """An inspection that cannot be read, and so is not on the board."""

    inspection: str
    error: NcpiError

    @property
    def why(self) -> str:
        """Return what is wrong with it, in one line that begins with its id."""
        text = " ".join(str(self.error).split())
        return text if text.startswith(self.inspection) else f"{self.inspection}: {text}"

    @property
    def to_do(self) -> str:
        """Return what to do about it."""
        return (
            f"`ncpi audit verify {self.inspection}` names everything that is wrong; docs/operations.md says what to do"
        )


def status_command(inspection: options.InspectionOrAll = None, as_json: options.Json = False) -> None:
    """Show where one inspection stands, or the board of all; exit status 1 if one of them cannot be read.

    Examples: ncpi status; ncpi status south-wales-2015 --json
    """
    with errors_for_people(as_json=as_json):
        stores = context.open_read_only()
        if inspection:
            _show_one(stores, inspection, as_json=as_json)
        elif _show_all(stores, as_json=as_json):
            raise typer.Exit(1)


def _show_one(stores: Stores, inspection: str, *, as_json: bool) -> None:
    history, row = _look(stores, inspection)
    if as_json:
        print_json([_with_artefacts(stores, history, row)])
    else:
        _print_board([row])
        _print_details(stores, history)


def _show_all(stores: Stores, *, as_json: bool) -> list[_Unreadable]:
    standings: list[BoardRow] = []
    documents: list[dict[str, object]] = []
    unreadable: list[_Unreadable] = []
    for inspection, history in stores.ledger.histories():
        try:
            if isinstance(history, NcpiError):
                raise history
            row = standing(history, utc_now())
            if as_json:
                documents.append(_with_artefacts(stores, history, row))
            standings.append(row)
        except SettingsError:
            raise  # no fault of this inspection, and the next would say the same
        except NcpiError as error:
            unreadable.append(_Unreadable(inspection, error))
            documents.append(_as_document(unreadable[-1]))
    if as_json:
        print_json(documents)
    else:
        _print_all(standings, unreadable)
    return unreadable


def _look(stores: Stores, inspection: str) -> tuple[History, BoardRow]:
    history = stores.ledger.opened(inspection)
    return history, standing(history, utc_now())


def _as_document(one: _Unreadable) -> dict[str, object]:
    return {
        "inspection": one.inspection,
        "unreadable": one.why,
        "error": type(one.error).__name__,
        "do": one.to_do,
    }


def _with_artefacts(stores: Stores, history: History, row: BoardRow) -> dict[str, object]:
    try:
        document = latest_draft(history).entry.document
    except IllegalMoveError:
        document = None
    return {
        **row.model_dump(mode="json"),
        "unreadable": None,
        "head": history.head,
        "draft": document.sha256 if document else None,
        "artefacts": artefacts_of(stores, history),
    }


def _print_all(standings: list[BoardRow], unreadable: list[_Unreadable]) -> None:
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
    for rule in plan.not_applied:
        printer.print(f"  does not apply: {rule.text}", markup=False)
