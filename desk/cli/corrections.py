"""The commands that change what is published: correct it, or withdraw it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from desk.acts.corrections import draft_correction
from desk.acts.withdrawal import withdraw
from desk.cli import options
from desk.cli.printing import errors_for_people
from desk.cli.who import Who, acted, tell
from schemas.lifecycle.acts import DRAFT_CORRECTION, WITHDRAW
from schemas.people.roles import Role


def correct_command(
    inspection: options.Inspection,
    errata: Annotated[Path, typer.Option("--errata", help="File with the errata, in JSON (docs/using.md).")],
    person: options.Person,
    role: options.RoleOption,
    head: options.Head = None,
    passphrase_file: options.PassphraseFile = None,
    as_json: options.Json = False,
) -> None:
    """Draft a new version of a published report or review; another person approves it, the old version stays.

    Read it with `ncpi show ID correction/report.pdf`; then `ncpi approve` or `ncpi return`.

    Example: ncpi correct south-wales-2015 --errata errata.json --person tom.baker --role press-officer
    """
    who = Who(person, Role(role), passphrase_file, head)
    with errors_for_people(as_json=as_json):
        recorded = acted(
            who,
            DRAFT_CORRECTION,
            lambda desk, signer: draft_correction(desk, inspection, errata, signer, expected_head=head),
        )
        facts, document = recorded.entry.facts, recorded.entry.document
        draft = f"draft {document.sha256[:12]}…" if document else "draft"
        words = f"version {facts['number']} of the {facts['of']} drafted with {facts['errata']} errata, {draft}"
        tell(recorded, words, as_json=as_json)


def withdraw_command(
    inspection: options.Inspection,
    reason: Annotated[str, typer.Option("--reason", help="Why, in words for the public; the notice gives it.")],
    person: options.Person,
    role: options.RoleOption,
    head: options.Head = None,
    passphrase_file: options.PassphraseFile = None,
    as_json: options.Json = False,
) -> None:
    """Take everything of an inspection out of the public's reach, for good; a notice with the reason stays.

    Example: ncpi withdraw south-wales-2015 --reason "Cases of another force were counted"
    --person dru.sharpling --role hmi
    """
    who = Who(person, Role(role), passphrase_file, head)
    with errors_for_people(as_json=as_json):
        recorded = acted(
            who, WITHDRAW, lambda desk, signer: withdraw(desk, inspection, signer, reason, expected_head=head)
        )
        tell(recorded, "withdrawal ordered; the stage `publication` does it now", as_json=as_json)
