"""The document that each stage makes from earlier ones: plain functions, document in, document out."""

from __future__ import annotations

import datetime as dt
from collections import Counter

from domain.calendar import london_date
from domain.documents.clocks import REVISIT, due_dates, judged_day, revisit_window, timeliness
from domain.documents.corrections import document_of
from schemas.dates import SourcedDate
from schemas.documents.correction import CorrectedDocument, CorrectedPublication, PublishedVersion
from schemas.documents.evidence import Evidence
from schemas.documents.follow_up import FollowUpPlan
from schemas.documents.publication import Draft, Publication, PublishedFile
from schemas.documents.report import InitialReport, PrintedSeal
from schemas.documents.returns import FieldworkReturn, Outcome, ReviewReturn
from schemas.documents.review import ProgressCount, RecommendationProgress, Review
from schemas.errors import ArtefactError
from schemas.programme.forces import force_of


def draft_initial_report(evidence: Evidence, seal: PrintedSeal | None = None) -> InitialReport:
    """Return the report, assembled from validated findings, case grades and recommendations.

    Raises:
        ArtefactError: the evidence is of a review.
    """
    submission = evidence.submission
    if not isinstance(submission, FieldworkReturn) or evidence.case_audit is None:
        raise ArtefactError(f"{evidence.inspection}: expected evidence of fieldwork, found evidence of a review")
    force = force_of(evidence.inspection)
    return InitialReport(
        inspection=evidence.inspection,
        force=force.name,
        programme=submission.programme,
        title=f"{force.name}: national child protection inspection",
        fieldwork=submission.fieldwork,
        hmi=submission.team.hmi,
        findings=submission.findings,
        recommendations=submission.recommendations,
        case_audit=evidence.case_audit,
        quotation=submission.quotation,
        published=submission.published,
        seal=seal,
    )


def draft_publication(
    document: InitialReport | Review | CorrectedDocument,
    draft: Draft,
    draft_digest: str,
    files: tuple[PublishedFile, ...],
    *,
    approver: str,
    embargo: dt.datetime,
    now: dt.datetime,
) -> PublishedVersion:
    """Return the record of a publication.

    The date of a first version, which starts the clocks, is the London day of `now`, or the one in the document if that
    is replayed from history.
    """
    correction = document.newest if isinstance(document, CorrectedDocument) else None
    original = document_of(document)
    # The day of the first version started the clocks; a correction's own day starts none.
    historic = original.published if correction is None else None
    publication = Publication(
        inspection=draft.inspection,
        of=draft.of,
        title=original.title,
        draft=draft_digest,
        approver=approver,
        embargo=embargo,
        published_at=now,
        published=historic
        or SourcedDate(date=london_date(now).isoformat(), source="published by this system; see the ledger entry"),
        files=files,
    )
    if correction is None:
        return publication
    return CorrectedPublication(number=correction.number, errata=len(correction.errata), publication=publication)


def draft_follow_up(publication: Publication, report: InitialReport) -> FollowUpPlan:
    """Return every due date and a window for the revisit."""
    force = force_of(publication.inspection)
    due, not_applied = due_dates(publication.published, report.recommendations, force)
    revisit = next(clock for clock in due if clock.subject == REVISIT.subject)
    window_start, window_end = revisit_window(revisit.due, force)
    return FollowUpPlan(
        inspection=publication.inspection,
        force=force.name,
        published=publication.published,
        due_dates=due,
        not_applied=not_applied,
        window_start=window_start,
        window_end=window_end,
    )


def draft_review(
    evidence: Evidence,
    report: InitialReport,
    publication: Publication,
    plan: FollowUpPlan,
    seal: PrintedSeal | None = None,
) -> Review:
    """Return the review: what became of each finding and recommendation, and whether the revisit was in time.

    Args:
        plan: as it stands, with every change.

    Raises:
        ArtefactError: the evidence is of fieldwork, or the plan has no date for the revisit.
    """
    submission = evidence.submission
    if not isinstance(submission, ReviewReturn):
        raise ArtefactError(f"{evidence.inspection}: expected evidence of a review, found evidence of fieldwork")
    revisit = plan.due(REVISIT.subject)
    if revisit is None:
        raise ArtefactError(f"{evidence.inspection}: expected a follow-up plan with a revisit date, found none in it")
    progress = tuple(
        RecommendationProgress(
            recommendation=recommendation,
            due=due.due if (due := plan.due(recommendation.id)) else None,
            changes=due.changes if due else (),
            outcome=evidence.outcomes[recommendation.id],
        )
        for recommendation in report.recommendations
    )
    counts = Counter(one.outcome for one in progress)
    order = {finding.id: place for place, finding in enumerate(report.findings)}
    return Review(
        inspection=evidence.inspection,
        force=report.force,
        programme=report.programme,
        title=f"{report.force}: national child protection inspection, post-inspection review",
        initial_fieldwork=report.fieldwork,
        initial_published=publication.published,
        fieldwork=submission.fieldwork,
        hmi=submission.team.hmi,
        findings=submission.findings,
        initial_findings=report.findings,
        finding_progress=tuple(sorted(submission.finding_progress, key=lambda one: order[one.finding])),
        recommendation_progress=progress,
        progress_counts=tuple(ProgressCount(outcome=outcome, recommendations=counts[outcome]) for outcome in Outcome),
        revisit_due=revisit.due,
        revisit_changes=revisit.changes,
        revisit=timeliness(submission.fieldwork.start, judged_day(revisit)),
        is_progress_synthetic=submission.progress.is_synthetic,
        quotation=submission.quotation,
        published=submission.published,
        seal=seal,
    )
