"""The tables of returns: their columns and expectations.

`evidence/gate.py` runs the expectations with Great Expectations; `evidence/reader.py` reads the columns. Tables have no
other rules. Messages say what to do and never contain a value: the rows are about children.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

from schemas.documents.returns import Outcome
from schemas.identifiers import RecommendationId
from schemas.problems import Severity
from schemas.programme.versions import Grade, Theme

CASE_TYPES: Final = (
    "domestic abuse",
    "missing child",
    "child sexual exploitation",
    "sex offender management",
    "police protection",
    "child in custody",
    "child protection enquiry",
)
"""Types named in published reports; every other case is a `child protection enquiry` (section 47)."""

YES_NO: Final = ("yes", "no")
_MOST_NAMES: Final = 12
DAY_SUFFIX: Final = " (day)"
DATE_PATTERN: Final = r"\A(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])\Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSpec:
    """A column of a table."""

    name: str
    description: str
    is_required: bool = True
    """Whether every row must have a value."""
    is_date: bool = False
    """Whether a column of day numbers is derived from it, so that rules can compare dates (`day_of`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnContext:
    """What the rules of a table need from its return."""

    rows: int
    grades: tuple[Grade, ...] = ()
    """Grade scale of the programme's version, best first."""
    totals: Mapping[Grade, int] = field(default_factory=dict)
    """Number of cases by inspectors' grade, as the return counts them."""
    window_start: dt.date
    """First day on which a row can be dated; London."""
    window_end: dt.date
    recommendations: tuple[RecommendationId, ...] = ()
    """Those of the published report, in order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """An expectation: its name, Great Expectations' class and arguments, and what to do when it fails."""

    name: str
    expectation: str
    arguments: Mapping[str, object]
    message: str
    severity: Severity = Severity.CRITICAL
    where: tuple[str, str] | None = None
    """Column and value of the rows that it is checked on; None for every row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableSpec:
    """A table: its file name, its columns in order, and its rules for a return."""

    name: str
    file: str
    columns: tuple[ColumnSpec, ...]
    rules: Callable[[ReturnContext], tuple[Rule, ...]]

    @property
    def column_names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.name for column in self.columns)


def theme_column(theme: Theme) -> str:
    """Return the name of a theme's column: `theme_trusted_adult`."""
    return f"theme_{theme.value.replace('-', '_')}"


def day_of(column: str) -> str:
    """Return the name of the column derived from a date column: days since 1 January 0001, empty if not a date."""
    return f"{column}{DAY_SUFFIX}"


def _values_in(column: str, values: tuple[str, ...]) -> Rule:
    return Rule(
        name=f"{column}-known",
        expectation="ExpectColumnValuesToBeInSet",
        arguments={"column": column, "value_set": list(values)},
        message=f"use one of: {', '.join(values)}; lower case, no spaces around it",
    )


def _listed(names: tuple[str, ...]) -> str:
    """Return names as text, no more than the first few, so that a message stays readable."""
    first = ", ".join(names[:_MOST_NAMES])
    return first if len(names) <= _MOST_NAMES else f"{first} and {len(names) - _MOST_NAMES} more, as published"


def _required_cells(table: TableSpec) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            name=f"{column.name}-present",
            expectation="ExpectColumnValuesToNotBeNull",
            arguments={"column": column.name},
            message="the cell is empty; every row needs a value here",
        )
        for column in table.columns
        if column.is_required
    )


def _dates(column: str) -> tuple[Rule, ...]:
    return (
        Rule(
            name=f"{column}-is-a-date",
            expectation="ExpectColumnValuesToMatchRegex",
            arguments={"column": column, "regex": DATE_PATTERN},
            message="write the date as YYYY-MM-DD",
        ),
        Rule(
            name=f"{column}-in-calendar",
            expectation="ExpectColumnValuesToMatchStrftimeFormat",
            arguments={"column": column, "strftime_format": "%Y-%m-%d"},
            message="the calendar has no such day; fix the date",
        ),
    )


def _within_fieldwork(column: str, context: ReturnContext) -> Rule:
    return Rule(
        name=f"{column}-in-fieldwork",
        expectation="ExpectColumnValuesToBeBetween",
        arguments={
            "column": day_of(column),
            "min_value": context.window_start.toordinal(),
            "max_value": context.window_end.toordinal(),
        },
        message=(
            f"must lie within fieldwork, {context.window_start.isoformat()} to {context.window_end.isoformat()}; "
            "fix the date here or the fieldwork dates in return.json"
        ),
    )


def _row_counts(context: ReturnContext, what: str, advice: str) -> tuple[Rule, ...]:
    return (
        Rule(
            name="rows-present",
            expectation="ExpectTableRowCountToBeBetween",
            arguments={"min_value": 1},
            message=f"the table has no rows; {advice}",
        ),
        Rule(
            name="rows-as-counted",
            expectation="ExpectTableRowCountToEqual",
            arguments={"value": context.rows},
            message=f"return.json counts {context.rows} {what}, the table another number; fix the rows or the count",
        ),
    )


def _unique(column: str) -> Rule:
    return Rule(
        name=f"{column}-unique",
        expectation="ExpectColumnValuesToBeUnique",
        arguments={"column": column},
        message="this reference is on more than one line; give each one row",
    )


def _explained(column: str, what: str) -> Rule:
    return Rule(
        name=f"{column}-given",
        expectation="ExpectColumnValueLengthsToBeBetween",
        arguments={"column": column, "min_value": 20},
        message=f"{what} is very short; say what was seen, so that a moderator can follow it",
        severity=Severity.WARNING,
    )


def _case_audit_rules(context: ReturnContext) -> tuple[Rule, ...]:
    scale = tuple(grade.value for grade in context.grades)
    return (
        *_row_counts(context, "cases", "send the examined cases"),
        *_required_cells(CASE_AUDIT),
        _unique("case_reference"),
        Rule(
            name="case_reference-form",
            expectation="ExpectColumnValuesToMatchRegex",
            arguments={"column": "case_reference", "regex": r"\ACA-[0-9]{4}\Z"},
            message="write the team's own number as CA- and four digits; never the force's reference or a name",
        ),
        _values_in("case_type", CASE_TYPES),
        *_dates("date_opened"),
        *_dates("date_examined"),
        _within_fieldwork("date_examined", context),
        Rule(
            name="dates-in-order",
            expectation="ExpectColumnPairValuesAToBeGreaterThanB",
            arguments={
                "column_A": day_of("date_examined"),
                "column_B": day_of("date_opened"),
                "or_equal": True,
                "ignore_row_if": "either_value_is_missing",
            },
            message="the case was examined before it was opened; fix one of the two dates",
        ),
        _values_in("self_assessed", YES_NO),
        _values_in("self_assessed_grade", scale),
        _values_in("inspector_grade", scale),
        Rule(
            name="two-gradings-where-self-assessed",
            expectation="ExpectColumnValuesToNotBeNull",
            arguments={"column": "self_assessed_grade"},
            where=("self_assessed", "yes"),
            message="the force assessed this case itself; add the grade that it gave",
        ),
        Rule(
            name="no-grade-where-not-self-assessed",
            expectation="ExpectColumnValuesToBeNull",
            arguments={"column": "self_assessed_grade"},
            where=("self_assessed", "no"),
            message="there is a grade by the force, but self_assessed is no; fix one of the two",
        ),
        *(_values_in(theme_column(theme), YES_NO) for theme in Theme),
        _values_in("referred_back", YES_NO),
        *(
            Rule(
                name=f"total-{grade.value.replace(' ', '-')}",
                expectation="ExpectTableRowCountToEqual",
                arguments={"value": context.totals.get(grade, 0)},
                where=("inspector_grade", grade.value),
                message=(
                    f"return.json counts {context.totals.get(grade, 0)} cases graded {grade.value}, the table another "
                    "number; recount, and fix the wrong one"
                ),
            )
            for grade in context.grades
        ),
        _explained("rationale", "the reason for the grade"),
    )


def _progress_rules(context: ReturnContext) -> tuple[Rule, ...]:
    return (
        *_row_counts(context, "recommendations", "send one row for each recommendation"),
        *_required_cells(PROGRESS),
        _unique("recommendation"),
        Rule(
            name="recommendation-known",
            expectation="ExpectColumnDistinctValuesToEqualSet",
            arguments={"column": "recommendation", "value_set": list(context.recommendations)},
            message=(
                "expected one row for each recommendation of the published report, and no others: "
                f"{_listed(context.recommendations)}"
            ),
        ),
        _values_in("outcome", tuple(outcome.value for outcome in Outcome)),
        *_dates("date_assessed"),
        _within_fieldwork("date_assessed", context),
        _explained("evidence", "the evidence"),
    )


CASE_AUDIT: Final = TableSpec(
    name="case audit",
    file="cases.csv",
    columns=(
        ColumnSpec(name="case_reference", description="The team's own number, CA- and four digits"),
        ColumnSpec(name="case_type", description="One of the case types"),
        ColumnSpec(name="date_opened", description="Day the force opened the case, YYYY-MM-DD", is_date=True),
        ColumnSpec(
            name="date_examined",
            description="Day the inspectors examined it, YYYY-MM-DD, within fieldwork",
            is_date=True,
        ),
        ColumnSpec(name="self_assessed", description="yes where the force graded the case itself first"),
        ColumnSpec(
            name="self_assessed_grade", description="The force's own grade, where self-assessed", is_required=False
        ),
        ColumnSpec(name="inspector_grade", description="The inspectors' grade"),
        *(
            ColumnSpec(name=theme_column(theme), description=f"yes where the case concerns {theme.value}")
            for theme in Theme
        ),
        ColumnSpec(
            name="referred_back", description="yes where the case was handed back at once for a continuing risk"
        ),
        ColumnSpec(name="rationale", description="Why the grade; case data, never leaves the private bucket"),
    ),
    rules=_case_audit_rules,
)
"""One row per examined case. Source of the two gradings: Met 2016 and West Yorkshire 2014 (examples/SOURCES.md)."""

PROGRESS: Final = TableSpec(
    name="progress",
    file="progress.csv",
    columns=(
        ColumnSpec(name="recommendation", description="Id of the recommendation, as published"),
        ColumnSpec(name="outcome", description="One of the outcomes"),
        ColumnSpec(
            name="date_assessed",
            description="Day the inspectors judged it, YYYY-MM-DD, within the revisit",
            is_date=True,
        ),
        ColumnSpec(name="evidence", description="What was seen; may name cases, never leaves the private bucket"),
    ),
    rules=_progress_rules,
)
"""One row per recommendation of the published report."""
