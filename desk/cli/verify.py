"""`ncpi audit verify`: recompute everything and say what is not what was written, and which layer found it."""

from __future__ import annotations

import re
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from audit.verification import Anchors, Verified, verify
from audit.verification.anchors import read_notes
from audit.verification.snapshot import Snapshot, snapshot_of
from audit.verification.verdict import verdict_of_check
from desk.cli import options
from desk.cli.command import command
from desk.cli.printing import console, print_json, progress
from schemas.audit.check import UNFITTING
from schemas.counts import counted
from schemas.text import plain
from storage.s3.read_only import open_read_only_buckets
from storage.settings import cache_folder

Register = Annotated[
    str | None,
    typer.Option("--register", metavar="DIGEST", help="SHA-256 of the register's first record, as you noted it."),
]
SealKey = Annotated[
    list[str] | None,
    typer.Option("--seal-key", metavar="VKEY", help="Key that checks the notes of seals, as you noted it."),
]
Note = Annotated[
    list[Path] | None,
    typer.Option("--note", metavar="FILE", help="A note of a seal that you kept; once for each.", dir_okay=False),
]
Cold = Annotated[
    bool, typer.Option("--cold", help="Read and compute everything again, whatever was found whole before.")
]
LedgerOnly = Annotated[
    bool, typer.Option("--ledger-only", help="Leave out the bytes of artefacts and public files, which take longest.")
]


@command
def verify_command(
    inspection: options.InspectionOrAll = None,
    register: Register = None,
    seal_key: SealKey = None,
    note: Note = None,
    cold: Cold = False,
    ledger_only: LedgerOnly = False,
    as_json: options.Json = False,
) -> None:
    """Verify the record, layer by layer. Exit status 1 if anything is not what was written.

    Examples: ncpi audit verify; ncpi audit verify south-wales-2015 --json;
    ncpi audit verify --register 3f2a… --note 00000012.note --note 00000090.note --cold
    """
    anchors = anchors_of(register, seal_key, note)
    buckets = open_read_only_buckets()
    snapshot = Snapshot() if cold else snapshot_of(cache_folder(), buckets.name)
    with closing(snapshot), progress("verifying") as show:
        verified = verify(
            buckets, inspection, anchors=anchors, snapshot=snapshot, with_bytes=not ledger_only, progress=show
        )
    print_verified(verified, as_json=as_json)
    if verified.faults:
        raise typer.Exit(1)


def anchors_of(register: str | None, seal_key: list[str] | None, note: list[Path] | None) -> Anchors:
    """Read what the person who verifies knows from outside the system.

    Raises:
        SettingsError: a note cannot be read.
    """
    return Anchors(_digest(register), tuple(seal_key or ()), read_notes(note or []))


def _digest(text: str | None) -> str | None:
    if text is not None and not re.fullmatch(r"[0-9a-f]{64}", text):
        raise typer.BadParameter("--register: expected the digest of the first record, 64 digits of 0 to 9 and a to f")
    return text


def print_verified(verified: Verified, *, as_json: bool) -> None:
    """Print the layers, what was verified of each inspection, and every fault."""
    if as_json:
        print_json(asdict(verified))
        return

    printer = console()
    printer.print(f"{'layer':<10} {'checked':<42} {'found':>5}  not checked, because not given", markup=False)
    for layer in verified.layers:
        found = layer.faults or "-"
        line = f"{layer.layer:<10} {layer.checked:<42} {found:>5}  {layer.missing or ''}"
        printer.print(line.rstrip(), markup=False)
    for one in verified.inspections:
        word = "verified" if not one.faults else "BROKEN"
        tail = f", {one.unsealed} not sealed yet" if one.unsealed and verified.seals else ""
        printer.print(
            f"{one.inspection}: {word}, {counted(one.entries, 'entry', 'entries')}, "
            f"{counted(one.artefacts, 'artefact')}{tail}" + (f", head {one.head[:16]}…" if one.head else ""),
            markup=False,
        )
    for fault in verified.faults:
        place = f" entry {fault.entry}" if fault.entry is not None else ""
        printer.print(f"  [{fault.layer}] {plain(fault.where)}{place}: {plain(fault.message)}", markup=False)
    unfitting = sum(one.where in UNFITTING for one in verified.faults)
    verdict = verdict_of_check(verified.layers, len(verified.faults), unfitting, verified.unsealed)
    printer.print(verdict, markup=False)
