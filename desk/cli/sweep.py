"""`ncpi sweep`: start what is due, now."""

from __future__ import annotations

import datetime as dt

import typer

from desk.cli import options
from desk.cli.printing import console, errors_for_people, print_json


def sweep_command(as_json: options.Json = False) -> None:
    """Start every stage whose turn it is now, without waiting for the scheduled sweep.

    Example: ncpi sweep
    """
    from dataclasses import asdict  # noqa: PLC0415

    from desk.acts.context import open_read_only  # noqa: PLC0415
    from storage.clock import utc_now  # noqa: PLC0415
    from storage.prefect.api import PrefectServer  # noqa: PLC0415
    from storage.prefect.sweep import sweep  # noqa: PLC0415
    from storage.settings import read_settings  # noqa: PLC0415

    with errors_for_people(as_json=as_json):
        stores = open_read_only()
        swept = sweep(stores.ledger, PrefectServer(read_settings()), utc_now(), grace=dt.timedelta(0))
        if as_json:
            print_json(asdict(swept))
        else:
            console().print(f"{swept.inspections} inspections read, {len(swept.started)} stages started", markup=False)
            for line in (*swept.started, *swept.failed):
                console().print(f"  {line}", markup=False)
    if swept.failed:
        raise typer.Exit(1)
