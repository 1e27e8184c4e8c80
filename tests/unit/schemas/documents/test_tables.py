from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from evidence.gate import check_rows
from evidence.reader import Rows
from schemas.documents.returns import MAX_ROWS, Outcome
from schemas.documents.tables import CASE_AUDIT, PROGRESS, ReturnContext, Rule, TableSpec, theme_column
from schemas.errors import NcpiError
from schemas.identifiers import CaseReference
from schemas.problems import Problem, Severity
from schemas.programme.versions import FOUR_GRADES, THREE_GRADES, Grade, Theme
from tests.support.returns import case_rows, progress_rows

CANARY = "zqcanary"
TABLES = {"case audit": CASE_AUDIT, "progress": PROGRESS}

# What is wrong with a row, and the rules that say so.
CASE_FAULTS: list[tuple[dict[str, str], set[str]]] = [
    ({}, set()),
    *(({column.name: ""}, {f"{column.name}-present"}) for column in CASE_AUDIT.columns if column.is_required),
    ({"case_reference": "CA-9999"}, {"case_reference-unique"}),
    ({"case_reference": "CA-9999"}, {"case_reference-unique"}),
    ({"case_reference": f"{CANARY}/15"}, {"case_reference-form"}),
    *(
        ({"case_reference": reference}, {"case_reference-form"})
        for reference in ("CA-0000", "CA-00001", "CA-100000", "ca-0001")
    ),
    *(
        ({"case_reference": reference}, set())
        for reference in ("CA-0090", "CA-0900", "CA-9998", "CA-10000", "CA-99999")
    ),
    ({"case_reference": "CA-\u0661\u0661\u0661\u0661"}, {"case_reference-form"}),
    ({"case_type": "Missing child"}, {"case_type-known"}),
    ({"case_type": CANARY}, {"case_type-known"}),
    ({"date_opened": "01/09/2014"}, {"date_opened-is-a-date"}),
    *(({"date_opened": day}, {"date_opened-plausible"}) for day in ("1901-05-01", "1995-12-31")),
    ({"date_opened": "1996-01-01"}, set()),
    ({"date_opened": "2014-02-30"}, {"date_opened-in-calendar"}),
    ({"date_examined": CANARY}, {"date_examined-is-a-date"}),
    ({"date_examined": "2015-02-29"}, {"date_examined-in-calendar"}),
    ({"date_examined": "2015-01-31"}, {"date_examined-in-fieldwork"}),
    ({"date_examined": "2015-04-01"}, {"date_examined-in-fieldwork"}),
    ({"date_examined": "2015-02-01"}, set()),
    ({"date_examined": "2015-03-31"}, set()),
    ({"date_opened": "2015-02-26", "date_examined": "2015-02-25"}, {"dates-in-order"}),
    ({"date_opened": "2015-02-25", "date_examined": "2015-02-25"}, set()),
    ({"self_assessed": "YES"}, {"self_assessed-known"}),
    ({"self_assessed_grade": "superb", "self_assessed": "yes"}, {"self_assessed_grade-known"}),
    ({"self_assessed_grade": "", "self_assessed": "yes"}, {"two-gradings-where-self-assessed"}),
    ({"self_assessed_grade": "good", "self_assessed": "no"}, {"no-grade-where-not-self-assessed"}),
    ({"inspector_grade": "Good"}, {"inspector_grade-known"}),
    ({"inspector_grade": CANARY}, {"inspector_grade-known"}),
    *(({theme_column(theme): "y"}, {f"{theme_column(theme)}-known"}) for theme in Theme),
    ({"referred_back": "1"}, {"referred_back-known"}),
    ({"rationale": "too short"}, {"rationale-given"}),
]
PROGRESS_FAULTS: list[tuple[dict[str, str], set[str]]] = [
    ({}, set()),
    *(({column.name: ""}, {f"{column.name}-present"}) for column in PROGRESS.columns),
    ({"recommendation": "REC-2015-01"}, {"recommendation-unique"}),
    ({"recommendation": "REC-2015-01"}, {"recommendation-unique"}),
    ({"outcome": "Achieved"}, {"outcome-known"}),
    ({"date_assessed": "10/02/2016"}, {"date_assessed-is-a-date"}),
    ({"date_assessed": "2016-02-30"}, {"date_assessed-in-calendar"}),
    ({"date_assessed": "2016-03-01"}, {"date_assessed-in-fieldwork"}),
    ({"evidence": "too short"}, {"evidence-given"}),
]


def as_rows(rows: list[dict[str, str]]) -> Rows:
    return Rows(rows=tuple(rows), lines=tuple(range(2, 2 + len(rows))))


def case_context(cases: list[dict[str, str]], **changes: Any) -> ReturnContext:
    counted = Counter(row["inspector_grade"] for row in cases)
    usual: dict[str, Any] = {
        "rows": len(cases),
        "grades": FOUR_GRADES,
        "totals": {grade: counted[grade.value] for grade in FOUR_GRADES},
        "window_start": dt.date(2015, 2, 1),
        "window_end": dt.date(2015, 3, 31),
    }
    return ReturnContext(**usual | changes)


def progress_context(assessed: list[dict[str, str]], **changes: Any) -> ReturnContext:
    usual: dict[str, Any] = {
        "rows": len(assessed),
        "window_start": dt.date(2016, 2, 1),
        "window_end": dt.date(2016, 2, 29),
        "recommendations": tuple(sorted({row["recommendation"] for row in assessed if row["recommendation"]})),
    }
    return ReturnContext(**usual | changes)


def check(rows: list[dict[str, str]], table: TableSpec, context: ReturnContext) -> list[Problem]:
    results = check_rows(as_rows(rows), table, table.rules(context))
    problems = [problem for result in results for problem in result.problems]
    assert all(problem.file == table.file for problem in problems)
    assert CANARY not in str([str(problem) for problem in problems])
    return problems


def found(problems: list[Problem]) -> set[tuple[str, int | None]]:
    return {(problem.rule, line) for problem in problems for line in lines_of(problem)}


def lines_of(problem: Problem) -> list[int | None]:
    """List the lines of a problem, those that only its message names as well."""
    _, _, others = problem.message.partition("; also on line")
    return [problem.line, *map(int, re.findall("[0-9]+", others))]


def names(table: TableSpec, context: ReturnContext) -> set[str]:
    return {rule.name for rule in table.rules(context)}


def cases_with(faults: list[tuple[dict[str, str], set[str]]]) -> list[dict[str, str]]:
    # No grade of the force, so that one fault is one fault.
    usual = {"self_assessed": "no", "self_assessed_grade": ""}
    return [row | usual | fault for row, (fault, _) in zip(case_rows(len(faults)), faults, strict=True)]


def progress_with(faults: list[tuple[dict[str, str], set[str]]]) -> list[dict[str, str]]:
    usual = progress_rows()[0]
    return [usual | {"recommendation": f"REC-2016-{n:02d}"} | fault for n, (fault, _) in enumerate(faults)]


def expected(faults: list[tuple[dict[str, str], set[str]]]) -> set[tuple[str, int]]:
    return {(rule, line) for line, (_, rules) in enumerate(faults, start=2) for rule in rules}


def test_good_rows_have_no_problem() -> None:
    assert check(case_rows(), CASE_AUDIT, case_context(case_rows())) == []
    assert check(progress_rows(), PROGRESS, progress_context(progress_rows())) == []


def test_every_rule_of_the_case_audit_catches_its_fault_on_its_line_and_nothing_else() -> None:
    rows = cases_with(CASE_FAULTS)
    by_line = check(rows, CASE_AUDIT, case_context(rows))
    assert found(by_line) == expected(CASE_FAULTS)

    totals = dict.fromkeys(FOUR_GRADES, 99)
    miscounted = check(case_rows(), CASE_AUDIT, case_context(case_rows(), rows=99, totals=totals))
    assert found(miscounted) == {
        ("rows-as-counted", None),
        *((f"total-{grade.value.replace(' ', '-')}", None) for grade in FOUR_GRADES),
    }
    assert all("expected 99 " in problem.message and ", found " in problem.message for problem in miscounted)

    empty = check([], CASE_AUDIT, case_context([]))
    assert found(empty) == {("rows-present", None)}

    fired = {problem.rule for problem in (*by_line, *miscounted, *empty)}
    assert fired == names(CASE_AUDIT, case_context(rows))


def test_every_rule_of_progress_catches_its_fault_on_its_line_and_nothing_else() -> None:
    rows = progress_with(PROGRESS_FAULTS)
    by_line = check(rows, PROGRESS, progress_context(rows))
    assert found(by_line) == expected(PROGRESS_FAULTS)

    others = check(
        progress_rows(), PROGRESS, progress_context(progress_rows(), rows=3, recommendations=("REC-2015-01",))
    )
    assert found(others) == {("rows-as-counted", None), ("recommendation-known", 3)}

    published = ("REC-2015-01", "REC-2015-02", "REC-2015-03")
    missing = check(progress_rows(), PROGRESS, progress_context(progress_rows(), recommendations=published))
    assert found(missing) == {("recommendations-complete", None)}

    empty = check([], PROGRESS, progress_context([]))
    assert found(empty) == {("rows-present", None)}

    fired = {problem.rule for problem in (*by_line, *others, *missing, *empty)}
    assert fired == names(PROGRESS, progress_context(rows))


def test_only_short_accounts_are_warnings() -> None:
    rules = (*CASE_AUDIT.rules(case_context([])), *PROGRESS.rules(progress_context([])))
    assert {rule.name for rule in rules if rule.severity is Severity.WARNING} == {"rationale-given", "evidence-given"}
    problems = check(
        [progress_rows()[0] | {"evidence": "short"}],
        PROGRESS,
        progress_context([], rows=1, recommendations=("REC-2015-01",)),
    )
    assert [problem.severity for problem in problems] == [Severity.WARNING]


def test_a_pair_names_both_columns_and_a_derived_day_its_own() -> None:
    rows = cases_with([({"date_opened": "2015-03-30", "date_examined": "2015-04-30"}, set())])
    rows += cases_with([({"date_opened": "2015-02-26", "case_reference": "CA-0002"}, set())])
    columns = {problem.rule: problem.column for problem in check(rows, CASE_AUDIT, case_context(rows))}
    assert columns == {"date_examined-in-fieldwork": "date_examined", "dates-in-order": "date_examined and date_opened"}


def test_a_rule_broken_on_every_line_is_one_problem_with_the_first_lines_and_the_count_of_the_rest() -> None:
    rows = case_rows(76)
    for row in rows:
        row["referred_back"] = CANARY
    (problem,) = check(rows, CASE_AUDIT, case_context(rows))
    assert problem.line == 2
    assert problem.message.endswith("; also on lines 3, 4, 5, 6, 7, 8, 9, 10 and 67 more")


@pytest.mark.parametrize(
    ("written", "way"),
    [
        ("23/02/2015", "written with slashes (like 31/12/2015)"),
        ("23/02/15", "written with two digits for the year (like 31/12/15)"),
        ("23.02.2015", "written day first (like 31.12.2015)"),
        ("23-02-2015", "written day first (like 31.12.2015)"),
        ("2015/02/23", "written without hyphens (like 2015/12/31)"),
        ("20150223", "written without hyphens (like 20151231)"),
        ("42058", "written as a spreadsheet's number of days (like 42369)"),
        ("2015-02-23 00:00:00", "written with a time of day"),
        ("23/02/2015 00:00", "written with a time of day"),
        ("23 February 2015", "written with the month in words"),
        ("23-Feb-15", "written with the month in words"),
        ("soon", "written with the month in words"),
        ("?", "written in no way that is known for dates"),
    ],
)
def test_dates_as_spreadsheets_write_them_are_one_line_a_column_that_says_how_they_are_written(
    written: str, way: str
) -> None:
    rows = case_rows(74)
    for row in rows:
        row["date_examined"] = written
    (problem,) = check(rows, CASE_AUDIT, case_context(rows))
    assert (problem.rule, problem.line, problem.column) == ("date_examined-is-a-date", 2, "date_examined")
    assert problem.message.startswith(f"expected dates as YYYY-MM-DD, found 74 {way}; ")
    assert problem.message.endswith(" and 65 more")


def test_dates_written_in_several_ways_are_counted_by_way() -> None:
    rows = case_rows(6)
    for row, written in zip(rows, ("1/2/2015", "1/2/2015", "1/2/15", "1/2/15", "soon", "?"), strict=True):
        row["date_opened"] = written
    (problem,) = check(rows, CASE_AUDIT, case_context(rows))
    assert ", found 2 written with slashes (like 31/12/2015), 2 written with two digits for the year" in problem.message
    assert "(like 31/12/15), 2 in other ways" in problem.message


def test_a_grade_that_is_not_one_is_not_counted_as_a_wrong_total_as_well() -> None:
    rows = case_rows(12)
    context = case_context(rows)
    for row in rows:
        row["inspector_grade"] = row["inspector_grade"].capitalize()
    (problem,) = check(rows, CASE_AUDIT, context)
    assert problem.rule == "inspector_grade-known"
    assert "found these words with capitals or other spacing" in problem.message


@pytest.mark.parametrize("value", ["", CANARY])
def test_a_table_of_one_wrong_value_everywhere_is_the_senders_fault_not_ours(value: str) -> None:
    rows = [dict.fromkeys(CASE_AUDIT.column_names, value)] * 3
    problems = check(rows, CASE_AUDIT, case_context(rows))
    assert {column.name for column in CASE_AUDIT.columns if column.is_required} <= {one.column for one in problems}
    rows = [dict.fromkeys(PROGRESS.column_names, value)] * 3
    problems = check(rows, PROGRESS, progress_context(rows, recommendations=("REC-2015-01",)))
    assert set(PROGRESS.column_names) - {one.column for one in problems} <= {"evidence"}


def test_the_grade_scale_of_the_programme_decides_the_grades() -> None:
    rows = [row for row in case_rows(8) if row["inspector_grade"] != Grade.ADEQUATE.value]
    rows[0]["inspector_grade"] = Grade.ADEQUATE.value
    context = case_context(rows, grades=THREE_GRADES)
    assert found(check(rows, CASE_AUDIT, context)) == {("inspector_grade-known", 2)}
    assert "total-adequate" not in names(CASE_AUDIT, context)


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_expectations_exist_with_their_arguments_on_columns_of_the_table(table: TableSpec) -> None:
    from great_expectations import expectations as gxe  # noqa: PLC0415 - some seconds, only here

    context = case_context([], recommendations=("REC-2015-01",))
    columns = {*table.column_names, *(f"{column.name} (day)" for column in table.columns if column.is_date)}
    for rule in table.rules(context):
        expectation = getattr(gxe, rule.expectation)
        assert rule.arguments.keys() <= expectation.__fields__.keys(), rule.name
        named = {value for name, value in rule.arguments.items() if name.startswith("column")}
        assert named <= columns, rule.name
        assert rule.where is None or rule.where[0] in table.column_names, rule.name


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_names_of_rules_stand_once_and_messages_say_what_to_do(table: TableSpec) -> None:
    rules = table.rules(case_context([], recommendations=("REC-2015-01", "REC-2015-02")))
    assert len({rule.name for rule in rules}) == len(rules)
    for rule in rules:
        assert re.fullmatch(r"[a-z_-]{3,60}", rule.name)
        # `Problem` takes 400 characters, and the last one counts the lines that are left out.
        assert 20 <= len(rule.message) <= 360


def test_every_outcome_and_theme_has_its_place() -> None:
    (known,) = [rule for rule in PROGRESS.rules(progress_context([])) if rule.name == "outcome-known"]
    assert known.arguments["value_set"] == [outcome.value for outcome in Outcome]
    assert {theme_column(theme) for theme in Theme} <= set(CASE_AUDIT.column_names)
    assert len(set(CASE_AUDIT.column_names)) == len(CASE_AUDIT.column_names)


@pytest.mark.parametrize(
    ("expectation", "arguments"),
    [
        ("ExpectColumnValuesToNotBeNull", {"column": CANARY}),
        ("ExpectColumnValuesToMatchRegex", {"column": "outcome", "regex": "("}),
        ("ExpectColumnValuesToBeBetween", {"column": "outcome", "min_value": 1, "max_value": 2}),
    ],
)
def test_a_rule_that_cannot_be_run_is_our_fault_and_is_not_passed_over(
    expectation: str, arguments: dict[str, object]
) -> None:
    rows = [row | {"evidence": CANARY, "outcome": CANARY} for row in progress_rows()]
    rule = Rule(name="odd", expectation=expectation, arguments=arguments, message="never shown to a sender")
    with pytest.raises(NcpiError, match=r"progress\.csv: rule odd could not be run; this is a fault of the") as fault:
        check_rows(as_rows(rows), PROGRESS, (rule,))
    assert CANARY not in str(fault.value)


def test_a_recommendation_that_is_mistyped_is_named_by_its_line_and_not_missing_as_well() -> None:
    rows = progress_rows()
    context = progress_context(rows)
    rows[1]["recommendation"] = "REC-2015-20"
    assert found(check(rows, PROGRESS, context)) == {("recommendation-known", 3)}


def test_as_many_cases_as_a_table_may_have_can_be_numbered() -> None:
    form = next(rule for rule in CASE_AUDIT.rules(case_context([])) if rule.name == "case_reference-form")
    numbered = re.compile(str(form.arguments["regex"]))
    assert all(numbered.match(f"CA-{number:04d}") for number in range(1, MAX_ROWS + 1))
    assert TypeAdapter(CaseReference).validate_python(f"CA-{MAX_ROWS}") == f"CA-{MAX_ROWS}"
    for wrong in ("CA-0000", "CA-00000", "CA-00001", "CA-01000", "CA-100000", "CA-001", "CA-0001x", "CA-0001\n"):
        assert not numbered.match(wrong)
        with pytest.raises(ValidationError):
            TypeAdapter(CaseReference).validate_python(wrong)
