"""Progress on a page: outcomes of findings and recommendations, and whether the revisit was in time."""

from __future__ import annotations

from reports.findings import link_to
from reports.layout.blocks import Bar, Bars, Block, Column, Facts, Paragraph, Row, Run, Table, Words, words
from reports.layout.phrases import OUTCOMES, changes_in_words, listed, period, verdict
from reports.layout.synthetic import is_synthetic_source, marked
from schemas.documents.returns import Finding, FindingProgress, Outcome
from schemas.documents.review import RecommendationProgress, Review
from schemas.programme.versions import theme_label


def timing_blocks(document: Review) -> tuple[Block, ...]:
    """Return when the revisit was due, when it took place and whether it was in time."""
    return (
        Facts(
            (
                ("Initial report published", words(document.initial_published.words)),
                ("Revisit due no later than", words(_sentence(document.revisit_due.words))),
                *_changes(document),
                ("Revisit took place", words(period(document.fieldwork))),
                ("In time?", words(_sentence(verdict(document.revisit, document.revisit_changes)))),
            )
        ),
        Paragraph(
            words(
                "The aim of the programme is a revisit no later than six months after publication of the initial "
                "report. Where a date is known only to the month, every day of that month counts as possible."
            )
        ),
    )


def _changes(document: Review) -> tuple[tuple[str, Words], ...]:
    changes = document.revisit_changes
    return (("This day was changed", words(_sentence(changes_in_words(changes)))),) if changes else ()


def finding_blocks(document: Review) -> tuple[Block, ...]:
    """Return the outcome of every finding of the initial report."""
    if not document.initial_findings:
        return (Paragraph(words("The initial report made no findings.")),)
    progress = {item.finding: item for item in document.finding_progress}
    return (
        Table(
            caption="What became of each finding of the initial report",
            columns=(
                Column("Finding", share=5),
                Column("What was found first", share=12),
                Column("Theme", share=9),
                Column("Outcome", share=6),
                Column("What the review found", share=14),
            ),
            rows=tuple(_finding_row(document, item, progress.get(item.id)) for item in document.initial_findings),
            is_synthetic=any(is_synthetic_source(item.basis) for item in document.finding_progress),
        ),
    )


def recommendation_blocks(document: Review) -> tuple[Block, ...]:
    """Return the outcome of every recommendation, with counts."""
    if not document.recommendation_progress:
        return (Paragraph(words("The initial report made no recommendations.")),)
    is_synthetic = document.is_progress_synthetic or any(
        item.recommendation.is_synthetic for item in document.recommendation_progress
    )
    total = sum(count.recommendations for count in document.progress_counts)
    counts = [f"{count.recommendations} {count.outcome.value}" for count in document.progress_counts]
    return (
        Bars(
            title="Recommendations by outcome",
            description=f"Of {total}: {listed(counts)}.",
            bars=tuple(
                Bar(
                    OUTCOMES[count.outcome],
                    f"{count.recommendations} of {total}",
                    round(100 * count.recommendations / total) if total else 0,
                )
                for count in document.progress_counts
            ),
            is_synthetic=is_synthetic,
        ),
        Table(
            caption="Progress on each recommendation",
            columns=(
                Column("Reference", share=4),
                Column("Recommendation", share=10),
                Column("Due", share=6),
                Column("Outcome", share=4),
            ),
            rows=tuple(_recommendation_row(item) for item in document.recommendation_progress),
            is_synthetic=is_synthetic,
        ),
    )


def _finding_row(document: Review, finding: Finding, progress: FindingProgress | None) -> Row:
    outcome = progress.outcome if progress else Outcome.NOT_ASSESSED
    return Row(
        (
            words(finding.id),
            words(finding.text, " ", Run(f"({finding.polarity.value})", is_strong=True)),
            words(theme_label(finding.theme, document.programme)),
            words(OUTCOMES[outcome]),
            _found(document, progress),
        ),
        id=finding.id,
    )


def _found(document: Review, progress: FindingProgress | None) -> Words:
    if progress is None or not progress.review_findings:
        return words(
            "The review did not assess this."
            if progress is None or progress.outcome is Outcome.NOT_ASSESSED
            else "No finding of the review is tied to this."
        )
    text = {finding.id: finding.text for finding in document.findings}
    return tuple(
        run
        for place, identifier in enumerate(progress.review_findings)
        for run in words(" " if place else "", link_to(identifier, text), f": {text.get(identifier, 'not listed')}")
    )


def _recommendation_row(item: RecommendationProgress) -> Row:
    marks = marked(item.recommendation.is_synthetic)
    return Row(
        (
            words(item.recommendation.id),
            words(item.recommendation.text, *marks),
            words(_due(item)),
            words(OUTCOMES[item.outcome]),
        ),
        id=item.recommendation.id,
    )


def _due(item: RecommendationProgress) -> str:
    if item.due is None:
        return "At once; no date was set"
    moved = f" ({changes_in_words(item.changes)})" if item.changes else ""
    return f"{_sentence(item.due.words)}{moved}"


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
