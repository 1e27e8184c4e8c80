"""`ncpi status`: the board of all inspections, or one in detail."""

from __future__ import annotations

from typing import TYPE_CHECKING

from desk import options
from desk.printing import console, errors_for_people, print_json

if TYPE_CHECKING:
    from domain.board import Standing
    from domain.history import History
    from storage.stores import Stores


def status_command(inspection: options.InspectionOrAll = None, as_json: options.Json = False) -> None:
    """Show where one inspection stands, or the board of all.

    Examples: ncpi status; ncpi status south-wales-2015 --json
    """
    from desk.office import open_reading_room  # noqa: PLC0415 - `--help` needs no S3 client
    from desk.reading import history_of  # noqa: PLC0415
    from domain.board import standing  # noqa: PLC0415
    from storage.clock import utc_now  # noqa: PLC0415

    with errors_for_people(as_json=as_json):
        stores = open_reading_room()
        ids = (inspection,) if inspection else stores.ledger.inspections()
        histories = [history_of(stores, one) for one in ids]
        board = [standing(history, utc_now()) for history in histories]
        if as_json:
            print_json([_with_artefacts(stores, *pair) for pair in zip(histories, board, strict=True)])
        else:
            _print_board(board)
            if inspection:
                _print_details(stores, histories[0])


def _with_artefacts(stores: Stores, history: History, here: Standing) -> dict[str, object]:
    from desk.showing import artefacts_of  # noqa: PLC0415
    from domain.approval import latest_draft  # noqa: PLC0415
    from schemas.errors import IllegalMoveError  # noqa: PLC0415

    try:
        document = latest_draft(history).entry.document
    except IllegalMoveError:
        document = None
    return {
        **here.model_dump(mode="json"),
        "head": history.head,
        "draft": document.sha256 if document else None,
        "artefacts": artefacts_of(stores, history),
    }


def _print_board(board: list[Standing]) -> None:
    from rich.table import Table  # noqa: PLC0415

    if not board:
        console().print("No inspection is open. Open one: ncpi open --help")
        return
    table = Table("inspection", "stands at", "next", "revisit due", "revisit", "to mend", box=None, pad_edge=False)
    for here in board:
        table.add_row(
            here.inspection,
            here.state.value,
            here.next,
            here.revisit_due or "",
            here.revisit or "",
            here.incident or "",
        )
    console().print(table, markup=False)


def _print_details(stores: Stores, history: History) -> None:
    from desk.showing import artefacts_of, problems_of  # noqa: PLC0415
    from domain.approval import latest_draft  # noqa: PLC0415
    from schemas.moves import State  # noqa: PLC0415

    printer = console()
    _print_due_dates(stores, history)
    if history.state in {State.REPORT_DRAFTED, State.REVIEW_DRAFTED}:
        document = latest_draft(history).entry.document
        printer.print(f"\nDraft to decide on: {document.sha256 if document else ''}", markup=False)
    if rejection := problems_of(stores, history):
        printer.print("\nTo mend:", markup=False)
        for problem in rejection.problems:
            printer.print(f"  {problem}", markup=False)
    if names := artefacts_of(stores, history):
        printer.print(f"\nTo read with `ncpi show {history.inspection_id} NAME`:", markup=False)
        for name, digest in names.items():
            printer.print(f"  {name}  {digest[:12]}…", markup=False)


def _print_due_dates(stores: Stores, history: History) -> None:
    from desk.showing import read_plan  # noqa: PLC0415

    plan = read_plan(stores, history)
    if plan is None:
        return
    printer = console()
    printer.print("\nDue dates:", markup=False)
    for due in plan.due_dates:
        printer.print(f"  {due.subject}: {due.due.words} ({due.rule})", markup=False)
    for rule in plan.not_applied:
        printer.print(f"  does not apply: {rule.text}", markup=False)
