"""When management last reviewed the trail, and what came since then, or since another day or entry."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from audit.report.lenient_facts import count_in, newest, summary_of, text_in, texts_in
from domain.calendar import london_date
from domain.lifecycle.history import History, Recorded
from schemas.audit.report import TrailReview
from schemas.counts import counted
from schemas.dates import in_words
from schemas.errors import NotFoundError
from schemas.lifecycle.moves import Kind


@dataclass(frozen=True, slots=True)
class Since:
    """What a report is compared with: in words, and the entries that came after it."""

    words: str
    entries: Sequence[Recorded]


def last_review_of(history: History) -> TrailReview | None:
    """Return the newest review of the trail by management; None where there is none."""
    recorded = history.latest(Kind.TRAIL_REVIEWED)
    if recorded is None:
        return None
    facts = recorded.entry.facts
    up_to = count_in(facts, "up_to") or 0
    return TrailReview(
        **summary_of(recorded),
        up_to=up_to,
        concerns=standing_concerns(history),
        note=text_in(facts, "note"),
        since=len(_after(history, up_to)),
    )


def standing_concerns(history: History) -> tuple[str, ...]:
    """Return the concerns of management that stand: of the newest review that speaks of concerns."""
    spoke = [one.entry.facts for one in history.all_of(Kind.TRAIL_REVIEWED) if "concerns" in one.entry.facts]
    return texts_in(spoke[-1], "concerns") if spoke else ()


def review_in_words(review: TrailReview | None) -> str:
    """Return when management last reviewed the trail, by whom, and how much came since."""
    if review is None:
        return "never"
    day = in_words(london_date(review.at))
    return f"on {day} by {review.person}, {counted(review.since, 'entry', 'entries')} since"


def changes_since(history: History, review: TrailReview | None, asked: dt.date | str | None) -> Since:
    """Return what came since a day, since an entry, or else since the last review; everything where there is none.

    Args:
        asked: the last day that is known already, London calendar; or the digest of the newest entry that is.

    Raises:
        NotFoundError: no entry has that digest.
    """
    if isinstance(asked, dt.date):
        later = [one for one in _after(history, -1) if london_date(one.entry.at) > asked]
        return Since(f"since {in_words(asked)}", newest(later))
    if asked is not None:
        known = next((one for one in history.recorded if one.digest == asked), None)
        if known is None:
            raise NotFoundError(
                f"{history.inspection_id}: expected the digest of an entry, found one of none; take the newest entry "
                "of the earlier report"
            )
        return Since(f"since entry {known.entry.seq}", newest(_after(history, known.entry.seq)))
    if review is not None:
        return Since("since the last review by management", newest(_after(history, review.up_to)))
    return Since("since it was opened", newest(_after(history, -1)))


def _after(history: History, place: int) -> list[Recorded]:
    return [one for one in history.recorded if one.entry.seq > place and one.entry.kind is not Kind.TRAIL_REVIEWED]
