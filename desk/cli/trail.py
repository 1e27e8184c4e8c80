"""`ncpi audit show` and `ncpi show`: the trail of one inspection, and what it is about."""

from __future__ import annotations

import csv
import io
import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer

from desk.acts import context
from desk.cli import options
from desk.cli.command import command
from desk.cli.printing import print_json
from desk.lookups import read_artefact
from domain.lifecycle.timeline import TimelineLine, timeline
from reports.layout.plain import defused, plain

Format = Annotated[Literal["text", "csv", "json"], typer.Option("--format", help="How to write it.")]
Output = Annotated[Path | None, typer.Option("--output", "-o", help="Write to this file; to the screen when left out.")]


@command
def trail_command(
    inspection: options.Inspection, form: Format = "text", output: Output = None, as_json: options.Json = False
) -> None:
    """Read the audit trail of one inspection: who did what, when, on which artefact.

    Examples: ncpi audit show south-wales-2015; ncpi audit show south-wales-2015 --format csv -o trail.csv
    """
    lines = timeline(context.open_read_only().ledger.opened(inspection))
    if as_json or form == "json":
        if output is None:
            print_json(lines)
            return

        text = json.dumps([line.model_dump(mode="json") for line in lines], indent=2, ensure_ascii=False) + "\n"
    else:
        text = _csv(lines) if form == "csv" else _text(lines)
    if output is None:
        sys.stdout.write(text)
    else:
        output.write_text(text, encoding="utf-8", newline="")


def _text(lines: tuple[TimelineLine, ...]) -> str:
    written: list[str] = []
    for line in lines:
        # What people wrote could look like a line of the trail, or control the terminal.
        words = plain(line.words)
        written.append(f"{line.seq:>3}  {line.at:%Y-%m-%d %H:%M:%S} UTC  {line.person} ({line.role}): {words}")
        problems = line.facts.get("list")
        if isinstance(problems, tuple):
            written += [f"       {plain(problem)}" for problem in problems]
        written.append(
            f"       entry {line.digest[:16]}…" + (f"  artefact {line.document[:16]}…" if line.document else "")
        )
    return "\n".join(written) + "\n"


def _csv(lines: tuple[TimelineLine, ...]) -> str:
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(["seq", "at", "person", "role", "kind", "words", "entry_sha256", "artefact_sha256"])
    for line in lines:
        cells = (line.person, line.role, line.kind.value, line.words, line.digest, line.document or "")
        writer.writerow([line.seq, line.at.isoformat(), *(defused(cell) for cell in cells)])
    return written.getvalue()


@command
def show_command(
    inspection: options.Inspection,
    name: Annotated[str, typer.Argument(help="Name of the artefact, as `ncpi status` lists it.")],
    output: Output = None,
) -> None:
    """Show an artefact: a draft's rendering, the follow-up plan, its calendar, a rejection.

    Example: ncpi show south-wales-2015 initial-report/report.pdf -o report.pdf
    """
    stores = context.open_read_only()
    data = read_artefact(stores, stores.ledger.opened(inspection), name)
    if output is None:
        sys.stdout.buffer.write(data)
    else:
        output.write_bytes(data)
