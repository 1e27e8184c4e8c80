"""`ncpi sweep`: start what is due, now."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

import typer

from desk.acts import context
from desk.cli import options
from desk.cli.printing import console, errors_for_people, print_json
from storage.clock import utc_now
from storage.prefect.api import PrefectServer
from storage.prefect.sweep import sweep
from storage.settings import read_settings


def sweep_command(as_json: options.Json = False) -> None:
    """Start every stage whose turn it is now, without waiting for the scheduled sweep.

    Example: ncpi sweep
    """
    with errors_for_people(as_json=as_json):
        stores = context.open_read_only()
        swept = sweep(stores.ledger, PrefectServer(read_settings()), utc_now(), grace=dt.timedelta(0))
        if as_json:
            print_json(asdict(swept))
        else:
            console().print(f"{swept.inspections} inspections read, {len(swept.started)} stages started", markup=False)
            for line in (*swept.started, *swept.failed):
                console().print(f"  {line}", markup=False)
    if swept.failed:
        raise typer.Exit(1)
