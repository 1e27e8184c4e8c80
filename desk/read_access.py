"""Check that a person may read what is not public, by the table of rights to read; nothing of it is recorded."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import suppress

from desk.acts.accuracy import SHOWN
from desk.acts.permission import check_force, check_role
from desk.lookups import VALIDATION, artefacts_of
from domain.calendar import london_date
from domain.lifecycle.accuracy import check_under_way
from domain.lifecycle.approval import latest_draft
from domain.lifecycle.history import History
from domain.lifecycle.versions import is_published
from domain.signing import Signer
from schemas.counts import one_of
from schemas.dates import in_words
from schemas.errors import NotFoundError, RefusedError
from schemas.lifecycle.acts import DRAFTS
from schemas.lifecycle.moves import Kind
from schemas.lifecycle.read_rights import (
    READ_CHECKED_DRAFT,
    READ_DRAFT,
    READ_PLAN,
    READ_PUBLISHED,
    READ_REJECTION,
    READ_VALIDATION,
    ReadRight,
)
from storage.record.stores import Stores


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


def check_may_read_artefact(
    stores: Stores, history: History, name: str, sign_in: Callable[[], Signer | None], now: dt.datetime
) -> None:
    """Check that an artefact of that name exists, and that a person may read it.

    Args:
        sign_in: asks who reads; not asked for what is public.

    Raises:
        NotFoundError: there is none; it lists those that this person may read.
        RefusedError: naming the roles that may, and whether the public could read it before it was withdrawn.
    """
    inspection_id = history.inspection_id
    if name not in artefacts_of(stores, history):
        known = ", ".join(readable_artefacts(stores, history, sign_in(), now)) or "nothing that you may read"
        raise NotFoundError(f"{inspection_id}: no such name; there is {known}")
    right = right_to_read(history, name, now)
    try:
        check_may_read(right, None if right.is_public else sign_in(), inspection_id)
    except RefusedError as error:
        order = history.latest(Kind.WITHDRAWAL_ORDERED)
        was_public = order and right_to_read(history.before(order), name, now).is_public
        if order is None or not was_public:
            raise
        withdrawn = f"the public could read it until it was withdrawn on {in_words(london_date(order.entry.at))}"
        raise type(error)(f"{error}; {withdrawn}") from None


def readable_artefacts(stores: Stores, history: History, reader: Signer | None, now: dt.datetime) -> dict[str, str]:
    """List what a person may read, each with its digest."""
    found: dict[str, str] = {}
    for name, digest in artefacts_of(stores, history).items():
        with suppress(RefusedError):
            check_may_read(right_to_read(history, name, now), reader, history.inspection_id)
            found[name] = digest
    return found


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
