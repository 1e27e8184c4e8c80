"""Send a draft to the force to check its facts within a time, and record its comments."""

from __future__ import annotations

import codecs
import datetime as dt
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path
from typing import Final

from desk.acts.acting import EntryContent, perform
from desk.acts.context import DeskContext
from desk.acts.decision import whole_digest
from desk.acts.uploads import read_plain_file, rejected_file
from domain.calendar import time_in_words
from domain.lifecycle.accuracy import check_under_way, open_check
from domain.lifecycle.approval import check_decision, latest_draft
from domain.lifecycle.history import History, Recorded
from domain.lifecycle.strict_facts import instant_of
from domain.signing import Signer
from schemas.documents.accuracy_comments import MAX_COMMENT_LENGTH, MAX_COMMENTS, AccuracyComments
from schemas.documents.publication import Draft
from schemas.errors import AlreadyWrittenError, IllegalMoveError, RefusedError
from schemas.lifecycle.acts import COMMENT_ACCURACY, OPEN_ACCURACY
from schemas.problems import Problem
from schemas.text import CharacterError, normal
from storage.record.documents import read_recorded
from storage.record.presigned import link_to_private
from storage.settings import Settings

MAX_CHECK: Final = dt.timedelta(days=28)
SHOWN: Final = ("report.html", "report.pdf")
FILE: Final = "comments"
MAX_BYTES: Final = 2_000_000
_BESIDE: Final = re.compile(rb'<a href="report\.[a-z]+">([^<]*)</a>')
_MAIN: Final = b'<main id="content" class="measure">'
"""Where the content of a page begins (reports/layout/templates/page.html)."""
_SHORTEST: Final = dt.timedelta(seconds=1)


def open_accuracy(
    context: DeskContext, inspection_id: str, digest: str, until: dt.datetime, signer: Signer
) -> Recorded:
    """Send a draft to the force until an instant; nobody approves it before then, unless the force has answered.

    Args:
        until: UTC instant.

    Raises:
        RefusedError: by role, head, state or digest, or the time is past or too long; recorded.
    """

    def content(history: History) -> EntryContent:
        whole = whole_digest(history, digest)
        draft = check_decision(history, OPEN_ACCURACY, whole, context.clock())
        now = context.clock()
        if until.utcoffset() != dt.timedelta(0) or not now < until <= now + MAX_CHECK:
            raise RefusedError(
                f"{inspection_id}: expected a time within the next {MAX_CHECK.days} days, "
                f"found {time_in_words(until)}; fix it"
            )
        return EntryContent({"draft": whole, "until": until.isoformat()}, draft.entry.document, draft.digest)

    return perform(context, context.history(inspection_id), OPEN_ACCURACY, signer, content)


def comment_on_accuracy(
    context: DeskContext, inspection_id: str, digest: str, comments: Sequence[str], signer: Signer
) -> Recorded:
    """Record the comments of the force on a draft; none means that it found no fact wrong.

    Raises:
        RefusedError: by role, force, head, state or digest, or no check of it is open, or there is too much; recorded,
            without the comments.
    """

    def content(history: History) -> EntryContent:
        now = context.clock()
        whole = whole_digest(history, digest)
        check_decision(history, COMMENT_ACCURACY, whole, now)
        opened = open_check(history, latest_draft(history), now)
        if opened is None:
            raise IllegalMoveError(
                f"{inspection_id}: expected a draft whose facts the force may check now, found none; ask the inspectors"
            )
        try:
            forms = tuple(normal(comment) for comment in comments)
        except CharacterError as error:
            raise RefusedError(f"{inspection_id}: a comment {error}") from None
        if len(comments) > MAX_COMMENTS or any(not 0 < len(one) <= MAX_COMMENT_LENGTH for one in forms):
            raise RefusedError(
                f"{inspection_id}: expected at most {MAX_COMMENTS} comments of 1 to {MAX_COMMENT_LENGTH} characters; "
                "shorten or join them"
            )
        written = AccuracyComments(inspection=inspection_id, draft=whole, comments=forms)
        stored = context.stores.artefacts.store_document(written, inspection_id)
        return EntryContent({"draft": whole, "comments": len(comments)}, stored, opened.digest)

    return perform(context, context.history(inspection_id), COMMENT_ACCURACY, signer, content)


@dataclass(frozen=True, slots=True)
class AccuracyLink:
    """A link to one file of a draft; a secret, so its representation does not show it."""

    name: str
    address: str
    until: dt.datetime

    def __repr__(self) -> str:
        """Name the file only: this may end in a log."""
        return f"AccuracyLink({self.name!r})"


def accuracy_links(
    context: DeskContext, inspection_id: str, settings: Settings | None = None
) -> tuple[AccuracyLink, ...]:
    """Copy the draft's page and PDF and sign links to the copies, until the check ends or for a week.

    Asking again makes others beside them. What ends the check ends all of them at once.

    Raises:
        IllegalMoveError: no check is open.
        AlreadyWrittenError: another check was opened meanwhile.
    """
    now, history = context.clock(), context.history(inspection_id)
    check = _check_to_link(history, now)
    copied = _copy(context, history, check)
    # What ended the check meanwhile did not see the copies.
    history = context.history(inspection_id)
    context.end_links(history)
    if _check_to_link(history, now) != check:
        raise AlreadyWrittenError(
            f"{inspection_id}: another check of the facts was opened meanwhile; ask for its links"
        )
    links = []
    for name, key in copied.items():
        saved = f"{inspection_id}-{latest_draft(history).entry.kind.subject}-draft{Path(name).suffix}"
        address, until = link_to_private(key, saved, until=instant_of(check, "until"), now=now, settings=settings)
        links.append(AccuracyLink(name, address, until))
    return tuple(links)


def _check_to_link(history: History, now: dt.datetime) -> Recorded:
    check = check_under_way(history, now + _SHORTEST)
    if check is None:
        raise IllegalMoveError(
            f"{history.inspection_id}: expected a draft whose facts the force may check now, found none; the force has "
            "answered, the time is over, or it is returned or on hold: open the check of the newest draft"
        )
    return check


def _copy(context: DeskContext, history: History, check: Recorded) -> dict[str, str]:
    """Copy what is shown to the force, and return the key of each copy by its name."""
    stores, inspection_id, token = context.stores, history.inspection_id, secrets.token_hex(16)
    draft = read_recorded(stores.artefacts, history, latest_draft(history).entry.kind, Draft)
    copied = {}
    for file in (one for name in SHOWN for one in draft.files if one.name == name):
        data = stores.artefacts.read(inspection_id, file.sha256)
        shown = page_for_force(data, instant_of(check, "until")) if file.name.endswith(".html") else data
        copied[file.name] = stores.accuracy_copies.store(inspection_id, check.digest, file.name, shown, token)
    return copied


def page_for_force(page: bytes, until: dt.datetime) -> bytes:
    """Return a copy of the page that says what it is, with the files beside it named and not linked.

    A link of the force opens one file only. The bytes that are approved stay as they are.

    Args:
        until: UTC instant, by which the force may comment.
    """
    title, *paragraphs = (
        "Draft, for the force to check its facts",
        "This is not published and may still change. It was opened to you alone: do not copy it or pass it on.",
        f"Say by {time_in_words(until)} which facts are wrong, or that none is.",
    )
    said = "".join(f"<p>{escape(text)}</p>\n" for text in paragraphs)
    box = (
        f'\n<aside class="notice" aria-label="{escape(title)}">\n'
        f'<p class="title"><strong>{escape(title)}</strong></p>\n{said}</aside>'
    )
    return _BESIDE.sub(rb"\1", page).replace(_MAIN, _MAIN + box.encode(), 1)


def read_comments(path: Path, inspection_id: str) -> tuple[str, ...]:
    """Read comments; none means that the force found no fact wrong.

    Raises:
        RejectedError: it is no plain text file in UTF-8.
    """
    data = read_plain_file(path, FILE, MAX_BYTES, inspection_id).removeprefix(codecs.BOM_UTF8)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise rejected_file(inspection_id, FILE, (_problem("encoding-utf-8", line),)) from None
    if "\0" in text:
        raise rejected_file(inspection_id, FILE, (_problem("plain-text", text[: text.index("\0")].count("\n") + 1),))
    lines, problems = _normal_lines(text.replace("\r\n", "\n").replace("\r", "\n"))
    if problems:
        raise rejected_file(inspection_id, FILE, problems)
    return tuple(" ".join(paragraph) for has_words, paragraph in groupby(lines, bool) if has_words)


def _normal_lines(text: str) -> tuple[list[str], tuple[Problem, ...]]:
    """Return the lines of a text in normal form, and a problem for each that has a character no text may have."""
    lines: list[str] = []
    problems: list[Problem] = []
    for number, line in enumerate(text.split("\n"), start=1):
        try:
            lines.append(normal(line))
        except CharacterError as error:
            problems.append(Problem(file=FILE, line=number, rule="character", message=str(error)))
    return lines, tuple(problems)


def _problem(rule: str, line: int) -> Problem:
    message = "the file is not plain text in UTF-8; save it as a text file (.txt) with that encoding"
    return Problem(file=FILE, line=line, rule=rule, message=message)
