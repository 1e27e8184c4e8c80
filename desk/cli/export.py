"""`ncpi audit export`: copy the record out, to be verified without this system."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from audit.export import export
from desk.cli import options
from desk.cli.command import command
from desk.cli.printing import console, print_json, progress
from desk.cli.who import Reader
from schemas.counts import counted
from schemas.lifecycle.read_rights import READ_TRAIL
from storage.clock import utc_now
from storage.s3.read_only import open_read_only_buckets

Folder = Annotated[Path, typer.Argument(help="Folder to export to: empty, new, or of an export that was broken off.")]
WithArtefacts = Annotated[
    bool,
    typer.Option(
        "--with-artefacts", help="The bytes of documents too, of those kinds that never hold case data; no tables."
    ),
]


@command
def export_command(
    folder: Folder,
    reader: Reader,
    inspection: options.InspectionOrAll = None,
    with_artefacts: WithArtefacts = False,
    as_json: options.Json = False,
) -> None:
    """Export the record for verification elsewhere: entries, register, seals, listings, digests, what is public.

    Broken off, the same command goes on where it stopped. No case data, and no personal data but the names of those
    who acted.

    Examples: ncpi audit export ./record --person meera.shah --role management;
    ncpi audit export ./south-wales south-wales-2015 --with-artefacts --person meera.shah --role management
    """
    buckets = open_read_only_buckets()
    reader.check(READ_TRAIL, inspection)
    with progress("exporting") as show:
        exported = export(buckets, folder, inspection, now=utc_now(), with_documents=with_artefacts, progress=show)
    if as_json:
        print_json(asdict(exported))
        return
    console().print(
        f"{counted(exported.records, 'record')} (entries, register and seals) of "
        f"{counted(exported.inspections, 'inspection')}, digests of {counted(exported.artefacts, 'artefact')} "
        f"({exported.documents} with their bytes), {counted(exported.public, 'public file')} (with the index) in "
        f"{folder}\n"
        f"Check it, with a verifier that you kept elsewhere: "
        f"python3 ncpi_verify.py {folder} --register DIGEST --note FILE…",
        markup=False,
    )
