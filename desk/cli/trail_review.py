"""`ncpi audit reviewed`: management says that it has read the trail, up to which entry, and what concerns it."""

from __future__ import annotations

from typing import Annotated

import typer

from desk.acts.trail_review import review_trail
from desk.cli import options
from desk.cli.command import command
from desk.cli.who import Who
from schemas.counts import counted
from schemas.lifecycle.acts import REVIEW_TRAIL


@command
def reviewed_command(
    inspection: options.Inspection,
    up_to: Annotated[
        str,
        typer.Option("--up-to", metavar="DIGEST", help="Newest entry that you read, as the report names it."),
    ],
    who: Who,
    concern: Annotated[list[str] | None, typer.Option("--concern", help="A sentence; once for each.")] = None,
    note: Annotated[str | None, typer.Option("--note", help="Anything else that the record should keep.")] = None,
) -> None:
    """Record that you have read the trail up to an entry, and what concerns you; the report then says what came since.

    Example: ncpi audit reviewed south-wales-2015 --up-to 89680703b233 --concern "The revisit was late"
    --person meera.shah --role management
    """
    concerns = concern or []
    recorded = who.act(REVIEW_TRAIL, lambda desk, signer: review_trail(desk, inspection, up_to, signer, concerns, note))
    words = f"trail reviewed up to entry {recorded.entry.facts['up_to']}, {counted(len(concerns), 'concern')}"
    who.tell(recorded, words)
