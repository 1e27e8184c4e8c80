"""`ncpi audit reviewed`: management says that it has read the trail, up to which entry, and what concerns it."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import typer

from audit.report.trail_review import standing_concerns
from desk.acts import context
from desk.acts.context import DeskContext
from desk.acts.trail_review import review_all_trails, review_trail
from desk.cli import options
from desk.cli.command import command
from desk.cli.who import Who
from domain.lifecycle.history import Recorded
from domain.signing import Signer
from schemas.counts import counted
from schemas.lifecycle.acts import REVIEW_TRAIL

EveryInspection = Annotated[bool, typer.Option("--all", help="Every inspection.")]
UpTo = Annotated[
    str | None,
    typer.Option("--up-to", metavar="DIGEST", help="Newest entry that you read, as the report names it."),
]
ReadAt = Annotated[
    dt.datetime | None,
    typer.Option(
        "--read-at",
        parser=options.time,
        metavar="TIME",
        help="With --all: when the report that you read was made, London time; now when left out.",
    ),
]


@command
def reviewed_command(
    who: Who,
    inspection: options.InspectionUnlessAll = None,
    up_to: UpTo = None,
    every: EveryInspection = False,
    read_at: ReadAt = None,
    concern: Annotated[list[str] | None, typer.Option("--concern", help="A sentence; once for each.")] = None,
    note: Annotated[str | None, typer.Option("--note", help="Anything else that the record should keep.")] = None,
) -> None:
    """Record that you have read the trail up to an entry, and what concerns you; the report then says what came since.

    With --all, of every inspection, as it stood when the report was made; those that you have reviewed so far
    or further are left out. A concern is of one inspection: record it there, before or after. It stands until a later
    review of that inspection alone, which names all that stand from then on: repeat those that are not settled.

    Examples: ncpi audit reviewed south-wales-2015 --up-to 89680703b233 --concern "The revisit was late"
    --person meera.shah --role management;
    ncpi audit reviewed --all --read-at 2026-12-01T09:30 --person meera.shah --role management
    """
    if every:
        if inspection is not None or up_to is not None or concern:
            raise typer.BadParameter("an inspection, --up-to and --concern are of one inspection; leave --all out")
        desk, signer = context.open_desk(), who.sign_in(REVIEW_TRAIL)
        who.tell_all(review_all_trails(desk, signer, read_at=read_at, note=note), REVIEW_TRAIL.name, "reviewed")
        return
    if inspection is None or up_to is None or read_at is not None:
        raise typer.BadParameter("name one inspection and --up-to, or give --all for the whole programme")
    concerns = concern or []

    def review(desk: DeskContext, signer: Signer) -> tuple[Recorded, int]:
        recorded = review_trail(desk, inspection, up_to, signer, concerns, note)
        return recorded, len(standing_concerns(desk.history(inspection).before(recorded)))

    recorded, replaced = who.act(REVIEW_TRAIL, review)
    words = f"trail reviewed up to entry {recorded.entry.facts['up_to']}, {counted(len(concerns), 'concern')}"
    who.tell(recorded, f"{words} in place of {counted(replaced, 'earlier one')}" if replaced else words)
