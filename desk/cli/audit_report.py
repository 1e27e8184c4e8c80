"""`ncpi audit report`: what management sees, as a page, CSV files, JSON or a workbook."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from audit.gather import inspection_report, is_good, programme_report
from audit.pages.render import render_audit, render_audit_tables, render_linked
from audit.record_check import check_record, read_sealed
from audit.report.sample import with_sample
from audit.report.selection import Selection, narrowed
from desk.acts import context
from desk.cli import options
from desk.cli.command import command
from desk.cli.printing import progress, tell, write_out
from desk.cli.verify import Note, Register, SealKey, anchors_of
from desk.cli.who import Reader
from reports.layout.rendering import Rendering
from schemas.audit.report import InspectionTrail, ProgrammeTrail
from schemas.counts import counted
from schemas.lifecycle.read_rights import READ_TRAIL
from storage.atomic_file import make_folder, write_atomically
from storage.clock import utc_now
from storage.s3.read_only import open_read_only_buckets

FormName = Literal["html", "csv", "json", "xlsx", "pages"]
Format = Annotated[
    FormName,
    typer.Option(
        "--format",
        help="A page, data, an Excel workbook, or in a folder: CSV files, or pages of all inspections, linked.",
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", help="Write to this file, CSV and pages to this folder; to the screen when left out."
    ),
]
SinceWhat = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="DAY|DIGEST",
        help="Say what changed since that day, or since the newest entry of an earlier report; since management's last "
        "review when left out.",
    ),
]
FirstDay = Annotated[
    dt.date | None, typer.Option("--from", parser=options.day, metavar="DAY", help="Show no earlier entry.")
]
LastDay = Annotated[
    dt.date | None, typer.Option("--until", parser=options.day, metavar="DAY", help="Show no later entry.")
]
By = Annotated[str | None, typer.Option("--by", metavar="PERSON", help="Show only entries of this person.")]
SampleSize = Annotated[
    int, typer.Option("--sample", min=0, max=500, help="Draw so many entries of one inspection to check by hand.")
]
Seed = Annotated[
    str | None,
    typer.Option("--seed", help="Words to draw them by, which only you choose; the newest entry's digest if left out."),
]
_NOT_FOR_THE_SCREEN: Final = {
    "xlsx": "a workbook is written to a file; say which with -o FILE",
    "pages": "pages are written to a folder, one of the programme and one of each inspection; say which with -o FOLDER",
    "csv": "tables are written to a folder, a file each; say which with -o FOLDER",
}
WithoutVerification = Annotated[
    bool,
    typer.Option("--without-verification", help="Leave verification out, which reads everything and takes longest."),
]


@command
def report_command(
    reader: Reader,
    inspection: options.InspectionOrAll = None,
    form: Format = "html",
    output: Output = None,
    register: Register = None,
    seal_key: SealKey = None,
    note: Note = None,
    since: SinceWhat = None,
    first: FirstDay = None,
    last: LastDay = None,
    by: By = None,
    sample: SampleSize = 0,
    seed: Seed = None,
    without_verification: WithoutVerification = False,
    as_json: options.Json = False,
) -> None:
    """Write the audit report of one inspection or of all: who did what on which evidence, in time or late, verified.

    Exit status 1 if anything is not what was written or cannot be read; the report is written and says it.

    Examples: ncpi audit report south-wales-2015 -o report.html --person meera.shah --role management;
    ncpi audit report --format xlsx -o programme.xlsx --person meera.shah --role management;
    ncpi audit report south-wales-2015 --format csv -o tables --person meera.shah --role management;
    ncpi audit report --format pages -o programme --since 2026-10-01 --person meera.shah --role management;
    ncpi audit report --register 3f2a… --note 00000012.note -o programme.html --person meera.shah --role management
    """
    chosen: FormName = "json" if as_json else form
    if chosen in _NOT_FOR_THE_SCREEN and output is None:
        raise typer.BadParameter(_NOT_FOR_THE_SCREEN[chosen])
    selection = Selection(first, last, by)
    compared = _compared(since)
    if inspection is None and (sample or isinstance(compared, str)):
        raise typer.BadParameter("--sample and the digest of an entry are of one inspection; name it")
    if inspection and chosen == "pages":
        raise typer.BadParameter("pages are of all inspections; name none, or take --format html")
    stores = context.open_read_only()
    reader.check(READ_TRAIL, inspection)
    now, check = utc_now(), None
    if not without_verification:
        anchors = anchors_of(register, seal_key, note)
        with progress("verifying") as show:
            check = check_record(open_read_only_buckets(), inspection, anchors, show)
    sealed = read_sealed()
    folder = _Folder(output if chosen == "pages" else None, selection)
    with progress("reading") as show:
        if inspection:
            made = inspection_report(stores, inspection, now, sealed, check, compared)
            trail: InspectionTrail | ProgrammeTrail = narrowed(with_sample(made, sample, seed), selection)
        else:
            day = compared if isinstance(compared, dt.date) else None
            shown = lambda one: show(one, 0, 0)  # noqa: E731
            trail = programme_report(
                stores, now, sealed, check, shown, since=day, selection=selection, take=folder.take
            )
    _write_all(trail, chosen, output, folder.written)
    if not is_good(trail):
        raise typer.Exit(1)


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder of pages that link to each other, or none: each page is written as soon as it is made."""

    path: Path | None
    selection: Selection
    written: list[str] = field(default_factory=list)
    """The inspections that have a page."""

    def take(self, trail: InspectionTrail) -> None:
        if self.path is not None:
            make_folder(self.path)
            page = render_linked(narrowed(trail, self.selection))
            write_atomically(self.path / page.name, page.data)
            self.written.append(trail.inspection)


def _write_all(
    trail: InspectionTrail | ProgrammeTrail, form: FormName, output: Path | None, pages: Sequence[str]
) -> None:
    match form:
        case "csv":
            _write_into(output, render_audit_tables(trail))
        case "pages":
            _write_into(output, (render_linked(trail, pages),))
            tell(f"{counted(len(pages), 'page')} of inspections beside it")
        case _:
            write_out(render_audit(trail, form).data, output)


def _write_into(folder: Path | None, files: Iterable[Rendering]) -> None:
    if folder is not None:
        make_folder(folder)
        for one in files:
            write_out(one.data, folder / one.name)


def _compared(since: str | None) -> dt.date | str | None:
    """Read what a report is compared with: a London day, or the digest of an entry."""
    if since is None:
        return None
    return since if re.fullmatch(r"[0-9a-f]{64}", since) else options.day(since)
