"""The printed seal: anybody who keeps the document can check the record against it."""

from __future__ import annotations

from reports.layout.blocks import Words, words
from schemas.counts import counted
from schemas.dates import in_words
from schemas.documents.report import PrintedSeal


def seal_lines(seal: PrintedSeal | None) -> tuple[Words, ...]:
    """Return the line that prints a seal; empty when nothing was sealed yet."""
    if seal is None:
        return ()
    return (
        words(
            f"Record of the inspections: seal {seal.n} of {in_words(seal.made)} fixes "
            f"{counted(seal.entries, 'entry', 'entries')}, root {seal.root}."
        ),
    )
