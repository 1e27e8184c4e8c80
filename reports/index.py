"""The list of publications: every force's reports and reviews, newest first."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from reports.blocks import Column, Facts, Page, Paragraph, Row, Run, Section, Table, words
from reports.page import render_page
from schemas.forces import force_of

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from reports.rendering import Rendering
    from schemas.documents import Publication, PublishedFile

_KINDS: Final = {"initial-report": "Initial report", "review": "Post-inspection review"}
_KILOBYTE: Final = 1000


def render_index(publications: Sequence[Publication]) -> Rendering:
    """Render the list of publications; files are linked from the root of the public bucket."""
    newest_first = sorted(publications, key=_newness, reverse=True)
    forces = dict.fromkeys(force_of(publication.inspection) for publication in newest_first)
    sections = tuple(
        Section(
            id=force.slug,
            title=force.name,
            blocks=(),
            sections=tuple(_section(item) for item in newest_first if force_of(item.inspection) == force),
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
    )
    return render_page(page, "index.html")


def _newness(publication: Publication) -> tuple[dt.date, dt.date, dt.datetime, str, str]:
    published = publication.published
    return (
        published.latest,
        published.earliest,
        publication.published_at,
        publication.inspection,
        publication.of,
    )


def _section(publication: Publication) -> Section:
    kind = _KINDS[publication.of]
    return Section(
        id=f"{publication.inspection}-{publication.of}",
        title=publication.title,
        blocks=(
            Facts(
                (
                    ("Kind", words(kind)),
                    ("Published", words(publication.published.words)),
                    ("Inspection", words(publication.inspection)),
                )
            ),
            Table(
                caption=f"Files of the {kind.lower()}, {publication.published.words}",
                columns=(
                    Column("File", share=4),
                    Column("Type", share=2),
                    Column("Size", is_number=True, share=2),
                    Column("SHA-256", share=12),
                ),
                rows=tuple(_row(file) for file in publication.files),
            ),
        ),
    )


def _row(file: PublishedFile) -> Row:
    kind = PurePosixPath(file.name).suffix.removeprefix(".").upper() or file.media_type
    # Quoted and begun with a dot, no key can read as a scheme or as another host.
    link = Run(file.name, href=f"./{quote(file.key, safe='/')}")
    return Row((words(link), words(kind), words(_size(file.size_bytes)), words(file.sha256)))


def _size(size_bytes: int) -> str:
    if size_bytes < _KILOBYTE:
        return f"{size_bytes} bytes"
    if size_bytes < _KILOBYTE**2:
        return f"{round(size_bytes / _KILOBYTE)} kB"
    return f"{size_bytes / _KILOBYTE**2:.1f} MB"
