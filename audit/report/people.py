"""Changes of people, roles and keys, out of the register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from audit.report.selection import Selection
from domain.people.register import Register
from schemas.audit.people import PeopleChange
from schemas.people.register import Enrolled, Invited, RegisterRecord, Revoked, RolesChanged
from schemas.people.roles import Role

_WORDS: Final = {
    "founded": "founded the register, as the first admin",
    "invited": "invited",
    "confirmed": "confirmed the invitation of, or a provider",
    "enrolled": "joined, with a key",
    "rotated": "took another key",
    "revoked": "revoked",
    "roles-changed": "given other roles",
    "provider-registered": "identity provider registered",
    "service-registered": "another service key registered",
    "seal-key-registered": "another seal key registered",
}
"""By the kind of the record (schemas/people/register.py)."""
MAX_CHANGES: Final = 500


def people_changes_of(register: Register, selection: Selection) -> tuple[PeopleChange, ...]:
    """List the selected changes of people, roles and keys, the newest first, as many as a report lists."""
    invited: dict[str, tuple[Role, ...]] = {}
    changes: list[PeopleChange] = []
    for record in register.records:
        if isinstance(record.body, Invited):
            invited[record.subject] = record.body.roles
        if selection.has(record.at, record.by):
            changes.append(_change(record, invited))
    return tuple(reversed(changes[-MAX_CHANGES:]))


def _change(record: RegisterRecord, invited: Mapping[str, tuple[Role, ...]]) -> PeopleChange:
    body = record.body
    roles: tuple[Role, ...] = ()
    if isinstance(body, Invited | RolesChanged):
        roles = body.roles
    elif isinstance(body, Enrolled):
        roles = invited.get(record.subject, ())
    return PeopleChange(
        record=record.seq,
        at=record.at,
        by=record.by,
        person=record.subject,
        what=_WORDS[body.kind],
        roles=tuple(role.value for role in roles),
        reason=body.reason if isinstance(body, Revoked) else None,
    )
