"""Findings on a page: what pleased and what concerned, chapters by theme, effective practice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from reports.layout.blocks import Block, Bullets, Entries, Entry, Paragraph, Run, Section, Words, words
from reports.layout.synthetic import TITLE, is_synthetic_source, marked
from schemas.documents.returns import Finding, Polarity
from schemas.programme.versions import ProgrammeVersion, Theme, theme_label


def felt(findings: Iterable[Finding], polarity: Polarity) -> tuple[Finding, ...]:
    """Select what the inspectors were pleased, or concerned, to find."""
    return tuple(finding for finding in findings if finding.polarity is polarity)


def effective(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Select the findings that other forces should copy."""
    return tuple(finding for finding in findings if finding.is_effective_practice)


def link_to(identifier: str, known: Iterable[str]) -> Run:
    """Return a finding's or recommendation's id, linked if it is on this page."""
    return Run(identifier, href=f"#{identifier}" if identifier in set(known) else "")


def as_list(findings: Sequence[Finding], *, is_linked: bool, none: str) -> Block:
    """List findings by their text, each linked if the finding itself is on the page.

    Args:
        is_linked: whether the page has a chapter that these link to.
        none: what to say when there are none.
    """
    if not findings:
        return Paragraph(words(none))
    return Bullets(tuple(_item(finding, is_linked=is_linked) for finding in findings))


def summary_sections(findings: Sequence[Finding]) -> tuple[Section, ...]:
    """Summarise what pleased and what concerned, each linked to its chapter."""
    return tuple(
        Section(
            id=f"summary-{polarity.value}",
            title=f"We were {polarity.value} to find",
            blocks=(
                as_list(
                    felt(findings, polarity),
                    is_linked=True,
                    none=f"No finding that we were {polarity.value} to make is recorded.",
                ),
            ),
        )
        for polarity in Polarity
    )


def themes_section(findings: Sequence[Finding], version: ProgrammeVersion, title: str) -> Section:
    """Return a chapter for each theme with findings, titled as in this programme version."""
    chapters = tuple(
        Section(
            id=f"theme-{theme.value}",
            title=theme_label(theme, version),
            blocks=(Entries(tuple(_entry(finding) for finding in findings if finding.theme is theme)),),
        )
        for theme in Theme
        if any(finding.theme is theme for finding in findings)
    )
    return Section("findings", title, () if chapters else (Paragraph(words("No finding is recorded.")),), chapters)


def practice_blocks(findings: Sequence[Finding]) -> tuple[Block, ...]:
    """List the findings marked as effective practice, or say that there are none."""
    chosen = effective(findings)
    if not chosen:
        return (Paragraph(words("No finding was marked as effective practice.")),)
    return (
        Paragraph(words("The inspectors judged this worth copying by other forces.")),
        as_list(chosen, is_linked=True, none=""),
    )


def _item(finding: Finding, *, is_linked: bool) -> Words:
    link = (" (", Run(finding.id, href=f"#{finding.id}"), ")") if is_linked else ()
    return words(finding.text, *marked(is_synthetic_source(finding.source)), *link)


def _entry(finding: Finding) -> Entry:
    tags = [finding.polarity.value.capitalize()]
    if finding.is_effective_practice:
        tags.append("Effective practice")
    if is_synthetic_source(finding.source):
        tags.append(TITLE)
    return Entry(id=finding.id, label=finding.id, tags=tuple(tags), runs=words(finding.text))
