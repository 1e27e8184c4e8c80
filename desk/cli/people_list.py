"""`ncpi people list`: everybody in the register, with what they may do and what they wait for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from desk.cli import options
from desk.cli.printing import console, errors_for_people, print_json
from desk.people.registry import open_register
from domain.people.register import Register
from storage.clock import utc_now
from storage.settings import Duty, read_settings


def list_command(as_json: options.Json = False) -> None:
    """List everybody: roles, how they sign, since when; who is invited; who was revoked.

    Example: ncpi people list --json
    """
    with errors_for_people(as_json=as_json):
        register = open_register(read_settings(), Duty.AUDITOR).read()
        rows = rows_of(register, utc_now())
        if as_json:
            print_json({"head": register.head, "records": len(register.records), "people": rows})
        else:
            _print(rows)


def rows_of(register: Register, now: dt.datetime) -> list[dict[str, Any]]:
    """List everybody with their roles and state, in order of account name."""
    rows = [_row(register, person) for person in register.state.people]
    for invitation in register.state.invitations.values():
        waits_for = "its code to be used" if invitation.can_be_accepted else "a second admin"
        rows.append(
            {
                "person": invitation.subject,
                "roles": [role.value for role in invitation.body.roles],
                "force": invitation.body.force,
                "state": f"invited, waits for {waits_for}" if invitation.is_open(now) else "invitation passed",
                "signs": "login" if invitation.body.login else "key",
                "since": invitation.body.until.isoformat(),
            }
        )
    return sorted(rows, key=lambda row: (row["person"], row["state"]))


def _row(register: Register, person: str) -> dict[str, Any]:
    period = register.state.people[person].periods[-1]
    member = period.value
    return {
        "person": person,
        "roles": [role.value for role in member.roles] if member else [],
        "force": member.force if member else None,
        "state": "member" if member else "revoked",
        "signs": ("login" if member.login else "key") if member else None,
        "since": period.at.isoformat(),
    }


def _print(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        roles = ", ".join(row["roles"]) + (f" for {row['force']}" if row["force"] else "")
        instant = f"{'until' if 'invit' in row['state'] else 'since'} {row['since'][:16].replace('T', ' ')} UTC"
        words = (row["state"], roles, f"signs by {row['signs']}" if row["signs"] else "", instant)
        console().print(f"{row['person']}: {'; '.join(word for word in words if word)}", markup=False)
