"""The commands of the factual-accuracy check: send the draft to the force, record its comments, read them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desk.acts import context
from desk.acts.accuracy import (
    Answer,
    accuracy_links,
    comment_on_accuracy,
    open_accuracy,
    read_answers,
    read_comments,
)
from desk.cli import options
from desk.cli.command import command
from desk.cli.printing import console, print_json
from desk.cli.who import Reader, Who
from domain.calendar import time_in_words
from schemas.counts import counted
from schemas.lifecycle.acts import COMMENT_ACCURACY, OPEN_ACCURACY
from schemas.lifecycle.read_rights import READ_COMMENTS
from schemas.text import plain
from storage import clock


@command
def open_accuracy_command(inspection: options.Inspection, draft: options.Draft, until: options.Until, who: Who) -> None:
    """Send a draft to the force until a time, and print the links that open its page and its PDF and nothing else.

    Anybody who has a link can read that file, so send it to one person; it is stored nowhere. It expires after at most
    a week: the same command again makes new ones. Nobody approves the draft before that time unless the force has
    answered.

    Example: ncpi accuracy open south-wales-2015 --draft 3f2a9c01b7de --until 2026-12-01T17:00
    --person rhian.morgan --role inspector
    """
    recorded = who.act(OPEN_ACCURACY, lambda desk, signer: open_accuracy(desk, inspection, draft, until, signer))
    stores = context.open_read_only()
    links = accuracy_links(stores.artefacts, stores.ledger.opened(inspection), clock.utc_now())
    if who.as_json:
        named = [{"name": one.name, "link": one.address, "until": one.until.isoformat()} for one in links]
        print_json({"entry": recorded.entry, "digest": recorded.digest, "links": named})
        return
    who.tell(recorded, f"draft sent to the force until {time_in_words(until)}")
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
def read_command(inspection: options.Inspection, reader: Reader, as_json: options.Json = False) -> None:
    """Read the comments of the force on each draft, oldest first; they may name cases.

    Example: ncpi accuracy read south-wales-2015 --person rhian.morgan --role inspector
    """
    stores = context.open_read_only()
    history = stores.ledger.opened(inspection)
    reader.check(READ_COMMENTS, inspection)
    answers = read_answers(stores.artefacts, history)
    if as_json:
        print_json([one.as_data() for one in answers])
        return
    for one in answers:
        _print_answer(one)
    if not answers:
        console().print(f"{inspection}: the force has not answered", markup=False)


def _print_answer(answer: Answer) -> None:
    entry = answer.recorded.entry
    console().print(
        f"{time_in_words(entry.at)}, {entry.actor.person}, on draft {answer.comments.draft[:12]}…: "
        f"{counted(len(answer.comments.comments), 'comment')}",
        markup=False,
    )
    for number, comment in enumerate(answer.comments.comments, start=1):
        # Unescaped, what the force wrote could control the terminal.
        console().print(f"  {number}. {plain(comment)}", markup=False)
