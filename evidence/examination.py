"""Examine a return from its bytes: document, table, expectations. Runs in the child of `checker_client.py`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Final, Literal, Self

from pydantic import ConfigDict, Field

from domain.documents.case_audit import summarise
from domain.documents.returns import problems_of_fieldwork, problems_of_review
from evidence.causes import one_for_each_cause
from evidence.document import read_document
from evidence.reader import Rows, read_rows
from schemas.documents.evidence import Evidence
from schemas.documents.pack import RETURN, Pack, StoredFile
from schemas.documents.report import InitialReport
from schemas.documents.returns import FieldworkReturn, Outcome, ReviewReturn
from schemas.documents.tables import CASE_AUDIT, PROGRESS, ReturnContext, TableSpec
from schemas.documents.validation import Validation
from schemas.identifiers import InspectionId, Sha256, digest_of
from schemas.model import Record
from schemas.problems import Problem, Severity, has_critical
from schemas.programme.versions import GRADE_SCALES

ReturnKind = Literal["fieldwork-return", "review-return"]
_RETURNS: Final[dict[ReturnKind, type[FieldworkReturn | ReviewReturn]]] = {
    "fieldwork-return": FieldworkReturn,
    "review-return": ReviewReturn,
}
_TABLES: Final = {"fieldwork-return": CASE_AUDIT, "review-return": PROGRESS}


class Request(Record):
    """A return to examine."""

    model_config = ConfigDict(ser_json_bytes="base64", val_json_bytes="base64")

    inspection: InspectionId
    kind: ReturnKind
    pack: Sha256
    document: bytes = Field(description="Bytes of return.json")
    table: bytes = Field(description="Bytes of the table")
    submitted_on: dt.date = Field(description="London day on which it is submitted; no date in it is later")
    report: InitialReport | None = Field(
        default=None, description="The published report that a review answers; None for fieldwork"
    )

    @classmethod
    def of(
        cls,
        pack: Pack,
        read: Callable[[StoredFile], bytes],
        kind: ReturnKind,
        submitted_on: dt.date,
        report: InitialReport | None,
    ) -> Self:
        """Request the examination of a pack, whose files are read by name."""
        return cls(
            inspection=pack.inspection,
            kind=kind,
            pack=digest_of(pack.to_bytes()),
            document=read(pack.file(RETURN)),
            table=read(pack.file(_TABLES[kind].file)),
            submitted_on=submitted_on,
            report=report,
        )


class Examination(Record):
    """The result: evidence, unless a problem is critical, and every problem found."""

    evidence: Evidence | None
    problems: tuple[Problem, ...]
    validation: Validation | None = Field(
        default=None, description="How the table fared under each rule; None if it was not checked"
    )


def examine(request: Request) -> Examination:
    """Check all of a return; return every problem, and evidence when none is critical."""
    table = _TABLES[request.kind]
    submission, problems = read_document(request.document, _RETURNS[request.kind], RETURN)
    rows = read_rows(request.table, table)
    problems += one_for_each_cause(rows.problems)
    if isinstance(submission, FieldworkReturn):
        problems += one_for_each_cause(problems_of_fieldwork(submission, request.inspection, request.submitted_on))
        context = ReturnContext(
            rows=submission.case_audit.rows,
            grades=GRADE_SCALES[submission.programme],
            totals=submission.case_audit.grades,
            window_start=submission.fieldwork.start.earliest,
            window_end=min(submission.fieldwork.end.latest, request.submitted_on),
        )
    elif isinstance(submission, ReviewReturn) and request.report is not None:
        problems += one_for_each_cause(
            problems_of_review(submission, request.inspection, request.report, request.submitted_on)
        )
        context = ReturnContext(
            rows=submission.progress.rows,
            window_start=submission.fieldwork.start.earliest,
            window_end=min(submission.fieldwork.end.latest, request.submitted_on),
            recommendations=tuple(one.id for one in request.report.recommendations),
        )
    else:
        return Examination(evidence=None, problems=problems)
    validation, found = _validate(request, rows, table, context)
    problems += found
    if validation is None or has_critical(problems):
        return Examination(evidence=None, problems=problems, validation=validation)
    evidence = Evidence(
        inspection=request.inspection,
        pack=request.pack,
        submission=submission,
        case_audit=summarise(rows.rows, submission) if isinstance(submission, FieldworkReturn) else None,
        outcomes={row["recommendation"]: Outcome(row["outcome"]) for row in rows.rows} if table is PROGRESS else {},
        expectations=len(validation.rules),
        warnings=problems,
    )
    return Examination(evidence=evidence, problems=problems, validation=validation)


def _validate(
    request: Request, rows: Rows, table: TableSpec, context: ReturnContext
) -> tuple[Validation | None, tuple[Problem, ...]]:
    """Run the rules of a table; return how it fared, and what its sender must fix."""
    if rows.problems or context.window_end < context.window_start:
        # On a table that was not read whole, or for fieldwork that ends before it starts, the rules would only repeat
        # problems that are reported already.
        return None, ()
    from evidence.gate import check_rows, programs  # noqa: PLC0415 - imports Great Expectations when it runs

    results = check_rows(rows, table, table.rules(context))
    rules = tuple(result.validated for result in results)
    validation = Validation(
        inspection=request.inspection,
        pack=request.pack,
        suite=table.name,
        file=table.file,
        programs=programs(),
        is_met=all(one.is_met or one.severity is not Severity.CRITICAL for one in rules),
        rules=rules,
    )
    return validation, tuple(problem for result in results for problem in result.problems)
