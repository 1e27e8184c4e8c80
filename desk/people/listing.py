"""List everybody in the register: what they may do, and what they wait for."""

from __future__ import annotations

import datetime as dt
from typing import Any

from domain.people.register import Register


def list_people(register: Register, now: dt.datetime) -> list[dict[str, Any]]:
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
