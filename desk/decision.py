"""Approve or return a draft: one person, one digest, one decision, and a refusal that is recorded too."""

from __future__ import annotations

import datetime as dt
import unicodedata
from typing import TYPE_CHECKING, Final

from desk.permission import check_role
from domain.approval import check_decision, embargo_of, latest_draft
from domain.disclosure import personal_data_in
from schemas.acts import APPROVE_REPORT, APPROVE_REVIEW, RETURN_REPORT, RETURN_REVIEW, Act
from schemas.errors import RefusedError
from schemas.moves import MOVES, Kind

if TYPE_CHECKING:
    from desk.office import Office
    from domain.history import History, Recorded
    from schemas.entry import Actor

LONGEST_REASON: Final = 600
"""Longest text that an entry bears as a fact."""
_INSTANT: Final = "%Y-%m-%d %H:%M:%S"
_APPROVALS: Final = {Kind.REPORT_DRAFTED: APPROVE_REPORT, Kind.REVIEW_DRAFTED: APPROVE_REVIEW}
_RETURNS: Final = {Kind.REPORT_DRAFTED: RETURN_REPORT, Kind.REVIEW_DRAFTED: RETURN_REVIEW}


def approve(
    office: Office, inspection_id: str, digest: str, actor: Actor, *, embargo: dt.datetime | None = None
) -> Recorded:
    """Approve the draft of that digest for publication; the same approval again changes nothing, nor does another.

    Args:
        embargo: UTC instant before which it is not published; at once when left out.

    Raises:
        RefusedError: by role, state, digest or person; recorded in the ledger where the draft awaits a decision. Or
            the draft was approved by this person already, with another embargo, or the embargo is not in UTC.
        LedgerError: that approval bears no embargo.
    """
    if embargo is not None and embargo.utcoffset() != dt.timedelta(0):
        # Recorded, it could never be read again, and the inspection would stand still for ever.
        message = f"{inspection_id}: wanted the embargo as an instant in UTC, found another; nothing was approved"
        raise RefusedError(message)
    history = office.stores.ledger.history(inspection_id)
    act = _APPROVALS[latest_draft(history).entry.kind]
    if earlier := _same_before(history, act, digest, actor):
        _check_embargo(earlier, embargo)
        return earlier
    now = office.clock()
    facts = {"decision": "approved", "draft": digest, "embargo": (embargo or now).isoformat()}
    return _decide(office, history, act, digest, actor, facts)


def return_draft(office: Office, inspection_id: str, digest: str, actor: Actor, reason: str) -> Recorded:
    """Return the draft of that digest to its author, saying why.

    Raises:
        RefusedError: by role, state, digest or person; recorded in the ledger where the draft awaits a decision. Or
            for the reason, which says nothing, is too long or holds personal data; of that nothing is recorded.
    """
    if fault := fault_of_reason(reason):
        message = f"{inspection_id}: {fault}"
        raise RefusedError(message)
    if kinds := personal_data_in(reason):
        message = (
            f"{inspection_id}: the reason holds {' and '.join(kinds)}, and the ledger keeps it for ever; reword it"
        )
        raise RefusedError(message)
    history = office.stores.ledger.history(inspection_id)
    act = _RETURNS[latest_draft(history).entry.kind]
    return _decide(office, history, act, digest, actor, {"decision": "returned", "draft": digest, "reason": reason})


def fault_of_reason(reason: str) -> str | None:
    """Say what is wrong with the reason of a return, without repeating it; None when an entry can bear it."""
    if not any(character.isalnum() for character in reason):
        found = "none"
    elif len(reason) > LONGEST_REASON:
        found = f"{len(reason)}"
    elif any(unicodedata.category(character) == "Cs" for character in reason):
        found = "bytes that are no text (UTF-8)"
    else:
        return None
    return f"wanted a reason in words, at most {LONGEST_REASON} characters, found {found}; reword it"


def _same_before(history: History, act: Act, digest: str, actor: Actor) -> Recorded | None:
    latest = history.latest(act.records)
    if latest and latest.entry.actor.person == actor.person and latest.entry.facts.get("draft") == digest:
        return latest
    return None


def _check_embargo(approval: Recorded, wanted: dt.datetime | None) -> None:
    """Refuse to say that an approval was taken when it differs from the one that stands."""
    standing = embargo_of(approval)
    # Approved for publication at once: the desk writes the instant before the entry's own.
    is_same = standing == wanted if wanted else standing <= approval.entry.at
    if is_same:
        return
    asked = f"the embargo {wanted.astimezone(dt.UTC):{_INSTANT}} UTC" if wanted else "no embargo"
    message = (
        f"{approval.entry.inspection}: wanted {asked}, found it approved already with the embargo "
        f"{standing:{_INSTANT}} UTC (entry {approval.entry.seq}); an approval cannot be altered, so nothing was "
        "changed: if it must not be published then, tell management"
    )
    raise RefusedError(message)


def _decide(office: Office, history: History, act: Act, digest: str, actor: Actor, facts: dict[str, str]) -> Recorded:
    try:
        check_role(act, actor, history.inspection_id)
        draft = check_decision(history, act, actor.person, digest)
    except RefusedError as error:
        _record_refusal(office, history, act, actor, error)
        raise
    entry = history.next_entry(
        act.records,
        id=f"{act.records.value}/{draft.entry.seq:08d}",
        at=office.clock(),
        actor=actor,
        document=draft.entry.document,
        facts=dict(facts),
        because=draft.digest,
    )
    return office.record(history, entry)


def _record_refusal(office: Office, history: History, act: Act, actor: Actor, error: RefusedError) -> None:
    if act.refusal is None or act.refusal not in MOVES[history.state]:
        return  # nothing awaits a decision, so there is nothing that was refused
    entry = history.next_entry(
        act.refusal,
        id=f"{act.refusal.value}/{len(history.recorded):08d}",
        at=office.clock(),
        actor=actor,
        facts={
            "act": act.name,
            "decision": "refused",
            "rule": type(error).__name__,
            "reason": str(error)[:LONGEST_REASON],
        },
    )
    office.record(history, entry)
