"""The sources section of a page: each source once, after what it supports."""

from __future__ import annotations

from collections.abc import Iterable

from reports.layout.blocks import Bullets, Section, words
from reports.layout.phrases import linked, listed
from schemas.dates import SourcedDate
from schemas.documents.returns import Finding, FindingProgress


def sources_section(
    dates: Iterable[tuple[str, SourcedDate | None]],
    findings: Iterable[Finding],
    progress: Iterable[FindingProgress] = (),
) -> Section:
    """List the sources of dates, of findings, and of judgements on findings.

    Args:
        dates: each with what it is the date of; unknown ones are left out.
        findings: all that the page shows.
        progress: who judged what became of initial findings.
    """
    kinds = (
        [(what, date.source) for what, date in dates if date],
        [(f"Finding {finding.id}", finding.source) for finding in findings],
        [(f"Outcome of {item.finding}", item.basis) for item in progress],
    )
    items = []
    for kind in kinds:
        by_source: dict[str, list[str]] = {}
        for what, source in kind:
            by_source.setdefault(source, []).append(what)
        items += [words(f"{_shortened(whats)}: ", *linked(source)) for source, whats in by_source.items()]
    return Section("sources", "Sources", (Bullets(tuple(items)),))


def _shortened(whats: list[str]) -> str:
    """Join names that share a word: `Findings I1, I2 and I3`."""
    first, *rest = whats
    for one, many in (("Finding ", "Findings "), ("Outcome of ", "Outcomes of ")):
        if rest and first.startswith(one):
            return many + listed([what.removeprefix(one) for what in whats])
    return listed([first, *(what[:1].lower() + what[1:] for what in rest)])
