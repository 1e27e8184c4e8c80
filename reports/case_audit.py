"""The case audit on a page: margins only, as tables with the numbers and bars beside them."""

from __future__ import annotations

from typing import Final

from reports.layout.blocks import Bar, Bars, Block, Column, Paragraph, Row, Table, Words, words
from reports.layout.phrases import listed
from reports.layout.synthetic import TITLE, marked
from schemas.counts import counted
from schemas.documents.evidence import CaseAudit

WITHHELD: Final = "withheld (small number)"
_WHY_WITHHELD: Final = (
    "A number so small that it could point to one child is withheld. Where it would follow from the total, others are "
    "withheld with it."
)
_TOO_FEW: Final = "So few cases were examined that their types are not given: they could point to one child."


def case_audit_blocks(audit: CaseAudit) -> tuple[Block, ...]:
    """Return what the case audit found: grades from each party, types of case, cases referred back."""
    own = (
        f"Of these, the force had first assessed {counted(audit.self_assessed, 'case')} itself; the inspectors then "
        "graded the same cases again."
        if audit.self_assessed
        else "None of these had been assessed by the force itself first."
    )
    back = (
        f"{counted(audit.referred_back, 'case was', 'cases were')} referred back to the force, because a "
        "child might still have been at risk."
        if audit.referred_back
        else "No case had to be referred back to the force for a continuing risk."
    )
    return (
        Paragraph(_opening(audit, own)),
        Paragraph(words(back, *marked(audit.is_synthetic))),
        _grades_table(audit),
        _grades_bars(audit),
        *((_comparison_bars(audit),) if audit.self_assessed else ()),
        *((_types_table(audit), _types_bars(audit)) if audit.types else (Paragraph(words(_TOO_FEW)),)),
    )


def _opening(audit: CaseAudit, own: str) -> Words:
    """Return how many cases there were; what is made up is marked, and where only a part is, that part alone."""
    examined = f"The inspectors examined {counted(audit.cases, 'case')}."
    if audit.is_synthetic == audit.are_totals_synthetic:
        return words(f"{examined} {own}", *marked(audit.is_synthetic))
    return words(examined, *marked(audit.are_totals_synthetic), f" {own}", *marked(audit.is_synthetic))


def _grades_table(audit: CaseAudit) -> Table:
    is_whole = audit.is_synthetic == audit.are_totals_synthetic
    mark = "" if is_whole else f" ({TITLE.lower()})"
    totals, rows = (mark, "") if audit.are_totals_synthetic else ("", mark)
    return Table(
        caption="Cases by grade",
        columns=(
            Column("Grade", share=2),
            Column(f"Inspectors, all cases{totals}", is_number=True),
            Column(f"Force, cases it assessed itself{rows}", is_number=True),
            Column(f"Inspectors, the same cases{rows}", is_number=True),
        ),
        rows=tuple(
            Row(
                (
                    words(count.grade.value.capitalize()),
                    words(str(count.inspectors)),
                    words(str(count.self_assessed)),
                    words(str(count.regraded)),
                )
            )
            for count in audit.grades
        ),
        is_synthetic=is_whole and audit.is_synthetic,
    )


def _grades_bars(audit: CaseAudit) -> Bars:
    total = sum(count.inspectors for count in audit.grades)
    return Bars(
        title="Inspectors’ grades of all cases",
        description="Graded by the inspectors: "
        + listed([f"{count.inspectors} {count.grade.value}" for count in audit.grades])
        + ".",
        bars=tuple(_bar(count.grade.value.capitalize(), count.inspectors, total) for count in audit.grades),
        is_synthetic=audit.are_totals_synthetic,
    )


def _comparison_bars(audit: CaseAudit) -> Bars:
    own = sum(count.self_assessed for count in audit.grades)
    again = sum(count.regraded for count in audit.grades)
    return Bars(
        title="The same cases, graded by the force and by the inspectors",
        description="The force’s grade stands first, the inspectors’ own below it.",
        bars=tuple(
            bar
            for count in audit.grades
            for bar in (
                _bar(f"{count.grade.value.capitalize()}: force", count.self_assessed, own),
                _bar(f"{count.grade.value.capitalize()}: inspectors", count.regraded, again),
            )
        ),
        is_synthetic=audit.is_synthetic,
    )


def _types_table(audit: CaseAudit) -> Table:
    is_any_withheld = any(count.cases is None for count in audit.types)
    return Table(
        caption="Cases by type",
        columns=(Column("Type of case", share=2), Column("Cases", is_number=True)),
        rows=tuple(
            Row((words(count.case_type.capitalize()), words(WITHHELD if count.cases is None else str(count.cases))))
            for count in audit.types
        ),
        note=_WHY_WITHHELD if is_any_withheld else "",
        is_synthetic=audit.is_synthetic,
    )


def _types_bars(audit: CaseAudit) -> Bars:
    return Bars(
        title="Types of case examined",
        description="Types whose number is withheld have no bar."
        if any(count.cases is None for count in audit.types)
        else "Every examined case has one type.",
        bars=tuple(_bar(count.case_type.capitalize(), count.cases, audit.cases) for count in audit.types),
        is_synthetic=audit.is_synthetic,
    )


def _bar(label: str, number: int | None, total: int) -> Bar:
    if number is None:
        return Bar(label, WITHHELD, None)
    percent = round(100 * number / total) if total else 0
    return Bar(label, f"{number} of {total} ({percent}%)", percent)
