"""Answer the force's comments on a draft, each with an act or several in one, and read them with their answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from desk.acts.acting import EntryContent, perform
from desk.acts.context import DeskContext
from domain.lifecycle.accuracy import CommentsOnDraft, comments_on, count_of
from domain.lifecycle.approval import latest_draft
from domain.lifecycle.history import History, Recorded
from domain.signing import Signer
from schemas.counts import counted
from schemas.documents.accuracy_answers import AccuracyAnswer, AccuracyAnswers
from schemas.documents.accuracy_comments import MAX_COMMENT_LENGTH, AccuracyComments
from schemas.errors import RefusedError
from schemas.lifecycle.acts import ANSWER_COMMENTS
from schemas.lifecycle.entry import Fact
from schemas.lifecycle.moves import Kind
from schemas.text import CharacterError, normal
from storage.record.artefacts import Artefacts


def answer_comments(
    context: DeskContext,
    inspection_id: str,
    answers: Mapping[int, str | None],
    signer: Signer,
    *,
    entry: int | None = None,
) -> Recorded:
    """Answer comments of the force: each is accepted, or the answer says why not. A later answer replaces an earlier.

    Args:
        answers: by the number of the comment, why it is not accepted; None where it is.
        entry: place of the entry with the comments; the newest when left out.

    Raises:
        RefusedError: by role, head or state, or the force made no such comment, or a reason is empty or too long;
            recorded, without the reasons.
    """

    def content(history: History) -> EntryContent:
        commented = _comments_to_answer(history, entry)
        numbers = range(1, count_of(commented.recorded) + 1)
        if not answers or not set(answers) <= set(numbers) or commented.recorded.entry.document is None:
            raise RefusedError(
                f"{inspection_id}: expected numbers of the {counted(len(numbers), 'comment')} of entry "
                f"{commented.recorded.entry.seq}, found {', '.join(map(str, sorted(answers))) or 'none'}; "
                "`ncpi accuracy read` lists them"
            )
        comments = commented.recorded.entry.document.sha256
        written = AccuracyAnswers(
            inspection=inspection_id,
            comments=comments,
            answers=tuple(
                AccuracyAnswer(number=number, why_not=_why_not(inspection_id, number, answers[number]))
                for number in sorted(answers)
            ),
        )
        facts: dict[str, Fact] = {
            "accepted": tuple(str(one.number) for one in written.answers if one.why_not is None),
            "not_accepted": tuple(str(one.number) for one in written.answers if one.why_not is not None),
        }
        stored = context.stores.artefacts.store_document(written, inspection_id)
        return EntryContent(facts, stored, commented.recorded.digest)

    def find_earlier(history: History) -> Recorded | None:
        latest = history.latest(ANSWER_COMMENTS.records)
        if latest is None or latest.entry.actor.person != signer.actor.person:
            return None
        try:
            again = content(history)  # of the comments that are meant now: the force may have said more since
        except RefusedError:
            return None
        entry = latest.entry
        is_same = (entry.facts, entry.document, entry.because) == (again.facts, again.document, again.because)
        return latest if is_same else None

    history = context.history(inspection_id)
    return perform(context, history, ANSWER_COMMENTS, signer, content, find_earlier=find_earlier)


def _comments_to_answer(history: History, entry: int | None) -> CommentsOnDraft:
    found = comments_on(history, latest_draft(history))
    chosen = [one for one in found if entry is None or one.recorded.entry.seq == entry]
    if chosen:
        return chosen[-1]
    raise RefusedError(
        f"{history.inspection_id}: expected comments of the force on this document to {ANSWER_COMMENTS.name}, found "
        f"{'none' if entry is None else f'none in entry {entry}'}; `ncpi accuracy read` lists them"
    )


def _why_not(inspection_id: str, number: int, reason: str | None) -> str | None:
    if reason is None:
        return None
    try:
        form = normal(reason)
    except CharacterError as error:
        raise RefusedError(f"{inspection_id}: the answer to comment {number} {error}") from None
    if any(character.isalnum() for character in form) and len(form) <= MAX_COMMENT_LENGTH:
        return form
    raise RefusedError(
        f"{inspection_id}: expected to be told in words, at most {MAX_COMMENT_LENGTH:,} characters, why comment "
        f"{number} is not accepted, found {len(form)} characters; reword it"
    )


@dataclass(frozen=True, slots=True)
class CommentsOfForce:
    """What the force said in one entry, and how the inspectorate answered, by the number of the comment."""

    recorded: Recorded
    comments: AccuracyComments
    answers: Mapping[int, tuple[Recorded, AccuracyAnswer]]

    def as_data(self) -> dict[str, object]:
        """Return it as data for JSON."""
        answers = [
            {"number": number, "accepted": answer.why_not is None, "why_not": answer.why_not, "entry": one.entry.seq}
            for number, (one, answer) in sorted(self.answers.items())
        ]
        return {
            "entry": self.recorded.entry,
            "draft": self.comments.draft,
            "comments": self.comments.comments,
            "answers": answers,
        }


def read_all_comments(artefacts: Artefacts, history: History) -> tuple[CommentsOfForce, ...]:
    """Read what the force said on each draft, oldest first, and the answer to each comment that stands."""
    return tuple(
        CommentsOfForce(
            one,
            artefacts.read_document(AccuracyComments, history.inspection_id, one.entry.document.sha256),
            _read_answers(artefacts, history, one),
        )
        for one in history.all_of(Kind.ACCURACY_COMMENTED)
        if one.entry.document is not None
    )


def _read_answers(
    artefacts: Artefacts, history: History, commented: Recorded
) -> dict[int, tuple[Recorded, AccuracyAnswer]]:
    found: dict[int, tuple[Recorded, AccuracyAnswer]] = {}
    for one in history.all_of(Kind.ACCURACY_ANSWERED):
        if one.entry.because == commented.digest and one.entry.document is not None:
            written = artefacts.read_document(AccuracyAnswers, history.inspection_id, one.entry.document.sha256)
            found |= {answer.number: (one, answer) for answer in written.answers}
    return found
