"""Give a draft to the force for a time to check its facts, and take in what it says of them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from desk.acts.acting import Deed, perform
from domain.lifecycle.accuracy import open_check
from domain.lifecycle.approval import check_decision, latest_draft
from schemas.documents.accuracy_comments import LONGEST_COMMENT, MOST_COMMENTS, AccuracyComments
from schemas.errors import IllegalMoveError, RefusedError
from schemas.lifecycle.acts import COMMENT_ACCURACY, OPEN_ACCURACY

if TYPE_CHECKING:
    from collections.abc import Sequence

    from desk.acts.context import Office
    from domain.lifecycle.history import History, Recorded
    from domain.signing import Signer

LONGEST: Final = dt.timedelta(days=28)


def open_accuracy(
    office: Office, inspection_id: str, digest: str, until: dt.datetime, signer: Signer, *, seen: str | None = None
) -> Recorded:
    """Give the draft of that digest to the force until an instant; until then it is not approved, unless it answers.

    Args:
        until: UTC instant.

    Raises:
        RefusedError: by role, head, state or digest, or the time is past or too long; recorded.
    """

    def deed(history: History) -> Deed:
        draft = check_decision(history, OPEN_ACCURACY, digest, office.clock())
        now = office.clock()
        if until.utcoffset() != dt.timedelta(0) or not now < until <= now + LONGEST:
            message = f"{inspection_id}: wanted a time within the next {LONGEST.days} days (UTC), found another"
            raise RefusedError(message)
        return Deed({"draft": digest, "until": until.isoformat()}, draft.entry.document, draft.digest)

    return perform(office, inspection_id, OPEN_ACCURACY, signer, deed, seen=seen)


def comment_on_accuracy(
    office: Office,
    inspection_id: str,
    digest: str,
    comments: Sequence[str],
    signer: Signer,
    *,
    seen: str | None = None,
) -> Recorded:
    """Take in what the force says of the draft of that digest; no comment says that it found no fact wrong.

    Raises:
        RefusedError: by role, force, head, state or digest, or no check of it is open, or there is too much; recorded,
            without the comments.
    """

    def deed(history: History) -> Deed:
        now = office.clock()
        check_decision(history, COMMENT_ACCURACY, digest, now)
        opened = open_check(history, latest_draft(history), now)
        if opened is None:
            message = (
                f"{inspection_id}: wanted a draft whose facts the force may check now, found none; ask the inspectors"
            )
            raise IllegalMoveError(message)
        if len(comments) > MOST_COMMENTS or any(not 0 < len(one) <= LONGEST_COMMENT for one in comments):
            message = (
                f"{inspection_id}: wanted at most {MOST_COMMENTS} comments of 1 to {LONGEST_COMMENT} characters; "
                "shorten or join them"
            )
            raise RefusedError(message)
        written = AccuracyComments(inspection=inspection_id, draft=digest, comments=tuple(comments))
        stored = office.stores.artefacts.store_document(written, inspection_id)
        return Deed({"draft": digest, "comments": len(comments)}, stored, opened.digest)

    return perform(office, inspection_id, COMMENT_ACCURACY, signer, deed, seen=seen)
