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
from domain.given_times import FIRST_YEAR
from schemas.dates import in_words
from schemas.documents.pack import RETURN
from schemas.documents.report import InitialReport
from schemas.documents.returns import FieldworkReturn, Finding, Polarity, ReviewReturn, TableReference
from schemas.problems import Problem, Severity
from schemas.programme.forces import FORCES, force_of
from schemas.programme.versions import GRADE_SCALES, ProgrammeVersion

MOST_PROBLEMS: Final = 200
"""Problems listed for one document. Warnings alone never reach it: there is at most one a finding."""


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
    return tuple(islice(chain(*found), MOST_PROBLEMS))


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
        yield _problem("force", "force-matches", f"expected {expected}, found {known}")


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
        yield _problem("fieldwork.end", "fieldwork-order", "fieldwork ends before it starts; fix one of the two dates")
    if published is not None and published.latest < fieldwork.end.earliest:
        message = "publication lies before the end of fieldwork; fix one of the two dates"
        yield _problem("published.date", "publication-order", message)


def _revisit_order(submission: ReviewReturn, report: InitialReport) -> Iterator[Problem]:
    if submission.fieldwork.start.latest < report.fieldwork.end.earliest:
        message = "the revisit starts before the initial fieldwork ended; fix the date"
        yield _problem("fieldwork.start", "fieldwork-order", message)
    elif report.published is not None and submission.fieldwork.start.latest < report.published.earliest:
        message = "the revisit starts before the report was published; fix the date"
        yield _problem("fieldwork.start", "publication-order", message)


def _repeated(ids: Iterable[str]) -> set[str]:
    return {one for one, count in Counter(ids).items() if count > 1}


def _findings(findings: Sequence[Finding], letter: str) -> Iterator[Problem]:
    repeated = _repeated(finding.id for finding in findings)
    for place, finding in enumerate(findings):
        path = f"findings[{place}].id"
        if finding.id in repeated:
            yield _problem(path, "finding-unique", f"{finding.id} occurs more than once; give each finding its own id")
        if not finding.id.startswith(letter):
            yield _problem(path, "finding-id-kind", f"expected ids that begin with {letter}; rename it")


def _unknown_findings(ids: Iterable[str], findings: Sequence[Finding], path: str) -> Iterator[Problem]:
    known = {finding.id for finding in findings}
    for unknown in (finding_id for finding_id in ids if finding_id not in known):
        yield _problem(path, "finding-known", f"{unknown} is not among the findings; add it, or name one that is")


def _recommendations(submission: FieldworkReturn) -> Iterator[Problem]:
    repeated = _repeated(recommendation.id for recommendation in submission.recommendations)
    for place, recommendation in enumerate(submission.recommendations):
        path = f"recommendations[{place}]"
        if recommendation.id in repeated:
            message = f"{recommendation.id} occurs more than once; give each recommendation its own id"
            yield _problem(f"{path}.id", "recommendation-unique", message)
        yield from _unknown_findings(recommendation.findings, submission.findings, f"{path}.findings")


def _finding_progress(submission: ReviewReturn, report: InitialReport) -> Iterator[Problem]:
    expected = [finding.id for finding in report.findings]
    counts = Counter(progress.finding for progress in submission.finding_progress)
    for missing in (finding_id for finding_id in expected if counts[finding_id] == 0):
        message = f"the outcome of {missing} is missing; add it, `not assessed` if need be"
        yield _problem("finding_progress", "finding-assessed", message)
    for place, progress in enumerate(submission.finding_progress):
        path = f"finding_progress[{place}]"
        if progress.finding not in expected:
            message = f"{progress.finding} is not a finding of the published report; remove it, or fix the id"
            yield _problem(f"{path}.finding", "finding-known", message)
        if counts[progress.finding] > 1:
            message = f"{progress.finding} is assessed more than once; keep one"
            yield _problem(f"{path}.finding", "finding-assessed", message)
        yield from _unknown_findings(progress.review_findings, submission.findings, f"{path}.review_findings")


def _answered(submission: FieldworkReturn) -> Iterator[Problem]:
    answered = {finding for one in submission.recommendations for finding in one.findings}
    for place, finding in enumerate(submission.findings):
        if finding.polarity is Polarity.CONCERNED and finding.id not in answered:
            message = f"no recommendation addresses the concern {finding.id}; add one if the force must act"
            yield _problem(f"findings[{place}]", "finding-answered", message, Severity.WARNING)


def _totals(table: TableReference, programme: ProgrammeVersion) -> Iterator[Problem]:
    scale = GRADE_SCALES[programme]
    for grade in (one for one in table.grades if one not in scale):
        message = f"{grade.value} is not a case grade of {programme.value}; use {', '.join(one.value for one in scale)}"
        yield _problem("case_audit.grades", "grade-scale", message)
    total = sum(table.grades.values())
    if total != table.rows:
        message = f"the grades add up to {total}, but `rows` is {table.rows}; recount, and fix the wrong one"
        yield _problem("case_audit.grades", "totals-sum", message)


def _personal_data(submission: FieldworkReturn | ReviewReturn) -> Iterator[Problem]:
    for path, kind in personal_data_of(texts_of(submission)):
        message = (
            f"contains what looks like {kind}, alone or with the text before it, and is to be published; reword it"
        )
        yield _problem(path, "personal-data", message)
