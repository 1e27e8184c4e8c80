"""The commands of the factual-accuracy check: send the draft to the force, record, read and answer its comments."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desk.acts import context
from desk.acts.accuracy import AccuracyLink, accuracy_links, comment_on_accuracy, open_accuracy, read_comments
from desk.acts.accuracy_answers import CommentsOfForce, answer_comments, read_all_comments
from desk.acts.context import DeskContext
from desk.cli import options
from desk.cli.command import command
from desk.cli.printing import console, print_json
from desk.cli.who import Reader, Who
from domain.calendar import time_in_words
from domain.lifecycle.history import Recorded
from domain.signing import Signer
from schemas.counts import counted
from schemas.lifecycle.acts import ANSWER_COMMENTS, COMMENT_ACCURACY, OPEN_ACCURACY
from schemas.lifecycle.read_rights import READ_COMMENTS
from schemas.text import plain


@command
def open_accuracy_command(inspection: options.Inspection, draft: options.Draft, until: options.Until, who: Who) -> None:
    """Open a draft for the force until a time, and print the links that open its page and its PDF and nothing else.

    Anybody who has a link can read that file, so send it to one person; it is stored nowhere. It ends at once when the
    force has answered, the draft is returned or replaced, or the inspection is put on hold or withdrawn. It expires
    after at most a week: the same command again makes new ones. Another time opens the draft anew and ends the links
    given before. Nobody approves the draft before that time unless the force has answered.

    Example: ncpi accuracy open south-wales-2015 --draft 3f2a9c01b7de --until 2026-12-01T17:00
    --person rhian.morgan --role inspector
    """

    def send(desk: DeskContext, signer: Signer) -> tuple[Recorded, tuple[AccuracyLink, ...]]:
        return open_accuracy(desk, inspection, draft, until, signer), accuracy_links(desk, inspection)

    recorded, links = who.act(OPEN_ACCURACY, send)
    if who.as_json:
        named = [{"name": one.name, "link": one.address, "until": one.until.isoformat()} for one in links]
        print_json({"entry": recorded.entry, "digest": recorded.digest, "links": named})
        return
    who.tell(recorded, f"draft opened for the force until {time_in_words(until)}; send these links")
    for one in links:
        console().print(f"{one.name}, until {time_in_words(one.until)}:\n{one.address}", markup=False)


@command
def comment_command(
    inspection: options.Inspection,
    draft: options.Draft,
    comments: Annotated[
        Path,
        typer.Option("--comments", help="Text file (UTF-8), one comment a paragraph; empty when nothing is wrong."),
    ],
    who: Who,
) -> None:
    """Record for the force which facts of the draft are wrong; only the inspectorate can read the comments.

    Example: ncpi accuracy comment south-wales-2015 --draft 3f2a9c01b7de --comments comments.txt
    --person gwyn.rees --role force-liaison
    """
    texts = read_comments(comments, inspection)
    recorded = who.act(
        COMMENT_ACCURACY, lambda desk, signer: comment_on_accuracy(desk, inspection, draft, texts, signer)
    )
    who.tell(recorded, f"{counted(len(texts), 'comment')} on draft {draft[:12]}…")


@command
def answer_command(
    inspection: options.Inspection,
    who: Who,
    accepted: Annotated[
        list[int] | None, typer.Option("--accept", help="A comment that is right, by its number.")
    ] = None,
    refused: Annotated[
        list[str] | None,
        typer.Option("--refuse", help='A comment that is not, and why: "2: the log of the unit says 76".'),
    ] = None,
    entry: Annotated[
        int | None,
        typer.Option("--entry", help="Entry with the comments (`ncpi status`); the newest when left out."),
    ] = None,
) -> None:
    """Answer comments of the force on the facts: accepted, or why not. Nothing is approved before each has an answer.

    The force can read the answers; the ledger bears only the numbers. A later answer stands in place of an earlier one.

    Example: ncpi accuracy answer south-wales-2015 --accept 1 --refuse "2: The log of the unit says 76"
    --person rhian.morgan --role inspector
    """
    answers = _read_answers(accepted or [], refused or [])
    recorded = who.act(
        ANSWER_COMMENTS, lambda desk, signer: answer_comments(desk, inspection, answers, signer, entry=entry)
    )
    who.tell(recorded, f"{counted(len(answers), 'comment')} answered")


def _read_answers(accepted: list[int], refused: list[str]) -> dict[int, str | None]:
    answers: dict[int, str | None] = dict.fromkeys(accepted)
    for text in refused:
        number, colon, why = text.partition(":")
        if not colon or not number.strip().isdecimal() or int(number) in answers:
            raise typer.BadParameter(
                'expected each comment once, and with --refuse its number, a colon and why, "2: the log says 76"'
            )
        answers[int(number)] = why.strip()
    return answers


@command
def read_command(inspection: options.Inspection, reader: Reader, as_json: options.Json = False) -> None:
    """Read the comments of the force on each draft and the answers to them, oldest first; they may name cases.

    Example: ncpi accuracy read south-wales-2015 --person rhian.morgan --role inspector
    """
    stores = context.open_read_only()
    history = stores.ledger.opened(inspection)
    reader.check(READ_COMMENTS, inspection)
    answers = read_all_comments(stores.artefacts, history)
    if as_json:
        print_json([one.as_data() for one in answers])
        return
    for one in answers:
        _print_comments(one)
    if not answers:
        console().print(f"{inspection}: the force has not answered", markup=False)


def _print_comments(said: CommentsOfForce) -> None:
    entry = said.recorded.entry
    console().print(
        f"{time_in_words(entry.at)}, {entry.actor.person}, on draft {said.comments.draft[:12]}…: "
        f"{counted(len(said.comments.comments), 'comment')}",
        markup=False,
    )
    for number, comment in enumerate(said.comments.comments, start=1):
        # Unescaped, what people wrote could control the terminal.
        console().print(f"  {number}. {plain(comment)}", markup=False)
        recorded, answer = said.answers.get(number, (None, None))
        if recorded and answer:
            words = "accepted" if answer.why_not is None else f"not accepted: {plain(answer.why_not)}"
            console().print(f"     {recorded.entry.actor.person}: {words}", markup=False)
        else:
            console().print("     not answered yet", markup=False)
