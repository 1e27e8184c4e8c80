"""The synthetic parts of a document, which every rendering must name."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from reports.layout.blocks import Notice, Run
from schemas.dates import SourcedDate
from schemas.documents.evidence import CaseAudit
from schemas.documents.report import InitialReport
from schemas.documents.returns import Finding, Recommendation
from schemas.documents.review import Review

TITLE: Final = "Synthetic data"


def is_synthetic_source(source: str) -> bool:
    """Return whether a source says that its fact is synthetic."""
    return source.strip().casefold().startswith("synthetic")


def marked(is_synthetic: bool) -> tuple[Run, ...]:  # noqa: FBT001 - a flag of the document, passed on
    """Return the mark that follows synthetic words; empty for real ones."""
    return (Run(" "), Run(TITLE, is_strong=True)) if is_synthetic else ()


def parts_of_report(document: InitialReport) -> tuple[str, ...]:
    """List the synthetic parts of an initial report, in reading order."""
    said = document.quotation
    return (
        *_dates([document.fieldwork.start, document.fieldwork.end, document.published]),
        *_case_audit(document.case_audit),
        *_findings("findings", document.findings),
        *_recommendations(document.recommendations),
        *([f"quotation of {said.speaker} in the press notice"] if said.is_synthetic else []),
    )


def parts_of_review(document: Review) -> tuple[str, ...]:
    """List the synthetic parts of a review, in reading order."""
    fieldworks = (document.initial_fieldwork, document.fieldwork)
    dates = [date for fieldwork in fieldworks for date in (fieldwork.start, fieldwork.end)]
    judged = [item.finding for item in document.finding_progress if is_synthetic_source(item.basis)]
    return (
        *_dates([*dates, document.initial_published, document.published]),
        *_findings("initial findings", document.initial_findings),
        *([f"outcomes of findings: {', '.join(judged)}"] if judged else []),
        *_recommendations([item.recommendation for item in document.recommendation_progress]),
        *(["progress on recommendations: every outcome and count"] if document.is_progress_synthetic else []),
        *_findings("findings of the review", document.findings),
        *([f"quotation of {document.quotation.speaker}"] if document.quotation.is_synthetic else []),
    )


def synthetic_notice(parts: tuple[str, ...]) -> tuple[Notice, ...]:
    """Return a warning that names the synthetic parts; empty when there are none."""
    if not parts:
        return ()
    warning = (
        "The parts named here were made up for a demonstration. They are not findings, figures or words of any "
        "inspectorate, police force or person, and must not be quoted as such."
    )
    return (Notice(title=TITLE, paragraphs=(warning,), items=parts),)


def _case_audit(audit: CaseAudit) -> list[str]:
    totals = "how many cases were examined and how the inspectors graded them"
    if audit.is_synthetic and audit.are_totals_synthetic:
        return ["case audit: every number and grade"]
    if audit.is_synthetic:
        return [f"case audit: every number and grade except {totals}"]
    return [f"case audit: {totals}"] if audit.are_totals_synthetic else []


def _dates(dates: Iterable[SourcedDate | None]) -> list[str]:
    return _named("dates", (date.words for date in dates if date and is_synthetic_source(date.source)))


def _findings(what: str, findings: Iterable[Finding]) -> list[str]:
    return _named(what, (finding.id for finding in findings if is_synthetic_source(finding.source)))


def _recommendations(recommendations: Iterable[Recommendation]) -> list[str]:
    return _named("recommendations", (one.id for one in recommendations if one.is_synthetic))


def _named(what: str, made_up: Iterable[str]) -> list[str]:
    names = ", ".join(dict.fromkeys(made_up))
    return [f"{what}: {names}"] if names else []
