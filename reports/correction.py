"""A corrected version of a report or review: the same pages, each headed by what changed, when and why."""

from __future__ import annotations

from dataclasses import replace

from reports.layout.blocks import Notice, Page, Paragraph, Run, joined, words
from schemas.counts import counted
from schemas.dates import in_words
from schemas.documents.correction import CorrectedDocument, Correction, Erratum


def with_errata(page: Page, corrected: CorrectedDocument, name: str) -> Page:
    """Return the page of a document as corrected, with the errata of its versions above it, newest first.

    Args:
        name: file name of the page, to link to its earlier versions.
    """
    newest = corrected.newest
    notices = tuple(_notice(one) for one in reversed(corrected.corrections))
    return replace(
        page,
        kicker=f"{page.kicker} (version {newest.number}, corrected on {in_words(newest.corrected)})",
        head=(*notices, _earlier(newest.number, name), *page.head),
    )


def _notice(correction: Correction) -> Notice:
    errors = counted(len(correction.errata), "error")
    return Notice(
        title=f"Corrected on {in_words(correction.corrected)}",
        paragraphs=(
            f"Version {correction.number} of this document puts right {errors} in version {correction.number - 1}.",
        ),
        items=tuple(_erratum(one) for one in correction.errata),
    )


def _erratum(erratum: Erratum) -> str:
    return f"{erratum.place}: “{erratum.was}” should read “{erratum.now}”. Reason: {erratum.why}"


def _earlier(number: int, name: str) -> Paragraph:
    first = Run("version 1", href=f"../{name}")
    later = (Run(f"version {earlier}", href=f"../v{earlier}/{name}") for earlier in range(2, number))
    return Paragraph(words("Earlier versions stay where they were published: ", *joined([first, *later]), "."))
