"""The publishable summary of the examined cases: totals, counted from rows that never leave the caller."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from domain.disclosure import withhold_small
from schemas.documents.evidence import CaseAudit, GradeCount, TypeCount
from schemas.documents.returns import FieldworkReturn
from schemas.programme.versions import GRADE_SCALES


def summarise(rows: Sequence[Mapping[str, str]], submission: FieldworkReturn) -> CaseAudit:
    """Return totals of validated rows; small counts by case type are withheld (domain/disclosure.py)."""
    reference = submission.case_audit
    inspectors = Counter(row["inspector_grade"] for row in rows)
    self_assessed = [row for row in rows if row["self_assessed"] == "yes"]
    by_force = Counter(row["self_assessed_grade"] for row in self_assessed)
    regraded = Counter(row["inspector_grade"] for row in self_assessed)
    types = withhold_small(dict(sorted(Counter(row["case_type"] for row in rows).items())))
    return CaseAudit(
        cases=len(rows),
        self_assessed=len(self_assessed),
        referred_back=sum(row["referred_back"] == "yes" for row in rows),
        grades=tuple(
            GradeCount(
                grade=grade,
                inspectors=inspectors[grade.value],
                self_assessed=by_force[grade.value],
                regraded=regraded[grade.value],
            )
            for grade in GRADE_SCALES[submission.programme]
        ),
        types=tuple(TypeCount(case_type=name, cases=count) for name, count in types.items()),
        is_synthetic=reference.is_synthetic,
        are_totals_synthetic=(
            reference.is_synthetic if reference.are_totals_synthetic is None else reference.are_totals_synthetic
        ),
    )
