"""Who may approve or return what: one draft, by its digest, by a person who had no part in making it."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from schemas.errors import IllegalMoveError, LedgerError, SeparationError, StaleError
from schemas.moves import Kind

if TYPE_CHECKING:
    from domain.history import History, Recorded
    from schemas.acts import Act

_DIGEST_BEGINNING = re.compile(r"[0-9a-f]{12,64}")
_SUBMISSIONS = (Kind.FIELDWORK_SUBMITTED, Kind.REVIEW_SUBMITTED)
_DRAFTS = (Kind.REPORT_DRAFTED, Kind.REVIEW_DRAFTED)
_APPROVALS = (Kind.REPORT_APPROVED, Kind.REVIEW_APPROVED)


def latest_draft(history: History) -> Recorded:
    """Find the newest draft.

    Raises:
        IllegalMoveError: nothing was drafted yet.
    """
    draft = history.latest(*_DRAFTS)
    if draft is None:
        message = f"{history.inspection_id}: nothing was drafted yet; it is {history.state.value!r}"
        raise IllegalMoveError(message)
    return draft


def is_digest_beginning(text: str) -> bool:
    """Tell whether a text is a SHA-256 or as much of its beginning as is safe to go by."""
    return _DIGEST_BEGINNING.fullmatch(text) is not None


def authors_of(history: History) -> frozenset[str]:
    """Name everybody who submitted a return of this inspection or is named in one as its team."""
    people: set[str] = set()
    for recorded in history.recorded:
        if recorded.entry.kind in _SUBMISSIONS:
            people.add(recorded.entry.actor.person)
        if recorded.entry.kind in _DRAFTS:
            authors = recorded.entry.facts.get("authors", ())
            people.update(authors if isinstance(authors, tuple) else ())
    return frozenset(people)


def check_decision(history: History, act: Act, person: str, digest: str) -> Recorded:
    """Check that a person may decide on a draft now, and give that draft.

    Args:
        act: an approval or a return.
        digest: SHA-256 of the draft the person saw.

    Raises:
        IllegalMoveError: the inspection does not await this decision.
        StaleError: the draft that awaits it is another one.
        SeparationError: the person had a part in making it.
    """
    if history.state is not act.state:
        message = (
            f"{history.inspection_id}: wanted {act.state.value!r} to {act.name}, found {history.state.value!r}; "
            "see `ncpi status`"
        )
        raise IllegalMoveError(message)
    draft = latest_draft(history)
    found = draft.entry.document.sha256 if draft.entry.document else ""
    if digest != found:
        # Whatever else was given is free text, and the refusal keeps this message for ever.
        given = f"{digest[:12]}…" if is_digest_beginning(digest) else "something else than a digest"
        message = (
            f"{history.inspection_id}: wanted the draft {found[:12]}… to {act.name}, found {given}; "
            "read the newest draft (`ncpi show`) and decide on that one"
        )
        raise StaleError(message)
    if person in authors_of(history):
        message = (
            f"{history.inspection_id}: {person} had a part in making this draft, so another person must {act.name}"
        )
        raise SeparationError(message)
    return draft


def approved_draft(history: History) -> tuple[Recorded, str, dt.datetime]:
    """Find the approval that publication rests on, the digest it names and the embargo (UTC).

    Raises:
        SeparationError: the approval is by somebody who made the draft, or of other bytes than were drafted; the desk
            refuses both, so the ledger was written by something else.
        LedgerError: the approval bears no embargo that can be read.
    """
    approval = history.latest(*_APPROVALS)
    draft = latest_draft(history)
    if approval is None or approval.entry.because != draft.digest:
        message = f"{history.inspection_id}: wanted an approval of the newest draft, found none; nothing was published"
        raise SeparationError(message)
    digest = str(approval.entry.facts.get("draft"))
    if draft.entry.document is None or digest != draft.entry.document.sha256:
        message = f"{history.inspection_id}: the approval names other bytes than were drafted; nothing was published"
        raise SeparationError(message)
    if approval.entry.actor.person in authors_of(history):
        message = f"{history.inspection_id}: the draft was approved by one of its authors; nothing was published"
        raise SeparationError(message)
    return approval, digest, embargo_of(approval)


def embargo_of(approval: Recorded) -> dt.datetime:
    """Read the instant (UTC) before which an approved draft is not published.

    Raises:
        LedgerError: there is none in the entry; the desk writes one always, so something else wrote the entry.
    """
    text = approval.entry.facts.get("embargo")
    try:
        moment = dt.datetime.fromisoformat(str(text))
    except ValueError:
        moment = None
    if moment is not None and moment.utcoffset() == dt.timedelta(0):
        return moment
    found = "none" if text is None else "something else"
    message = (
        f"{approval.entry.inspection} entry {approval.entry.seq}: wanted an approval with its embargo, an instant in "
        f"UTC, found {found}; the ledger is not what was written, so nothing is published: tell management and keep "
        "the bucket as it is (docs/operations.md)"
    )
    raise LedgerError(message)
