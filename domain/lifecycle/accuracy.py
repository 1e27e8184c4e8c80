"""The force's check of a draft's facts: open until a time or until it comments; each comment is then answered."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from domain.lifecycle.history import History, Recorded
from domain.lifecycle.strict_facts import instant_of
from schemas.counts import counted
from schemas.documents.accuracy_comments import MAX_COMMENTS
from schemas.lifecycle.acts import DRAFTS, OPEN_ACCURACY
from schemas.lifecycle.entry import Entry
from schemas.lifecycle.moves import Kind


def open_check(history: History, draft: Recorded, now: dt.datetime) -> Recorded | None:
    """Find the check of a draft that the force has not answered and whose time is not over; None when there is none."""
    opened = history.latest(Kind.ACCURACY_OPENED)
    if opened is None or opened.entry.because != draft.digest:
        return None
    commented = history.latest(Kind.ACCURACY_COMMENTED)
    if commented is not None and commented.entry.seq > opened.entry.seq:
        return None
    return opened if now < instant_of(opened, "until") else None


def check_under_way(history: History, now: dt.datetime) -> Recorded | None:
    """Find the check of the newest draft that the force may answer now; None when there is none."""
    draft = history.latest(*DRAFTS)
    return open_check(history, draft, now) if draft and history.state in OPEN_ACCURACY.states else None


@dataclass(frozen=True, slots=True)
class CommentsOnDraft:
    """What the force said on a draft in one answer, by the numbers of its comments, and what became of each."""

    recorded: Recorded
    count: int
    accepted: frozenset[int]
    not_accepted: frozenset[int]

    @property
    def unanswered(self) -> tuple[int, ...]:
        """The numbers of the comments that lack an answer."""
        answered = self.accepted | self.not_accepted
        return tuple(number for number in range(1, self.count + 1) if number not in answered)


def comments_on(history: History, draft: Recorded) -> tuple[CommentsOnDraft, ...]:
    """List what the force said on a draft and on the earlier drafts of the same document, oldest first."""
    commented = history.all_of(Kind.ACCURACY_COMMENTED)
    return tuple(_answered(history, one) for one in commented if _drafted(history, one) is draft.entry.kind)


def unanswered_in_words(history: History, draft: Recorded) -> str:
    """Name the comments that lack an answer: `comments 2 and 3 of entry 7`; empty where each has one."""
    return ", ".join(_named(one) for one in comments_on(history, draft) if one.unanswered)


def numbers_in_words(numbers: tuple[int, ...]) -> str:
    """Name comments by their numbers: `comments 2 and 3`."""
    *first, last = map(str, numbers)
    named = f"{', '.join(first)} and {last}" if first else last
    return counted(len(numbers), "comment").partition(" ")[2] + f" {named}"


def _named(comments: CommentsOnDraft) -> str:
    return f"{numbers_in_words(comments.unanswered)} of entry {comments.recorded.entry.seq}"


def _drafted(history: History, recorded: Recorded) -> Kind | None:
    draft = history.before(recorded).latest(*DRAFTS)
    return draft.entry.kind if draft else None


def commented_by(history: History, digest: str | None) -> Recorded | None:
    """Find the entry of that digest if the force commented by it."""
    return next((one for one in history.all_of(Kind.ACCURACY_COMMENTED) if one.digest == digest), None)


def count_of(commented: Recorded) -> int:
    """Return how many comments an entry of the force has."""
    count = commented.entry.facts.get("comments")
    return min(count, MAX_COMMENTS) if isinstance(count, int) else 0


def numbers_in(entry: Entry) -> dict[int, bool]:
    """Return the numbers of the comments that an entry answers, and whether each is accepted."""
    accepted, not_accepted = (_numbers(entry, name) for name in ("accepted", "not_accepted"))
    return dict.fromkeys(accepted, True) | dict.fromkeys(not_accepted, False)


def _numbers(entry: Entry, name: str) -> tuple[int, ...]:
    texts = entry.facts.get(name)
    return tuple(int(text) for text in texts if text.isdecimal()) if isinstance(texts, tuple) else ()


def _answered(history: History, commented: Recorded) -> CommentsOnDraft:
    answers: dict[int, bool] = {}
    for one in history.all_of(Kind.ACCURACY_ANSWERED):
        if one.entry.because == commented.digest:
            answers |= numbers_in(one.entry)  # a later answer stands in place of an earlier one
    accepted = frozenset(number for number, is_accepted in answers.items() if is_accepted)
    return CommentsOnDraft(commented, count_of(commented), accepted, frozenset(answers) - accepted)
