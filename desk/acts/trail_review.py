"""Record that management has read the trail of an inspection up to an entry, and what concerns them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from desk.acts.acting import EntryContent, perform
from desk.acts.context import DeskContext
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
    concerns: Sequence[str] = (),
    note: str | None = None,
) -> Recorded:
    """Record that the trail was read up to the entry of a digest; entries since do not stand in the way.

    Args:
        digest: of the newest entry that was read, as a report names it, or its first 12 digits or more.
        concerns: each a sentence; none where nothing concerns them.

    Raises:
        RefusedError: by role, head or state, or no entry has that digest; recorded. Or a concern or the note says
            nothing, is too long or holds personal data, or there are too many; of that nothing is recorded.
    """
    if len(concerns) > MAX_CONCERNS:
        raise RefusedError(
            f"{inspection_id}: expected at most {MAX_CONCERNS} concerns, found {len(concerns)}; put some together"
        )
    told: dict[str, Fact] = {"concerns": tuple(checked_reason(inspection_id, one) for one in concerns)}
    if note is not None:
        told["note"] = checked_reason(inspection_id, note)

    def content(history: History) -> EntryContent:
        read = _entry_of(history, digest)
        return EntryContent({"up_to": read.entry.seq, **told}, because=read.digest)

    return perform(context, context.history(inspection_id), REVIEW_TRAIL, signer, content)


def _entry_of(history: History, digest: str) -> Recorded:
    found = [one for one in history.recorded if len(digest) >= MIN_DIGEST_DIGITS and one.digest.startswith(digest)]
    if len(found) != 1:
        raise RefusedError(
            f"{history.inspection_id}: expected the digest of an entry of this inspection, {MIN_DIGEST_DIGITS} digits "
            "or more, found none with the one given; the report names it as its newest entry"
        )
    return found[0]
