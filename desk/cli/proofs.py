"""`ncpi audit notes`, `prove` and `check-proof`: what is sealed, and proofs of it for others."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from audit.proof_words import data_of, lines_of
from audit.proofs import DIGEST, PLACE, open_seals, proof_of_consistency, proof_of_entry
from desk.cli import options
from desk.cli.command import command
from desk.cli.printing import console, print_json, write_out
from desk.cli.who import Reader
from domain.calendar import time_in_words
from domain.sealing.checkpoint import Checkpoint
from domain.sealing.note import VerifierKey
from domain.sealing.proof import check_proof
from schemas.errors import ProofError
from schemas.identifiers import is_inspection_id
from schemas.lifecycle.read_rights import READ_TRAIL


def _entry(text: str | None) -> str | None:
    if text is not None:
        place = PLACE.fullmatch(text)
        if not DIGEST.fullmatch(text) and not (place and is_inspection_id(place[1])):
            raise typer.BadParameter(
                "expected an inspection and a number, south-wales-2015/4, or 12 to 64 digits of the entry's digest; "
                "`ncpi audit show` lists both"
            )
    return text


def _key(text: str | None) -> str | None:
    if text is not None:
        try:
            VerifierKey.parse(text)
        except ProofError as error:
            raise typer.BadParameter(str(error)) from None
    return text


@command
def notes_command(as_json: options.Json = False) -> None:
    """List the seals: when each was made, what it fixed, and the beginning of its root.

    Example: ncpi audit notes
    """
    seals = open_seals()
    made = [(seal, Checkpoint.from_note(seal.note, seals.trusted)) for seal in seals.chain.seals]
    if as_json:
        print_json(
            [
                {
                    "seal": seal.n,
                    "at": seal.at,
                    "new": len(seal.leaves),
                    "entries": checkpoint.size,
                    "root": checkpoint.root.hex(),
                    "note": seal.note,
                }
                for seal, checkpoint in made
            ]
        )
        return
    printer = console()
    for seal, checkpoint in made:
        printer.print(
            f"{seal.n:>8}  {time_in_words(seal.at)}  {len(seal.leaves):>5} new  {checkpoint.size:>7} "
            f"entries  root {checkpoint.short_root}…",
            markup=False,
        )
    printer.print("Nothing is sealed yet." if not made else f"Checked with {seals.trusted[-1]}", markup=False)


@command
def prove_command(
    reader: Reader,
    entry: Annotated[
        str | None,
        typer.Argument(help="Inspection and number, south-wales-2015/4, or the entry's digest.", callback=_entry),
    ] = None,
    consistency: Annotated[
        Path | None,
        typer.Option("--consistency", exists=True, dir_okay=False, help="A note that you kept: prove that it holds."),
    ] = None,
    output: options.Output = None,
    as_json: options.Json = False,  # noqa: ARG001 - `command` prints errors by it; a proof is always JSON
) -> None:
    """Prove one entry to somebody who sees nothing else of the record, or that an older note still holds.

    Examples: ncpi audit prove south-wales-2015/4 -o proof.json --person meera.shah --role management;
    ncpi audit prove --consistency 00000012.note
    """
    if (entry is None) == (consistency is None):
        raise typer.BadParameter("expected an entry, or a note with --consistency, found both or neither")
    seals = open_seals()
    if entry is not None:
        place = PLACE.fullmatch(entry)
        reader.check(READ_TRAIL, place[1] if place else None)
    # A note that is no text is refused as what is no note.
    proof = (
        proof_of_entry(seals, entry)
        if entry is not None
        else proof_of_consistency(seals, (consistency or Path()).read_bytes().decode(errors="replace"))
    )
    write_out(proof.to_bytes() + b"\n", output)


@command
def check_command(
    file: Annotated[Path, typer.Argument(help="The proof.", exists=True, dir_okay=False)],
    key: Annotated[
        str | None,
        typer.Option("--key", help="Key of the seals that you were given, <name>+<id>+<base64>.", callback=_key),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Check a proof; needs no server and no account. Exit status 1 if it proves nothing.

    Example: ncpi audit check-proof proof.json --key "ncpi.invalid/ledger+1a2b3c4d+AZ…"
    """
    shown = check_proof(file.read_bytes().removesuffix(b"\n"), (VerifierKey.parse(key),) if key else ())
    if as_json:
        print_json(data_of(shown, has_key=key is not None))
        return
    printer = console()
    for line in lines_of(shown):
        printer.print(line, markup=False)
    if key is None:
        printer.print(
            "Checked with the key that the proof itself names. Give the key of the handbook with --key: "
            "the maker of the proof could have named a key of their own.",
            markup=False,
        )
