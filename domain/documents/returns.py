"""Rules across the fields of a return: ids that must be known, totals that must agree, dates in order.

Each rule lists all its problems; none raises. Problems name the path of a field, never its value.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Final

from domain.disclosure import personal_data_of, texts_of
from domain.typed_times import FIRST_YEAR
from schemas.dates import in_words
from schemas.documents.pack import RETURN
from schemas.documents.report import InitialReport
from schemas.documents.returns import CaseAuditReference, FieldworkReturn, Finding, Polarity, ReviewReturn
from schemas.problems import MAX_PROBLEMS, Problem, Severity
from schemas.programme.forces import FORCES, force_of
from schemas.programme.versions import GRADE_SCALES, ProgrammeVersion

_DATES_TURNED: Final = "expected fieldwork that ends after it starts, found an earlier end; fix one of the two dates"
_MAX_NAMES: Final = 12


def problems_of_fieldwork(
    submission: FieldworkReturn, inspection_id: str, submitted_on: dt.date
) -> tuple[Problem, ...]:
    """List problems across the fields of a fieldwork return, whose dates are none of the future."""
    return _first(
        _inspection(submission, inspection_id),
        _force(submission, inspection_id),
        _dates(submission, submitted_on),
        _findings(submission.findings, "I"),
        _recommendations(submission),
        _answered(submission),
        _totals(submission.case_audit, submission.programme),
        _personal_data(submission),
    )


def problems_of_review(
    submission: ReviewReturn, inspection_id: str, report: InitialReport, submitted_on: dt.date
) -> tuple[Problem, ...]:
    """List problems across the fields of a review return, and against the published report."""
    return _first(
        _inspection(submission, inspection_id),
        _dates(submission, submitted_on),
        _revisit_order(submission, report),
        _findings(submission.findings, "R"),
        _finding_progress(submission, report),
        _personal_data(submission),
    )


def _first(*found: Iterator[Problem]) -> tuple[Problem, ...]:
    return tuple(islice(chain(*found), MAX_PROBLEMS))


def _problem(path: str, rule: str, message: str, severity: Severity = Severity.CRITICAL) -> Problem:
    return Problem(file=RETURN, column=path, rule=rule, message=message, severity=severity)


def _inspection(submission: FieldworkReturn | ReviewReturn, inspection_id: str) -> Iterator[Problem]:
    if submission.inspection != inspection_id:
        message = f"expected a return for {inspection_id}, found another inspection; send it there, or fix the id"
        yield _problem("inspection", "inspection-matches", message)


def _force(submission: FieldworkReturn, inspection_id: str) -> Iterator[Problem]:
    expected = force_of(inspection_id).slug
    if submission.force != expected:
        known = "another force" if submission.force in FORCES else "no known force"
        message = f"expected {expected}, found {known}; fix it, or send the return to the other inspection"
        yield _problem("force", "force-matches", message)


def _dates(submission: FieldworkReturn | ReviewReturn, submitted_on: dt.date) -> Iterator[Problem]:
    fieldwork, published = submission.fieldwork, submission.published
    given = {"fieldwork.start.date": fieldwork.start, "fieldwork.end.date": fieldwork.end, "published.date": published}
    for path, date in given.items():
        if date is None:
            continue
        if date.earliest > submitted_on:
            message = f"expected a day up to {in_words(submitted_on)}, found one that is still to come; fix the date"
            yield _problem(path, "date-has-been", message)
        if date.latest.year < FIRST_YEAR:
            message = (
                f"expected a day from {FIRST_YEAR} on, when the programme began, found an earlier one; fix the date"
            )
            yield _problem(path, "date-in-programme", message)
    if fieldwork.end.latest < fieldwork.start.earliest:
        yield _problem("fieldwork.end", "fieldwork-order", _DATES_TURNED)
    if published is not None and published.latest < fieldwork.end.earliest:
        message = "expected publication after the fieldwork, found it before its end; fix one of the two dates"
        yield _problem("published.date", "publication-order", message)


def _revisit_order(submission: ReviewReturn, report: InitialReport) -> Iterator[Problem]:
    if submission.fieldwork.start.latest < report.fieldwork.end.earliest:
        message = "expected a revisit after the initial fieldwork, found one that starts before its end; fix the date"
        yield _problem("fieldwork.start", "fieldwork-order", message)
    elif report.published is not None and submission.fieldwork.start.latest < report.published.earliest:
        message = "expected a revisit after the report was published, found one that starts before; fix the date"
        yield _problem("fieldwork.start", "publication-order", message)


def _repeated(ids: Iterable[str]) -> set[str]:
    return {one for one, count in Counter(ids).items() if count > 1}


def _findings(findings: Sequence[Finding], letter: str) -> Iterator[Problem]:
    repeated = _repeated(finding.id for finding in findings)
    for place, finding in enumerate(findings):
        path = f"findings[{place}].id"
        if finding.id in repeated:
            yield _problem(
                path, "finding-unique", f"expected {finding.id} once, found it again; give each finding its own id"
            )
        if not finding.id.startswith(letter):
            yield _problem(
                path, "finding-id-kind", f"expected ids that begin with {letter}, found another letter; rename it"
            )


def _unknown_findings(ids: Iterable[str], findings: Sequence[Finding], path: str) -> Iterator[Problem]:
    known = {finding.id for finding in findings}
    for unknown in (finding_id for finding_id in ids if finding_id not in known):
        yield _problem(
            path,
            "finding-known",
            f"expected findings of this return, found {unknown}, which it does not have; add it, or name another",
        )


def _recommendations(submission: FieldworkReturn) -> Iterator[Problem]:
    repeated = _repeated(recommendation.id for recommendation in submission.recommendations)
    for place, recommendation in enumerate(submission.recommendations):
        path = f"recommendations[{place}]"
        if recommendation.id in repeated:
            message = f"expected {recommendation.id} once, found it again; give each recommendation its own id"
            yield _problem(f"{path}.id", "recommendation-unique", message)
        yield from _unknown_findings(recommendation.findings, submission.findings, f"{path}.findings")


def _finding_progress(submission: ReviewReturn, report: InitialReport) -> Iterator[Problem]:
    expected = [finding.id for finding in report.findings]
    counts = Counter(progress.finding for progress in submission.finding_progress)
    if missing := [finding_id for finding_id in expected if counts[finding_id] == 0]:
        more = f" and {len(missing) - _MAX_NAMES} more" if len(missing) > _MAX_NAMES else ""
        message = (
            "expected an outcome for each finding of the published report, found none for "
            f"{', '.join(missing[:_MAX_NAMES])}{more}; add it, 'not assessed' if need be"
        )
        yield _problem("finding_progress", "finding-assessed", message)
    for place, progress in enumerate(submission.finding_progress):
        path = f"finding_progress[{place}]"
        if progress.finding not in expected:
            message = (
                f"expected findings of the published report, found {progress.finding}, which it has not; fix the id"
            )
            yield _problem(f"{path}.finding", "finding-known", message)
        if counts[progress.finding] > 1:
            message = f"expected one outcome for {progress.finding}, found more; keep one"
            yield _problem(f"{path}.finding", "finding-assessed", message)
        yield from _unknown_findings(progress.review_findings, submission.findings, f"{path}.review_findings")


def _answered(submission: FieldworkReturn) -> Iterator[Problem]:
    answered = {finding for one in submission.recommendations for finding in one.findings}
    for place, finding in enumerate(submission.findings):
        if finding.polarity is Polarity.CONCERNED and finding.id not in answered:
            message = (
                f"expected a recommendation for the concern {finding.id}, found none; add one if the force must act"
            )
            yield _problem(f"findings[{place}]", "finding-answered", message, Severity.WARNING)


def _totals(table: CaseAuditReference, programme: ProgrammeVersion) -> Iterator[Problem]:
    scale = GRADE_SCALES[programme]
    for grade in (one for one in table.grades if one not in scale):
        message = (
            f"expected the case grades of {programme.value} ({', '.join(one.value for one in scale)}), found "
            f"{grade.value}; remove it"
        )
        yield _problem("case_audit.grades", "grade-scale", message)
    total = sum(table.grades.values())
    if total != table.rows:
        message = f"expected grades that add up to rows, {table.rows}, found {total}; recount, and fix the wrong one"
        yield _problem("case_audit.grades", "totals-sum", message)


def _personal_data(submission: FieldworkReturn | ReviewReturn) -> Iterator[Problem]:
    for path, kind in personal_data_of(texts_of(submission)):
        message = (
            f"contains what looks like {kind}, alone or with the text before it, and is to be published; reword it"
        )
        yield _problem(path, "personal-data", message)
