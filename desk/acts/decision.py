"""Decide on a draft by its digest: moderate, approve or return it; take an approval back before it has an effect."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from desk.acts.acting import EntryContent, perform
from desk.acts.context import DeskContext
from desk.acts.reasons import checked_reason
from domain.calendar import time_in_words
from domain.lifecycle.approval import (
    MIN_DIGEST_DIGITS,
    check_decision,
    check_embargo,
    embargo_of,
    latest_draft,
    revocable_approval,
    standing_approval,
)
from domain.lifecycle.history import History, Recorded
from domain.signing import Signer
from schemas.errors import RefusedError, StaleError
from schemas.lifecycle.acts import ACTS, MODERATE, TAKE_BACK_APPROVAL, Act
from schemas.lifecycle.entry import Fact
from schemas.lifecycle.kinds import APPROVALS, RETURNS_OF_DRAFTS
from schemas.lifecycle.moves import Kind


def approve(
    context: DeskContext, inspection_id: str, digest: str, signer: Signer, *, embargo: dt.datetime | None = None
) -> Recorded:
    """Approve the draft of that digest for publication, once.

    Args:
        embargo: UTC instant, still to come, before which it is not published; at once when left out.

    Raises:
        RefusedError: by role, head, state, digest, part or embargo; recorded in the ledger. Or the draft was approved
            by this person already, with another embargo, or the embargo is not in UTC.
        LedgerError: that approval bears no embargo.
    """
    if embargo is not None and embargo.utcoffset() != dt.timedelta(0):
        # Recorded, it could never be read again, and the inspection would stand still for ever.
        raise RefusedError(
            f"{inspection_id}: expected the embargo as an instant in UTC, found another; nothing was approved"
        )
    history = context.history(inspection_id)
    act = _act_on_draft(history, APPROVALS)
    until = embargo or context.clock()
    facts = {"decision": "approved", "embargo": until.isoformat()}

    def find_earlier(history: History) -> Recorded | None:
        latest = standing_approval(history)
        is_same = latest and latest.entry.kind is act.records and latest.entry.actor.person == signer.actor.person
        if latest is None or not is_same or latest.entry.facts.get("draft") != whole_digest(history, digest):
            return None
        _check_embargo(latest, embargo)
        return latest

    decide = _decision(context, act, digest, facts)

    def content(history: History) -> EntryContent:
        if embargo is not None:
            check_embargo(inspection_id, embargo, context.clock())
        return decide(history)

    return perform(context, history, act, signer, content, find_earlier=find_earlier)


def return_draft(context: DeskContext, inspection_id: str, digest: str, signer: Signer, reason: str) -> Recorded:
    """Return the draft of that digest to its author, with a reason.

    Raises:
        RefusedError: role, head, state, digest or separation of duties forbid it; recorded. Or the reason says
            nothing, is too long or holds personal data; not recorded.
    """
    reason = checked_reason(inspection_id, reason)
    history = context.history(inspection_id)
    act = _act_on_draft(history, RETURNS_OF_DRAFTS)
    content = _decision(context, act, digest, {"decision": "returned", "reason": reason})
    return perform(context, history, act, signer, content)


def moderate(context: DeskContext, inspection_id: str, digest: str, signer: Signer) -> Recorded:
    """Record that a moderator has read the draft of that digest against its evidence.

    Raises:
        RefusedError: role, head, state, digest or separation of duties forbid it; recorded.
    """
    content = _decision(context, MODERATE, digest, {"decision": "moderated"})
    return perform(context, context.history(inspection_id), MODERATE, signer, content)


def take_back_approval(context: DeskContext, inspection_id: str, signer: Signer, reason: str) -> Recorded:
    """Take the standing approval back; the draft awaits approval again, and is approved anew or returned.

    Raises:
        RefusedError: role, head or state forbid it, or publication may have begun; recorded. Or the reason is unfit;
            not recorded.
    """
    reason = checked_reason(inspection_id, reason)

    def content(history: History) -> EntryContent:
        approval = revocable_approval(history, context.clock())
        facts = {"decision": "taken back", "draft": str(approval.entry.facts.get("draft")), "reason": reason}
        return EntryContent(
            facts, approval.entry.document, approval.digest, id=history.id_of(TAKE_BACK_APPROVAL.records, approval)
        )

    return perform(context, context.history(inspection_id), TAKE_BACK_APPROVAL, signer, content)


def _act_on_draft(history: History, decisions: frozenset[Kind]) -> Act:
    """Find the act among some decisions that concerns the newest draft.

    Raises:
        IllegalMoveError: nothing was drafted yet.
    """
    draft = latest_draft(history).entry.kind
    return next(act for act in ACTS if act.records in decisions and draft in act.decides_on)


def whole_digest(history: History, beginning: str) -> str:
    """Return the whole digest of the newest draft if it begins so; else what was given.

    Raises:
        StaleError: it is too short to be sure of.
    """
    if len(beginning) < MIN_DIGEST_DIGITS:
        raise StaleError(
            f"{history.inspection_id}: expected at least {MIN_DIGEST_DIGITS} digits of the draft's digest, "
            f"found {len(beginning)}"
        )
    document = latest_draft(history).entry.document
    return document.sha256 if document and document.sha256.startswith(beginning) else beginning


def _decision(
    context: DeskContext, act: Act, digest: str, facts: Mapping[str, Fact]
) -> Callable[[History], EntryContent]:
    def content(history: History) -> EntryContent:
        whole = whole_digest(history, digest)
        draft = check_decision(history, act, whole, context.clock())
        # A decision on what nobody believes could never be set aside with the draft.
        context.check_believed(history, draft)
        # Two people may moderate a draft, but it is approved or returned once, and once more for each time that its
        # approval was taken back.
        again = history.latest(Kind.APPROVAL_TAKEN_BACK)
        cause = again if again and again.entry.seq > draft.entry.seq else draft
        named = history.id_of(act.records, cause) if act is not MODERATE else None
        return EntryContent({**facts, "draft": whole}, draft.entry.document, draft.digest, id=named)

    return content


def _check_embargo(approval: Recorded, expected: dt.datetime | None) -> None:
    """Refuse an approval whose embargo differs from that of the one already recorded."""
    standing = embargo_of(approval)
    # Approved for publication at once: the desk writes the instant before the entry's own.
    is_same = standing == expected if expected else standing <= approval.entry.at
    if is_same:
        return
    described = f"the embargo {time_in_words(expected)}" if expected else "no embargo"
    raise RefusedError(
        f"{approval.entry.inspection}: expected {described}, found it approved already with the embargo "
        f"{time_in_words(standing)} (entry {approval.entry.seq}); an approval cannot be altered, so nothing was "
        "changed: take it back (`ncpi take-back`), then approve again"
    )
