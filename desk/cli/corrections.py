"""The commands that change what is published: correct it, or withdraw it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desk.acts.corrections import draft_correction
from desk.acts.withdrawal import withdraw
from desk.cli import options
from desk.cli.command import command
from desk.cli.who import Who
from schemas.counts import counted
from schemas.lifecycle.acts import DRAFT_CORRECTION, WITHDRAW


@command
def correct_command(
    inspection: options.Inspection,
    errata: Annotated[Path, typer.Option("--errata", help="File with the errata, in JSON (docs/using.md).")],
    who: Who,
) -> None:
    """Draft a new version of a published report or review; another person approves it, the old version stays.

    Read it with `ncpi show ID correction/report.pdf`; then `ncpi approve` or `ncpi return`.

    Example: ncpi correct south-wales-2015 --errata errata.json --person tom.baker --role press-officer
    """
    recorded = who.act(DRAFT_CORRECTION, lambda desk, signer: draft_correction(desk, inspection, errata, signer))
    facts, document = recorded.entry.facts, recorded.entry.document
    draft = f"draft {document.sha256[:12]}…" if document else "draft"
    number = counted(facts["errata"], "erratum", "errata")
    who.tell(recorded, f"version {facts['number']} of the {facts['of']} drafted with {number}, {draft}")


@command
def withdraw_command(
    inspection: options.Inspection,
    reason: Annotated[str, typer.Option("--reason", help="Why, in words for the public; the notice gives it.")],
    who: Who,
) -> None:
    """Take everything of an inspection out of the public's reach, for good; a notice with the reason stays.

    Example: ncpi withdraw south-wales-2015 --reason "Cases of another force were counted"
    --person dru.sharpling --role hmi
    """
    recorded = who.act(WITHDRAW, lambda desk, signer: withdraw(desk, inspection, signer, reason))
    who.tell(recorded, "withdrawal ordered; the stage `publication` does it now")
