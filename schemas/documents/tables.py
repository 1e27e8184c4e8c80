"""The tables of returns: their columns and expectations.

`evidence/gate.py` runs the expectations with Great Expectations; `evidence/reader.py` reads the columns. Tables have no
other rules. Messages say what to do and never contain a value: the rows are about children.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from schemas.documents.returns import Outcome
from schemas.identifiers import CASE_REFERENCE_PATTERN, RecommendationId
from schemas.problems import Severity
from schemas.programme.versions import Grade, Theme
from schemas.written_dates import ways_of_writing

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
_MAX_NAMES: Final = 12
DAY_SUFFIX: Final = " (day)"
FOUND: Final = "{found}"
"""Stands in the message of a rule for what was found, in words or as a number of rows."""
EARLIEST_OPENED: Final = dt.date(1996, 1, 1)
"""No case is older: a child of 2014, the programme's first year, was born in 1996 or later, and sex offenders have been
registered since 1 September 1997 (Sex Offenders Act 1997)."""
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
    arguments: Mapping[str, str | int | list[str]]
    message: str
    severity: Severity = Severity.CRITICAL
    where: tuple[str, str] | None = None
    """Column and value of the rows that it is checked on; None for every row."""
    after: str | None = None
    """An earlier rule: where that one fails, this one fails of the same cause and is not reported."""
    found: Callable[[Sequence[str]], str] | None = None
    """Describes the cells that fail, without a word of theirs; by default the message has what was counted."""


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
    def found(cells: Sequence[str]) -> str:
        spelt = {value.replace(" ", "") for value in values}
        # Only capitals or spaces differ: the sender sees the right word there.
        is_spelling = all("".join(cell.casefold().split()) in spelt for cell in cells)
        return "these words with capitals or other spacing" if is_spelling else "something else"

    return Rule(
        name=f"{column}-known",
        expectation="ExpectColumnValuesToBeInSet",
        arguments={"column": column, "value_set": list(values)},
        message=f"expected one of: {', '.join(values)}; found {FOUND}; write it exactly like that, in lower case",
        found=found,
    )


def _listed(names: tuple[str, ...]) -> str:
    """Return names as text, no more than the first few, so that a message stays readable."""
    first = ", ".join(names[:_MAX_NAMES])
    return first if len(names) <= _MAX_NAMES else f"{first} and {len(names) - _MAX_NAMES} more, as published"


def _required_cells(table: TableSpec) -> tuple[Rule, ...]:
    return tuple(
        Rule(
            name=f"{column.name}-present",
            expectation="ExpectColumnValuesToNotBeNull",
            arguments={"column": column.name},
            message="expected a value in every row, found an empty cell; fill it in, or delete a row that is no row",
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
            message=(
                f"expected dates as YYYY-MM-DD, found {FOUND}; in a spreadsheet, give the column the format yyyy-mm-dd "
                "and save it again"
            ),
            found=ways_of_writing,
        ),
        Rule(
            name=f"{column}-in-calendar",
            expectation="ExpectColumnValuesToMatchStrftimeFormat",
            arguments={"column": column, "strftime_format": "%Y-%m-%d"},
            message="expected a day of the calendar, found one that it does not have; fix the date",
            after=f"{column}-is-a-date",
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
            f"expected a day of the fieldwork, {context.window_start.isoformat()} to {context.window_end.isoformat()}, "
            "found another; fix the date here or the fieldwork dates in return.json"
        ),
    )


def _row_counts(context: ReturnContext, what: str, advice: str) -> tuple[Rule, ...]:
    return (
        Rule(
            name="rows-present",
            expectation="ExpectTableRowCountToBeBetween",
            arguments={"min_value": 1},
            message=f"expected at least one row, found none; {advice}",
        ),
        Rule(
            name="rows-as-counted",
            expectation="ExpectTableRowCountToEqual",
            arguments={"value": context.rows},
            message=f"expected {context.rows} {what} as return.json counts, found {FOUND}; fix the rows or the count",
        ),
    )


def _unique(column: str) -> Rule:
    return Rule(
        name=f"{column}-unique",
        expectation="ExpectColumnValuesToBeUnique",
        arguments={"column": column},
        message="expected each reference once, found it on more than one line; give each one row",
    )


def _explained(column: str, what: str) -> Rule:
    return Rule(
        name=f"{column}-given",
        expectation="ExpectColumnValueLengthsToBeBetween",
        arguments={"column": column, "min_value": 20},
        message=f"expected {what} in 20 characters or more, found fewer; say what was seen, for the moderator",
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
            arguments={"column": "case_reference", "regex": rf"\A{CASE_REFERENCE_PATTERN.strip('^$')}\Z"},
            message=(
                "expected the team's own number from CA-0001, four digits or five from CA-10000, found something else; "
                "number the cases yourself, never with the force's reference or a name"
            ),
        ),
        _values_in("case_type", CASE_TYPES),
        *_dates("date_opened"),
        Rule(
            name="date_opened-plausible",
            expectation="ExpectColumnValuesToBeBetween",
            arguments={"column": day_of("date_opened"), "min_value": EARLIEST_OPENED.toordinal()},
            message=(
                f"expected a case opened in {EARLIEST_OPENED.year} or later, found an earlier day, before any child or "
                "offender of the programme had one; fix the year"
            ),
        ),
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
            message="expected a case opened before it was examined, found it opened later; fix one of the two dates",
        ),
        _values_in("self_assessed", YES_NO),
        _values_in("self_assessed_grade", scale),
        _values_in("inspector_grade", scale),
        Rule(
            name="two-gradings-where-self-assessed",
            expectation="ExpectColumnValuesToNotBeNull",
            arguments={"column": "self_assessed_grade"},
            where=("self_assessed", "yes"),
            message="expected the force's own grade where self_assessed is yes, found none; add it or write no",
        ),
        Rule(
            name="no-grade-where-not-self-assessed",
            expectation="ExpectColumnValuesToBeNull",
            arguments={"column": "self_assessed_grade"},
            where=("self_assessed", "no"),
            message="expected no grade of the force where self_assessed is no, found one; fix one of the two",
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
                    f"expected {context.totals.get(grade, 0)} cases graded {grade.value} as return.json counts, found "
                    f"{FOUND}; recount, and fix the wrong one"
                ),
                after="inspector_grade-known",
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
            expectation="ExpectColumnValuesToBeInSet",
            arguments={"column": "recommendation", "value_set": list(context.recommendations)},
            message=(
                "expected a recommendation of the published report, found something else; write these: "
                f"{_listed(context.recommendations)}"
            ),
        ),
        Rule(
            name="recommendations-complete",
            expectation="ExpectColumnDistinctValuesToContainSet",
            arguments={"column": "recommendation", "value_set": list(context.recommendations)},
            message=(
                "expected a row for each recommendation of the published report, found none for at least one; write "
                f"these: {_listed(context.recommendations)}"
            ),
            after="recommendation-known",
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
        ColumnSpec(name="case_reference", description="The team's own number, from CA-0001"),
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
