"""Run a table's expectations with Great Expectations, and return problems by line, without the values.

Only this module knows Great Expectations. Two failures look alike in its results: a value that breaks a rule, and a
rule that could not be run. The second is our fault, not the sender's, and always raises an error.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from importlib.metadata import version
from importlib.util import LazyLoader
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from evidence.causes import also_on
from evidence.reader import Rows
from schemas.documents.tables import CASE_AUDIT, DAY_SUFFIX, FOUND, ReturnContext, Rule, TableSpec, day_of
from schemas.documents.validation import MAX_LINES, ValidatedRule
from schemas.errors import NcpiError
from schemas.problems import Problem, Severity
from schemas.programme.versions import Grade

if TYPE_CHECKING:
    import pandas as pd
    from great_expectations.core import ExpectationValidationResult
    from great_expectations.datasource.fluent.interfaces import Batch

_SELDOM: Final = ("scipy.stats", "altair")
"""What Great Expectations imports for rules that we do not have (distributions, charts): a third of its start."""

_COUNTS: Final = {"result_format": "BASIC", "exclude_unexpected_values": True}
_LINES: Final = {
    "result_format": "COMPLETE",
    "exclude_unexpected_values": True,
    # A query that would find the rows again, which nobody asks.
    "return_unexpected_index_query": False,
}


@dataclass(frozen=True, slots=True)
class RuleResult:
    """How a table fared under one rule: what is recorded of it, and what its sender must fix."""

    validated: ValidatedRule
    problems: tuple[Problem, ...]
    """Empty when the table meets the rule, or fails it of a cause that an earlier rule reports."""


def preload() -> None:
    """Load Great Expectations and run every rule once, so that no check waits for what is done only once."""
    sys.meta_path.insert(0, _LoadedWhenUsed())
    day = dt.date(2000, 1, 1)
    nothing = ReturnContext(rows=1, grades=tuple(Grade), totals={}, window_start=day, window_end=day)
    frame = _frame(Rows(rows=(dict.fromkeys(CASE_AUDIT.column_names, ""),), lines=(2,)), CASE_AUDIT)
    _validate(frame, CASE_AUDIT, CASE_AUDIT.rules(nothing))


class _LoadedWhenUsed(MetaPathFinder):
    """Finds the seldom used modules, and has each loaded at its first use."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of a seldom used module; None for any other."""
        spec = PathFinder.find_spec(fullname, path, target) if fullname in _SELDOM else None
        if spec is not None and spec.loader is not None:
            spec.loader = LazyLoader(spec.loader)
        return spec


def check_rows(rows: Rows, table: TableSpec, rules: Sequence[Rule]) -> tuple[RuleResult, ...]:
    """Run every rule on the rows, and return how each fared, in the order of the rules; each cause is reported once."""
    results = _validate(_frame(rows, table), table, rules)
    broken: dict[str, list[int]] = {}
    fared: list[RuleResult] = []
    for rule, result in zip(rules, results, strict=True):
        _raise_if_not_run(rule, result, table)
        lines = _lines(result)
        validated = _validated(rule, result, lines)
        if validated.is_met:
            fared.append(RuleResult(validated, ()))
            continue
        broken[rule.name] = lines
        cause = broken.get(rule.after) if rule.after else None
        reported = lines if cause is None else sorted(set(lines).difference(cause))
        problems = (_problem(rule, result, rows, reported, table),) if reported or cause is None else ()
        fared.append(RuleResult(validated, problems))
    return tuple(fared)


def programs() -> dict[str, str]:
    """Return the version of each program that a result depends on, by name."""
    return {name: version(name) for name in ("great-expectations", "ncpi", "pandas")}


def _validated(rule: Rule, result: ExpectationValidationResult, lines: Sequence[int]) -> ValidatedRule:
    """Make the record of a rule, field by field: a result may hold values also where it was told to leave them out."""
    details = result.result or {}
    # What a rule on the number of rows observed is their number; that of a column may be its cells.
    rows = details.get("element_count", details.get("observed_value"))
    return ValidatedRule(
        rule=rule.name,
        expectation=rule.expectation,
        arguments={name: tuple(value) if isinstance(value, list) else value for name, value in rule.arguments.items()},
        where=rule.where,
        severity=rule.severity,
        is_met=bool(result.success),
        rows=int(rows) if isinstance(rows, int) else None,
        broken=len(lines),
        lines=tuple(lines[:MAX_LINES]),
    )


def _lines(result: ExpectationValidationResult) -> list[int]:
    if result.success:
        return []
    return sorted({int(line) for line in (result.result or {}).get("unexpected_index_list") or ()})


def _frame(rows: Rows, table: TableSpec) -> pd.DataFrame:
    import pandas as pd  # noqa: PLC0415 - slow, and only the child needs it

    names = table.column_names
    data = [[row[name] or None for name in names] for row in rows.rows]
    # The index is the line of the file: Great Expectations reports rows by index.
    frame = pd.DataFrame(data, columns=list(names), index=list(rows.lines), dtype=object)
    for column in table.columns:
        if column.is_date:
            frame[day_of(column.name)] = [_day_number(row[column.name]) for row in rows.rows]
    return frame


def _day_number(text: str) -> float | None:
    try:
        return float(dt.date.fromisoformat(text).toordinal())
    except ValueError:
        return None  # the rules on the form of a date report it


def _validate(frame: pd.DataFrame, table: TableSpec, rules: Sequence[Rule]) -> Sequence[ExpectationValidationResult]:
    """Run every rule, and those that fail once more for their lines, which take longer to find than what failed."""
    batch = _batch(frame, table)
    results = _results(batch, table, rules, _COUNTS)
    failed = [place for place, result in enumerate(results) if not result.success]
    with_lines = _results(batch, table, [rules[place] for place in failed], _LINES) if failed else []
    for place, result in zip(failed, with_lines, strict=True):
        results[place] = result
    return results


def _batch(frame: pd.DataFrame, table: TableSpec) -> Batch:
    import great_expectations as gx  # noqa: PLC0415 - some seconds, and only the child needs it
    from great_expectations.data_context.types.base import ProgressBarsConfig  # noqa: PLC0415

    # Without the mode, a project file in the working directory would be used.
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return (
        context.data_sources.add_pandas(table.name)
        .add_dataframe_asset(table.name)
        .add_batch_definition_whole_dataframe("all")
        .get_batch({"dataframe": frame})
    )


def _results(
    batch: Batch, table: TableSpec, rules: Sequence[Rule], detail: dict[str, Any]
) -> list[ExpectationValidationResult]:
    """Run rules, and return how each fared, in their order."""
    import great_expectations as gx  # noqa: PLC0415
    from great_expectations import expectations as gxe  # noqa: PLC0415

    suite = gx.ExpectationSuite(
        name=table.name,
        expectations=[
            getattr(gxe, rule.expectation)(
                **rule.arguments, **_condition(rule), severity=rule.severity.value, meta={"rule": place}
            )
            for place, rule in enumerate(rules)
        ],
    )
    by_place: dict[int, ExpectationValidationResult] = {}
    for result in batch.validate(suite, result_format=detail).results:
        meta = result.expectation_config.meta if result.expectation_config else None
        by_place[int((meta or {})["rule"])] = result
    return [by_place[place] for place in range(len(rules))]


def _condition(rule: Rule) -> dict[str, Any]:
    from great_expectations.expectations.row_conditions import Column  # noqa: PLC0415

    if rule.where is None:
        return {}
    column, value = rule.where
    return {"row_condition": Column(column) == value}


def _raise_if_not_run(rule: Rule, result: ExpectationValidationResult, table: TableSpec) -> None:
    info: Mapping[str, Any] = result.exception_info or {}
    details = [info] if "raised_exception" in info else list(info.values())
    if any(isinstance(one, dict) and one.get("raised_exception") for one in details):
        # The exception's own text may hold a value, so it is not repeated.
        raise NcpiError(
            f"{table.file}: rule {rule.name} could not be run; this is a fault of the system, not of the return"
        )


def _problem(
    rule: Rule, result: ExpectationValidationResult, rows: Rows, lines: Sequence[int], table: TableSpec
) -> Problem:
    """Return what to fix: on the first line, with the others in the message."""
    columns = [
        str(rule.arguments[name]).removesuffix(DAY_SUFFIX)
        for name in ("column", "column_A", "column_B")
        if name in rule.arguments
    ]
    found = str((result.result or {}).get("observed_value"))
    if rule.found is not None:
        failed = set(lines)
        found = rule.found([row[columns[0]] for row, line in zip(rows.rows, rows.lines, strict=True) if line in failed])
    return Problem(
        file=table.file,
        line=lines[0] if lines else None,
        column=" and ".join(columns) or None,
        rule=rule.name,
        severity=Severity(rule.severity),
        message=rule.message.replace(FOUND, found) + also_on(lines[1:]),
    )
