"""`ncpi people list`: everybody in the register, with what they may do and what they wait for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from desk.cli import options
from desk.cli.command import command
from desk.cli.printing import console, print_json
from desk.people.listing import list_people
from desk.people.registry import open_register
from domain.calendar import time_in_words
from storage.clock import utc_now
from storage.settings import Duty, read_settings


@command
def list_command(as_json: options.Json = False) -> None:
    """List everybody: roles, how they sign, since when; who is invited; who was revoked.

    Example: ncpi people list --json
    """
    register = open_register(read_settings(), Duty.AUDITOR).read()
    rows = list_people(register, utc_now())
    if as_json:
        print_json({"head": register.head, "records": len(register.records), "people": rows})
    else:
        _print(rows)


def _print(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        roles = ", ".join(row["roles"]) + (f" for {row['force']}" if row["force"] else "")
        since = time_in_words(dt.datetime.fromisoformat(row["since"]))
        instant = f"{'until' if 'invit' in row['state'] else 'since'} {since}"
        words = (row["state"], roles, f"signs by {row['signs']}" if row["signs"] else "", instant)
        console().print(f"{row['person']}: {'; '.join(word for word in words if word)}", markup=False)
