"""`ncpi audit show` and `ncpi show`: the trail of one inspection, and what it is about."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from desk.acts import context
from desk.cli import options
from desk.cli.command import command
from desk.cli.printing import json_of, write_out
from desk.lookups import read_artefact
from desk.trail import trail_as_csv, trail_as_text
from domain.lifecycle.timeline import timeline

Format = Annotated[Literal["text", "csv", "json"], typer.Option("--format", help="How to write it.")]


@command
def trail_command(
    inspection: options.Inspection, form: Format = "text", output: options.Output = None, as_json: options.Json = False
) -> None:
    """Read the audit trail of one inspection: who did what, when, on which artefact.

    Examples: ncpi audit show south-wales-2015; ncpi audit show south-wales-2015 --format csv -o trail.csv
    """
    lines = timeline(context.open_read_only().ledger.opened(inspection))
    if as_json or form == "json":
        text = json_of(lines)
    else:
        text = trail_as_csv(lines) if form == "csv" else trail_as_text(lines)
    write_out(text.encode(), output)


@command
def show_command(
    inspection: options.Inspection,
    name: Annotated[str, typer.Argument(help="Name of the artefact, as `ncpi status` lists it.")],
    output: options.Output = None,
) -> None:
    """Show an artefact: a draft's rendering, the follow-up plan, its calendar, a rejection.

    Example: ncpi show south-wales-2015 initial-report/report.pdf -o report.pdf
    """
    stores = context.open_read_only()
    write_out(read_artefact(stores, stores.ledger.opened(inspection), name), output)
