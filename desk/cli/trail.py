"""`ncpi audit show` and `ncpi show`: the trail of one inspection, and what it is about."""

from __future__ import annotations

from typing import Annotated, Literal

import typer

from desk.acts import context
from desk.cli import options
from desk.cli.command import command
from desk.cli.printing import json_of, write_out
from desk.cli.who import Reader
from desk.lookups import read_artefact
from desk.read_access import check_may_read_artefact
from desk.trail import trail_as_csv, trail_as_text
from domain.lifecycle.timeline import timeline
from schemas.lifecycle.read_rights import READ_TRAIL
from storage.clock import utc_now

Format = Annotated[Literal["text", "csv", "json"], typer.Option("--format", help="How to write it.")]


@command
def trail_command(
    inspection: options.Inspection,
    reader: Reader,
    form: Format = "text",
    output: options.Output = None,
    as_json: options.Json = False,
) -> None:
    """Read the audit trail of one inspection: who did what, when, on which artefact.

    Examples: ncpi audit show south-wales-2015 --person meera.shah --role management;
    ncpi audit show south-wales-2015 --format csv -o trail.csv --person meera.shah --role management
    """
    history = context.open_read_only().ledger.opened(inspection)
    reader.check(READ_TRAIL, inspection)
    lines = timeline(history)
    if as_json or form == "json":
        text = json_of(lines)
    else:
        text = trail_as_csv(lines) if form == "csv" else trail_as_text(lines)
    write_out(text.encode(), output)


@command
def show_command(
    inspection: options.Inspection,
    name: Annotated[str, typer.Argument(help="Name of the artefact, as `ncpi status` lists it.")],
    reader: Reader,
    output: options.Output = None,
) -> None:
    """Show an artefact: a draft's rendering, the follow-up plan, its calendar, a rejection.

    What is published is shown to anybody, the rest to those who may read it.

    Example: ncpi show south-wales-2015 initial-report/report.pdf -o report.pdf --person rhian.morgan --role inspector
    """
    stores = context.open_read_only()
    history = stores.ledger.opened(inspection)
    check_may_read_artefact(stores, history, name, reader.sign_in, utc_now())
    write_out(read_artefact(stores, history, name), output)
