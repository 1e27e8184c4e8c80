"""The commands with which people look: status, audit, show, verify; and sweep, which starts what events missed."""

from __future__ import annotations

import csv
import datetime as dt
import io
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from desk import options
from desk.printing import console, errors_for_people, print_json

if TYPE_CHECKING:
    from domain.board import Standing
    from domain.history import History
    from domain.timeline import Line
    from storage.stores import Stores
    from storage.verification import Finding, Verified


def _history(stores: Stores, inspection: str) -> History:
    from schemas.errors import NotFoundError  # noqa: PLC0415

    history = stores.ledger.history(inspection)
    if not history.recorded:
        message = f"{inspection}: no such inspection; `ncpi status` lists them all"
        raise NotFoundError(message)
    return history


def status_command(inspection: options.InspectionOrAll = None, as_json: options.Json = False) -> None:
    """Show where one inspection stands, or the board of all.

    Examples: ncpi status; ncpi status south-wales-2015 --json
    """
    from desk.office import open_reading_room, utc_now  # noqa: PLC0415
    from domain.board import standing  # noqa: PLC0415

    with errors_for_people(as_json=as_json):
        stores = open_reading_room()
        ids = (inspection,) if inspection else stores.ledger.inspections()
        histories = [_history(stores, one) for one in ids]
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


Format = Annotated[Literal["text", "csv", "json"], typer.Option("--format", help="How to write it.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file; to the screen when left out.")]


def audit_command(
    inspection: options.Inspection, form: Format = "text", output: Output = None, as_json: options.Json = False
) -> None:
    """Read the audit trail of one inspection: who did what, when, on which artefact.

    Examples: ncpi audit south-wales-2015; ncpi audit south-wales-2015 --format csv -o trail.csv
    """
    from desk.office import open_reading_room  # noqa: PLC0415
    from domain.timeline import timeline  # noqa: PLC0415

    with errors_for_people(as_json=as_json):
        lines = timeline(_history(open_reading_room(), inspection))
        if as_json or form == "json":
            if output is None:
                print_json(lines)
                return
            import json  # noqa: PLC0415

            text = json.dumps([line.model_dump(mode="json") for line in lines], indent=2, ensure_ascii=False) + "\n"
        else:
            text = _csv(lines) if form == "csv" else _text(lines)
        if output is None:
            sys.stdout.write(text)
        else:
            output.write_text(text, encoding="utf-8", newline="")


def _text(lines: tuple[Line, ...]) -> str:
    written: list[str] = []
    for line in lines:
        written.append(f"{line.seq:>3}  {line.at:%Y-%m-%d %H:%M:%S} UTC  {line.person} ({line.role}): {line.words}")
        problems = line.facts.get("list")
        if isinstance(problems, tuple):
            written += [f"       {problem}" for problem in problems]
        written.append(
            f"       entry {line.digest[:16]}…" + (f"  artefact {line.document[:16]}…" if line.document else "")
        )
    return "\n".join(written) + "\n"


def _csv(lines: tuple[Line, ...]) -> str:
    from desk.spreadsheet import defused  # noqa: PLC0415

    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["seq", "at", "person", "role", "kind", "words", "entry_sha256", "artefact_sha256"])
    for line in lines:
        cells = (line.person, line.role, line.kind.value, line.words, line.digest, line.document or "")
        writer.writerow([line.seq, line.at.isoformat(), *(defused(cell) for cell in cells)])
    return written.getvalue()


def show_command(
    inspection: options.Inspection,
    name: Annotated[str, typer.Argument(help="Name of the artefact, as `ncpi status` lists it.")],
    output: Output = None,
) -> None:
    """Show an artefact: a draft's rendering, the follow-up plan, its calendar, a rejection.

    Example: ncpi show south-wales-2015 initial-report/report.pdf -o report.pdf
    """
    from desk.office import open_reading_room  # noqa: PLC0415
    from desk.showing import read_artefact  # noqa: PLC0415

    with errors_for_people(as_json=False):
        stores = open_reading_room()
        data = read_artefact(stores, _history(stores, inspection), name)
        if output is None:
            sys.stdout.buffer.write(data)
        else:
            output.write_bytes(data)


def verify_command(inspection: options.InspectionOrAll = None, as_json: options.Json = False) -> None:
    """Recompute everything: chains, artefacts, approvals, published bytes. Exit status 1 if anything was altered.

    Examples: ncpi verify; ncpi verify south-wales-2015 --json
    """
    from desk.office import open_reading_room  # noqa: PLC0415
    from storage.verification import verify_inspection, verify_public  # noqa: PLC0415

    with errors_for_people(as_json=as_json):
        stores = open_reading_room()
        everything = stores.ledger.inspections()
        ids = (inspection,) if inspection else everything
        verified: list[Verified] = []
        with console().status("verifying") as progress:
            for number, one in enumerate(ids, start=1):
                progress.update(f"verifying {one} ({number} of {len(ids)})")
                verified.append(verify_inspection(stores, one))
        stray = () if inspection else verify_public(stores, everything)
        findings = [finding for one in verified for finding in one.findings] + list(stray)
        _print_verified(verified, findings, as_json=as_json)
    if findings:
        raise typer.Exit(1)


def _print_verified(verified: list[Verified], findings: list[Finding], *, as_json: bool) -> None:
    from dataclasses import asdict  # noqa: PLC0415

    if as_json:
        print_json({"verified": [asdict(one) for one in verified], "findings": [asdict(one) for one in findings]})
        return
    printer = console()
    for one in verified:
        word = "verified" if not one.findings else "BROKEN"
        printer.print(
            f"{one.inspection}: {word}, {one.entries} entries, {one.artefacts} artefacts, "
            f"{one.published} published files" + (f", head {one.head[:16]}…" if one.head else ""),
            markup=False,
        )
    for finding in findings:
        place = f" entry {finding.entry}" if finding.entry is not None else ""
        printer.print(f"  [{finding.layer}] {finding.inspection}{place}: {finding.message}", markup=False)
    printer.print("Everything is what was written." if not findings else f"{len(findings)} findings.", markup=False)


def sweep_command(as_json: options.Json = False) -> None:
    """Start every stage whose turn it is now, without waiting for the scheduled sweep.

    Example: ncpi sweep
    """
    from dataclasses import asdict  # noqa: PLC0415

    from desk.office import open_reading_room, utc_now  # noqa: PLC0415
    from storage.prefect_server import PrefectServer  # noqa: PLC0415
    from storage.settings import read_settings  # noqa: PLC0415
    from storage.sweep import sweep  # noqa: PLC0415

    with errors_for_people(as_json=as_json):
        stores = open_reading_room()
        swept = sweep(stores.ledger, PrefectServer(read_settings()), utc_now(), grace=dt.timedelta(0))
        if as_json:
            print_json(asdict(swept))
        else:
            console().print(f"{swept.inspections} inspections read, {len(swept.started)} stages started", markup=False)
            for line in (*swept.started, *swept.failed):
                console().print(f"  {line}", markup=False)
    if swept.failed:
        raise typer.Exit(1)
