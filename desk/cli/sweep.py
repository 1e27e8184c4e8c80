"""`ncpi sweep`: start what is due, now."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

import typer

from desk.acts import context
from desk.cli import options
from desk.cli.command import command
from desk.cli.printing import console, print_json
from schemas.counts import counted
from storage.clock import utc_now
from storage.prefect.api import PrefectServer
from storage.prefect.sweep import sweep
from storage.settings import read_settings


@command
def sweep_command(as_json: options.Json = False) -> None:
    """Start every stage whose turn it is now, without waiting for the scheduled sweep.

    Example: ncpi sweep
    """
    stores = context.open_read_only()
    swept = sweep(stores.ledger, PrefectServer(read_settings()), utc_now(), grace=dt.timedelta(0))
    if as_json:
        print_json(asdict(swept))
    else:
        console().print(
            f"{counted(swept.inspections, 'inspection')} read, {counted(len(swept.started), 'stage')} started",
            markup=False,
        )
        held = (*(f"{one}: waits" for one in swept.waiting), *(f"{one}: waits no more" for one in swept.ended))
        for line in (*swept.started, *held, *swept.failed, *swept.missing):
            console().print(f"  {line}", markup=False)
    if swept.failed or swept.missing:
        raise typer.Exit(1)
