"""The commands that set entries aside that nobody believes: one person names them, another confirms."""

from __future__ import annotations

from typing import Annotated

import typer

from desk.acts.foreign_entries import name_foreign_entries, set_foreign_aside
from desk.cli import options
from desk.cli.command import command
from desk.cli.who import Who
from domain.lifecycle.set_aside import entries_named
from schemas.counts import counted
from schemas.lifecycle.acts import NAME_FOREIGN, SET_ASIDE_FOREIGN


@command
def name_command(
    inspection: options.Inspection,
    entry: Annotated[
        list[str],
        typer.Option("--entry", help="Digest of an entry, at least 12 digits (`ncpi audit show`); give it for each."),
    ],
    reason: options.Reason,
    who: Who,
) -> None:
    """Name entries that are not believed, by a key that is unknown or had ended; a second person sets them aside.

    Example: ncpi foreign name kent-2025 --entry 3f2a9c01b7de --reason "Written by a runner on another computer"
    --person pat.howells --role programme-manager
    """
    recorded = who.act(NAME_FOREIGN, lambda desk, signer: name_foreign_entries(desk, inspection, entry, signer, reason))
    who.tell(recorded, f"{counted(len(entries_named(recorded.entry)), 'entry', 'entries')} named, to be set aside")


@command
def set_aside_command(inspection: options.Inspection, who: Who) -> None:
    """Confirm, as a second person, that the entries named last are set aside; the inspection goes on without them.

    Example: ncpi foreign set-aside kent-2025 --person dru.sharpling --role hmi
    """
    recorded = who.act(SET_ASIDE_FOREIGN, lambda desk, signer: set_foreign_aside(desk, inspection, signer))
    who.tell(recorded, f"{counted(len(entries_named(recorded.entry)), 'entry', 'entries')} set aside")
