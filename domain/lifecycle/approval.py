"""Rules of a decision on a draft: on one draft, by its digest, by a person who did not make it."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from domain.calendar import london_date, time_in_words
from domain.lifecycle.accuracy import open_check, unanswered_in_words
from domain.lifecycle.history import History, Recorded
from domain.lifecycle.separation import check_separation
from domain.lifecycle.strict_facts import instant_of
from schemas.errors import IllegalMoveError, LedgerError, RefusedError, StaleError
from schemas.lifecycle.acts import ACT_OF, DRAFTS, TAKE_BACK_APPROVAL, Act
from schemas.lifecycle.kinds import APPROVALS
from schemas.lifecycle.moves import Kind, State

MAX_EMBARGO: Final = dt.timedelta(days=366)
MAX_USUAL_EMBARGO: Final = dt.timedelta(days=60)
"""What is kept longer is told with its number of days: a wrong year or month is easily typed."""
TAKE_BACK_MARGIN: Final = dt.timedelta(minutes=2)
"""How long before its embargo an approval can still be taken back: the clocks of two computers may differ a little, and
an entry takes some seconds to be written."""
ON_TIME: Final = dt.timedelta(seconds=5)
"""How long after its embargo a publication may take and still be on time."""
MIN_DIGEST_DIGITS: Final = 12
"""How much of the beginning of a digest names a draft or an entry."""
_DIGEST_BEGINNING: Final = re.compile(rf"[0-9a-f]{{{MIN_DIGEST_DIGITS},64}}")


def latest_draft(history: History) -> Recorded:
    """Find the newest draft.

    Raises:
        IllegalMoveError: nothing was drafted yet.
    """
    draft = history.latest(*DRAFTS)
    if draft is None:
        raise IllegalMoveError(f"{history.inspection_id}: nothing was drafted yet; it is {history.state.value!r}")
    return draft


def is_digest_beginning(text: str) -> bool:
    """Return whether a text is a SHA-256, or enough of its beginning to name a draft."""
    return _DIGEST_BEGINNING.fullmatch(text) is not None


def check_decision(history: History, act: Act, digest: str, now: dt.datetime) -> Recorded:
    """Check that a person decides on the draft that waits, and return it.

    Args:
        act: an approval, a return or a moderation.
        digest: SHA-256 of the draft the person saw.

    Raises:
        StaleError: the draft that waits is another one.
        IllegalMoveError: it is to be approved while the force may still check its facts, or a comment of the force has
            no answer.
    """
    draft = latest_draft(history)
    found = draft.entry.document.sha256 if draft.entry.document else ""
    if digest != found:
        # Whatever else was given is free text, and the refusal keeps this message for ever.
        given = f"{digest[:12]}…" if is_digest_beginning(digest) else "something other than a digest"
        raise StaleError(
            f"{history.inspection_id}: expected the draft {found[:12]}… to {act.name}, found {given}; "
            "read the newest draft (`ncpi show`) and decide on that one"
        )
    if act.records in APPROVALS:
        _check_accuracy(history, act, draft, now)
    return draft


def _check_accuracy(history: History, act: Act, draft: Recorded, now: dt.datetime) -> None:
    """Check that the force has no time left to check the facts, and that each of its comments has an answer.

    Raises:
        IllegalMoveError: naming the time or the comments.
    """
    if check := open_check(history, draft, now):
        raise IllegalMoveError(
            f"{history.inspection_id}: the force may check the facts of this draft until "
            f"{time_in_words(instant_of(check, 'until'))} and has not answered; {act.name} after that"
        )
    if unanswered := unanswered_in_words(history, draft):
        raise IllegalMoveError(
            f"{history.inspection_id}: expected an answer to each comment of the force to {act.name}, found none to "
            f"{unanswered}; read them (`ncpi accuracy read`) and answer them (`ncpi accuracy answer`) first"
        )


def check_embargo(inspection_id: str, embargo: dt.datetime, now: dt.datetime) -> None:
    """Check an embargo against the clock: one that is past by mistake would make the draft public at once.

    Raises:
        RefusedError: it is not still to come, or it is more than a year away.
    """
    if now < embargo <= now + MAX_EMBARGO:
        return
    found = time_in_words(embargo) + (", which is past" if embargo <= now else "")
    raise RefusedError(
        f"{inspection_id}: expected an embargo within the next {MAX_EMBARGO.days} days, found {found}; fix it, or "
        "leave it out to publish at once"
    )


def standing_approval(history: History) -> Recorded | None:
    """Find the newest approval; None when there is none, or it was taken back."""
    newest = history.latest(*APPROVALS, Kind.APPROVAL_TAKEN_BACK)
    return None if newest is None or newest.entry.kind is Kind.APPROVAL_TAKEN_BACK else newest


def revocable_approval(history: History, now: dt.datetime) -> Recorded:
    """Find the approval that can still be taken back, because its publication cannot have begun.

    Nothing is published on hold, so there the time at which it was put on hold counts.

    Raises:
        IllegalMoveError: its embargo is about to end or has ended.
        SeparationError: it is by somebody who made or moderated the draft.
        LedgerError: it is not of the newest draft, or bears no embargo that can be read.
    """
    approval, _, embargo = approved_draft(history)
    hold = history.latest(Kind.HOLD_PLACED) if history.state is State.ON_HOLD else None
    counts = min(now, hold.entry.at) if hold else now
    if counts + TAKE_BACK_MARGIN < embargo:
        return approval
    can_stop = Kind.HOLD_PLACED in history.position.legal and now < embargo
    stop = f"`ncpi hold place` stops it before {time_in_words(embargo)}; " if can_stop else ""
    found = f"its hold began {time_in_words(counts)}; " if hold else ""
    raise IllegalMoveError(
        f"{history.inspection_id}: too late to {TAKE_BACK_APPROVAL.name}, which is possible until "
        f"{TAKE_BACK_MARGIN.seconds // 60} minutes before the embargo ends ({time_in_words(embargo)}); {found}{stop}"
        "once it is published, correct or withdraw it"
    )


def approved_draft(history: History) -> tuple[Recorded, str, dt.datetime]:
    """Find the approval that publication rests on, the digest it names and the embargo (UTC).

    Raises:
        SeparationError: the approval is by somebody who made or moderated the draft.
        LedgerError: there is none of the newest draft, it is of other bytes than were drafted, or it bears no embargo
            that can be read. The desk records no such approval, so something else wrote the ledger.
    """
    approval = standing_approval(history)
    draft = latest_draft(history)
    if approval is None or approval.entry.because != draft.digest:
        raise LedgerError(
            f"{history.inspection_id}: expected an approval of the newest draft, found none; nothing was published"
        )
    digest = str(approval.entry.facts.get("draft"))
    if draft.entry.document is None or digest != draft.entry.document.sha256:
        raise LedgerError(
            f"{history.inspection_id}: the approval names other bytes than were drafted; nothing was published"
        )
    check_separation(history.before(approval), ACT_OF[approval.entry.kind], approval.entry.actor.person)
    return approval, digest, embargo_of(approval)


def embargo_of(approval: Recorded) -> dt.datetime:
    """Read the instant (UTC) before which an approved draft is not published.

    Raises:
        LedgerError: there is none in the entry; the desk writes one always, so something else wrote the entry.
    """
    return instant_of(approval, "embargo")


def embargo_in_words(approval: Recorded) -> str:
    """Return until when an approved draft is kept, and in how many days that is where it is unusually far.

    Raises:
        LedgerError: there is no embargo in the entry.
    """
    until, at = embargo_of(approval), approval.entry.at
    if until <= at:
        return "it is published at once"
    days = (london_date(until) - london_date(at)).days
    far = f", in {days} days" if until - at > MAX_USUAL_EMBARGO else ""
    return f"embargo {time_in_words(until)}{far}"


def lateness(history: History, published: Recorded) -> dt.timedelta:
    """Return how long after its embargo a document was published; nothing where it was on time.

    What a hold kept longer than the embargo is on time, whenever the hold is lifted: nobody waited for a runner.

    Raises:
        SeparationError: its approval is not one that the desk would have taken.
        LedgerError: the approval bears no embargo that can be read.
    """
    before = history.before(published)
    cause, embargo = before.last_on_path, approved_draft(before)[2]
    late = published.entry.at - embargo
    return late if cause and cause.entry.at < embargo and late > ON_TIME else dt.timedelta(0)
