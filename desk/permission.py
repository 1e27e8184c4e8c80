"""May this role do this act at all? By the acts table, before anything is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from schemas.errors import RefusedError

if TYPE_CHECKING:
    from schemas.acts import Act
    from schemas.entry import Actor


def check_role(act: Act, actor: Actor, inspection_id: str) -> None:
    """Refuse an act to a role that has no part in it.

    Raises:
        RefusedError: naming the roles that may.
    """
    if actor.role not in act.roles:
        roles = " or ".join(role.value for role in act.roles)
        message = f"{inspection_id}: wanted {roles} to {act.name}, found {actor.role.value}; ask somebody in that role"
        raise RefusedError(message)
