"""Record that management has read the trail of an inspection up to an entry, and what concerns them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import Final

from desk.acts.acting import EntryContent, perform
from desk.acts.context import DeskContext
from desk.acts.programme import InspectionResult, act_on_all
from desk.acts.reasons import checked_reason
from domain.lifecycle.approval import MIN_DIGEST_DIGITS
from domain.lifecycle.history import History, Recorded
from domain.signing import Signer
from schemas.errors import RefusedError
from schemas.lifecycle.acts import REVIEW_TRAIL
from schemas.lifecycle.entry import Fact

MAX_CONCERNS: Final = 20


def review_trail(
    context: DeskContext,
    inspection_id: str,
    digest: str,
    signer: Signer,
    concerns: Sequence[str] | None = (),
    note: str | None = None,
) -> Recorded:
    """Record that the trail was read up to the entry of a digest; entries since do not stand in the way.

    Args:
        digest: of the newest entry that was read, as a report names it, or its first 12 digits or more.
        concerns: each a sentence, in place of those that stand; empty where nothing concerns them any more. None to
            say nothing of concerns, so that those that stand go on.

    Raises:
        RefusedError: by role, head or state, no entry has that digest, or this person has read further; recorded. Or a
            concern or the note says nothing, is too long or holds personal data, or there are too many; of that nothing
            is recorded.
    """
    told: dict[str, Fact] = {}
    if concerns is not None:
        if len(concerns) > MAX_CONCERNS:
            raise RefusedError(
                f"{inspection_id}: expected at most {MAX_CONCERNS} concerns, found {len(concerns)}; put some together"
            )
        told["concerns"] = tuple(checked_reason(inspection_id, one) for one in concerns)
    if note is not None:
        told["note"] = checked_reason(inspection_id, note)

    def content(history: History) -> EntryContent:
        read = _entry_of(history, digest)
        further = _read_by(history, signer)
        if read.entry.seq < further:
            raise RefusedError(
                f"{inspection_id}: expected the newest entry that you read, entry {further} or a later one, found "
                f"entry {read.entry.seq}; you have read further already: take the head of the newest report"
            )
        return EntryContent({"up_to": read.entry.seq, **told}, because=read.digest)

    return perform(context, context.history(inspection_id), REVIEW_TRAIL, signer, content)


def review_all_trails(
    context: DeskContext, signer: Signer, *, read_at: dt.datetime | None = None, note: str | None = None
) -> Iterator[InspectionResult]:
    """Record in every inspection that its trail was read as it stood at an instant; the concerns that stand go on.

    Where this person has recorded it already, so far or further, nothing is recorded: doing it again completes what
    broke off.

    Args:
        read_at: UTC instant at which the report that was read was made; now when left out.

    Raises:
        RefusedError: for the note, or the role.
    """
    if note is not None:
        note = checked_reason("programme", note)
    at = read_at or context.clock()

    def is_due(history: History) -> bool:
        read = _newest(history, at)
        return read is not None and read.entry.seq > _read_by(history, signer)

    def review(inspection_id: str) -> Recorded:
        read = _newest(context.history(inspection_id), at)
        return review_trail(context, inspection_id, read.digest if read else "", signer, None, note)

    return act_on_all(context, is_due, review)


def _read_by(history: History, signer: Signer) -> int:
    """Return up to which entry a person has recorded that they read; -1 for none."""
    reviews = [one.entry for one in history.all_of(REVIEW_TRAIL.records)]
    places = [one.facts.get("up_to") for one in reviews if one.actor.person == signer.actor.person]
    return max((place for place in places if isinstance(place, int)), default=-1)


def _newest(history: History, at: dt.datetime) -> Recorded | None:
    """Find the newest entry of an instant; reviews of the trail are nothing that is to be reviewed."""
    read = [one for one in history.recorded if one.entry.at <= at and one.entry.kind is not REVIEW_TRAIL.records]
    return read[-1] if read else None


def _entry_of(history: History, digest: str) -> Recorded:
    found = [one for one in history.recorded if len(digest) >= MIN_DIGEST_DIGITS and one.digest.startswith(digest)]
    if len(found) != 1:
        raise RefusedError(
            f"{history.inspection_id}: expected the digest of an entry of this inspection, {MIN_DIGEST_DIGITS} digits "
            "or more, found none with the one given; the report names it as its newest entry"
        )
    return found[0]
