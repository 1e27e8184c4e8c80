"""The list of publications: every force's reports and reviews, newest first, with corrections and withdrawals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import quote

from reports.layout.blocks import Column, Facts, Page, Paragraph, Row, Run, Section, Table, Words, joined, words
from reports.layout.page import render_page
from reports.layout.phrases import KINDS
from reports.layout.rendering import Rendering
from reports.versions import Listed, documents_of
from schemas.counts import counted
from schemas.dates import in_words
from schemas.documents.correction import PublishedVersion
from schemas.documents.publication import PublishedFile
from schemas.documents.withdrawal import Withdrawal
from schemas.programme.forces import force_of

_KILOBYTE: Final = 1000


def render_index(records: Sequence[PublishedVersion | Withdrawal]) -> Rendering:
    """Render the list of publications; files are linked from the root of the public bucket."""
    newest_first = sorted(documents_of(records), key=_newness, reverse=True)
    forces = dict.fromkeys(force_of(listed.first.inspection) for listed in newest_first)
    sections = tuple(
        Section(
            id=force.slug,
            title=force.name,
            blocks=(),
            sections=tuple(_section(one) for one in newest_first if force_of(one.first.inspection) == force),
        )
        for force in forces
    )
    page = Page(
        title="Published reports and reviews",
        kicker="Publications",
        publisher="National child protection inspections",
        description="Every initial report and post-inspection review published, by police force.",
        head=(
            Paragraph(
                words(
                    "Every initial report and post-inspection review, newest first within each force. The SHA-256 "
                    "digest of a file lets anyone check that a copy is the file that was published."
                    if newest_first
                    else "Nothing has been published yet."
                )
            ),
        ),
        sections=sections,
        foot=(),
        is_derived=True,
    )
    return render_page(page, "index.html")


def _newness(listed: Listed) -> tuple[dt.date, dt.date, dt.datetime, str, str]:
    # By its first version: a correction of an old report is no new report.
    first = listed.first
    return (first.published.latest, first.published.earliest, first.published_at, first.inspection, first.of)


def _section(listed: Listed) -> Section:
    first, newest = listed.first, listed.newest
    kind = KINDS[first.of]
    withdrawal = listed.withdrawal
    facts = (
        ("Kind", words(kind)),
        ("Published", words(first.published.words)),
        *_corrected(listed),
        *((("Withdrawn", _withdrawn(withdrawal)),) if withdrawal else ()),
        ("Inspection", words(first.inspection)),
    )
    return Section(
        id=f"{first.inspection}-{first.of}",
        title=newest.publication.title,
        blocks=(Facts(facts), *(() if withdrawal else (_files(kind, newest),))),
    )


def _corrected(listed: Listed) -> Iterator[tuple[str, Words]]:
    if listed.newest.number == 1:
        return
    newest = listed.newest
    yield (
        "Corrected",
        words(
            f"{newest.publication.published.words}: version {newest.number} puts right "
            f"{counted(newest.errata, 'error')}, listed on its first page"
        ),
    )
    if listed.withdrawal is None:
        yield "Earlier versions", joined(_report(one) for one in listed.versions[:-1])


def _report(version: PublishedVersion) -> Run:
    files = version.publication.files
    page = next((file for file in files if file.name == "report.html"), files[0])
    return _link(f"version {version.number} ({version.publication.published.words})", page.key)


def _withdrawn(withdrawal: Withdrawal) -> Words:
    return words(
        f"{in_words(withdrawal.day)}: ", _link("the notice says why", f"{withdrawal.inspection}/withdrawal.html")
    )


def _files(kind: str, version: PublishedVersion) -> Table:
    publication = version.publication
    which = f"version {version.number} of the {kind.lower()}" if version.number > 1 else f"the {kind.lower()}"
    return Table(
        caption=f"Files of {which}, {publication.published.words}",
        columns=(
            Column("File", share=4),
            Column("Type", share=2),
            Column("Size", is_number=True, share=2),
            Column("SHA-256", share=12),
        ),
        rows=tuple(_row(file) for file in publication.files),
    )


def _row(file: PublishedFile) -> Row:
    kind = PurePosixPath(file.name).suffix.removeprefix(".").upper() or file.media_type
    digest = Run(file.sha256, is_code=True)
    return Row((words(_link(file.name, file.key)), words(kind), words(_size(file.size_bytes)), (digest,)))


def _link(text: str, key: str) -> Run:
    # Quoted and begun with a dot, no key can read as a scheme or as another host.
    return Run(text, href=f"./{quote(key, safe='/')}")


def _size(size_bytes: int) -> str:
    if size_bytes < _KILOBYTE:
        return f"{size_bytes} bytes"
    if size_bytes < _KILOBYTE**2:
        return f"{round(size_bytes / _KILOBYTE)} kB"
    return f"{size_bytes / _KILOBYTE**2:.1f} MB"
