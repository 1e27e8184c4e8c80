"""`ncpi audit report`: what management sees, as a page, a CSV file, JSON or a workbook."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from audit.gather import inspection_report, programme_report
from audit.pages.render import Form, render_audit
from audit.record_check import check_record, read_sealed
from audit.verification import Anchors
from desk.acts import context
from desk.cli import options
from desk.cli.command import command
from desk.cli.verify import Note, Register, SealKey, anchors_of
from reports.layout.rendering import Rendering
from schemas.audit.report import InspectionTrail, ProgrammeTrail
from storage.clock import utc_now
from storage.record.stores import Stores
from storage.s3.read_only import open_read_only_buckets

Format = Annotated[Form, typer.Option("--format", help="A page, a table, data, or an Excel workbook.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file; to the screen when left out.")]
WithoutVerification = Annotated[
    bool,
    typer.Option("--without-verification", help="Leave verification out, which reads everything and takes longest."),
]


@command
def report_command(
    inspection: options.InspectionOrAll = None,
    form: Format = "html",
    output: Output = None,
    register: Register = None,
    seal_key: SealKey = None,
    note: Note = None,
    without_verification: WithoutVerification = False,
    as_json: options.Json = False,
) -> None:
    """Write the audit report of one inspection or of all: who did what on which evidence, in time or late, verified.

    Exit status 1 if anything is not what was written or cannot be read; the report is written and says it.

    Examples: ncpi audit report south-wales-2015 -o report.html; ncpi audit report --format xlsx -o programme.xlsx;
    ncpi audit report --register 3f2a… --note 00000012.note -o programme.html
    """
    chosen: Form = "json" if as_json else form
    if chosen == "xlsx" and output is None:
        message = "a workbook is written to a file; say which with -o FILE"
        raise typer.BadParameter(message)
    anchors = None if without_verification else anchors_of(register, seal_key, note)
    stores = context.open_read_only()
    with Console(stderr=True).status("reading") as status:
        trail = _read(stores, inspection, utc_now(), anchors, status.update)
    _write(render_audit(trail, chosen), output)
    if not is_good(trail):
        raise typer.Exit(1)


def is_good(trail: InspectionTrail | ProgrammeTrail) -> bool:
    """Return whether everything could be read and everything checked is what was written."""
    is_read = trail.fault is None if isinstance(trail, InspectionTrail) else not trail.unreadable
    is_sealed = trail.seals is None or trail.seals.fault is None
    return is_read and is_sealed and (trail.check is None or trail.check.is_whole)


def _read(
    stores: Stores,
    inspection: str | None,
    now: dt.datetime,
    anchors: Anchors | None,
    progress: Callable[[str], None],
) -> InspectionTrail | ProgrammeTrail:
    def verifying(what: str, done: int, of: int) -> None:
        progress(f"verifying: {what}{f' {done} of {of}' if of else ''}")

    check = None if anchors is None else check_record(open_read_only_buckets(), inspection, anchors, verifying)
    sealed = read_sealed()
    if inspection:
        return inspection_report(stores, inspection, now, sealed, check)
    return programme_report(stores, now, sealed, check, lambda one: progress(f"reading {one}"))


def _write(made: Rendering, output: Path | None) -> None:
    if output is None:
        sys.stdout.buffer.write(made.data)
        return
    output.write_bytes(made.data)
    Console(stderr=True, highlight=False, soft_wrap=True).print(
        f"{output}: {len(made.data):,} bytes, SHA-256 {made.sha256}", markup=False
    )
