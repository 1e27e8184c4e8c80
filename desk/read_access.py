"""Check that a person may read what is not public, by the table of rights to read; nothing of it is recorded."""

from __future__ import annotations

import datetime as dt

from desk.acts.accuracy import SHOWN
from desk.acts.permission import check_force, check_role
from desk.lookups import VALIDATION
from domain.lifecycle.accuracy import check_under_way
from domain.lifecycle.approval import latest_draft
from domain.lifecycle.history import History
from domain.lifecycle.versions import is_published
from domain.signing import Signer
from schemas.counts import one_of
from schemas.errors import RefusedError
from schemas.lifecycle.acts import DRAFTS
from schemas.lifecycle.read_rights import (
    READ_CHECKED_DRAFT,
    READ_DRAFT,
    READ_PLAN,
    READ_PUBLISHED,
    READ_REJECTION,
    READ_VALIDATION,
    ReadRight,
)


def right_to_read(history: History, name: str, now: dt.datetime) -> ReadRight:
    """Return what somebody reads who asks for an artefact by its name; a name that nothing bears counts as a draft."""
    if name == "rejection.json":
        return READ_REJECTION
    subject, _, file = name.partition("/")
    if file == VALIDATION:
        return READ_VALIDATION
    if subject == "follow-up":
        return READ_PLAN
    if any(is_published(history, kind) for kind in DRAFTS if kind.subject == subject):
        return READ_PUBLISHED
    is_checked = check_under_way(history, now) is not None and latest_draft(history).entry.kind.subject == subject
    return READ_CHECKED_DRAFT if is_checked and file in SHOWN else READ_DRAFT


def check_may_read(right: ReadRight, reader: Signer | None, inspection_id: str | None) -> None:
    """Check the role of who reads, and the force of a force liaison.

    Args:
        reader: who signed in; None for nobody.
        inspection_id: None to read of all inspections.

    Raises:
        RefusedError: naming the roles that may.
    """
    if right.is_public:
        return
    subject = inspection_id or "all inspections"
    if reader is None:
        raise RefusedError(
            f"{subject}: expected {one_of(role.value for role in right.roles)} to {right.name}, found nobody; say who "
            "reads: --person and --role"
        )
    check_role(right, reader, subject)
    if inspection_id is not None:
        check_force(right, reader, inspection_id)
