"""Write docs/returns.md, the fields of what people send, from the models; `--check` fails if it is out of date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, Final

from pydantic import BaseModel

from docs.generated_page import head, row, write_or_check
from domain.documents.corrections import FILE as ERRATA
from evidence.field_problems import PATTERN_WORDS
from schemas.documents.correction import Errata
from schemas.documents.pack import RETURN
from schemas.documents.returns import FieldworkReturn, ReviewReturn
from schemas.documents.tables import CASE_AUDIT, PROGRESS, ReturnContext, TableSpec
from schemas.programme.versions import FOUR_GRADES

_DOCUMENTS: Final[dict[str, type[BaseModel]]] = {
    f"`{RETURN}` of fieldwork": FieldworkReturn,
    f"`{RETURN}` of a review": ReviewReturn,
    f"`{ERRATA}`": Errata,
}
_TABLES: Final = (CASE_AUDIT, PROGRESS)
_PLAIN_FORMS: Final = {
    "string": "text",
    "integer": "whole number",
    "boolean": "`true` or `false`",
    "object": "fields, below",
}


def fields_of(model: type[BaseModel]) -> Iterator[tuple[str, str, str, str]]:
    """List every field of a document, nested ones too: path, what it is, form, whether it is needed."""
    schema = model.model_json_schema()
    yield from _fields(schema, schema.get("$defs", {}), "")


def _fields(record: Mapping[str, Any], records: Mapping[str, Any], path: str) -> Iterator[tuple[str, str, str, str]]:
    for name, field in record["properties"].items():
        inner = _resolved(field, records)
        place = f"{path}{name}"
        need = "needed" if name in record.get("required", ()) else ""
        yield place, field.get("description") or inner.get("description", ""), _form(inner, records), need
        items = _resolved(inner.get("items", {}), records)
        if "properties" in inner:
            yield from _fields(inner, records, f"{place}.")
        if "properties" in items:
            yield from _fields(items, records, f"{place}[].")


def _resolved(field: Mapping[str, Any], records: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what a field refers to; of a field that may be null, what it is else."""
    for choice in field.get("anyOf", ()):
        if choice.get("type") != "null":
            return _resolved(choice, records)
    if reference := field.get("$ref"):
        return {
            **records[reference.rpartition("/")[2]],
            **{name: value for name, value in field.items() if name != "$ref"},
        }
    return field


def _form(field: Mapping[str, Any], records: Mapping[str, Any]) -> str:
    if values := field.get("enum", [field["const"]] if "const" in field else []):
        return ", ".join(f"`{value}`" for value in values)
    if "pattern" in field:
        return PATTERN_WORDS[field["pattern"]]
    if "propertyNames" in field:
        return f"a number for each of: {_form(_resolved(field['propertyNames'], records), records)}"
    if field["type"] == "array":
        entry = _form(_resolved(field["items"], records), records)
        return f"list{_bounds(field, 'minItems', 'maxItems', '')} of: {entry}"
    return _PLAIN_FORMS[field["type"]] + (
        _bounds(field, "minLength", "maxLength", " characters") or _bounds(field, "minimum", "maximum", "")
    )


def _bounds(field: Mapping[str, Any], least: str, most: str, unit: str) -> str:
    low, high = field.get(least), field.get(most)
    if low is None and high is None:
        return ""
    if low is None or high is None:
        return f", at least {low:,}{unit}" if high is None else f", at most {high:,}{unit}"
    return f", {low:,} to {high:,}{unit}"


def _values_of(table: TableSpec) -> dict[str, str]:
    day = dt.date(2000, 1, 1)
    rules = table.rules(ReturnContext(rows=1, grades=FOUR_GRADES, window_start=day, window_end=day))
    return {
        str(rule.arguments["column"]): ", ".join(f"`{value}`" for value in rule.arguments["value_set"])  # type: ignore[attr-defined]
        for rule in rules
        if rule.expectation == "ExpectColumnValuesToBeInSet"
    }


def _page() -> Iterator[str]:
    yield from (
        "# What people send",
        "",
        "Generated from the models by `make docs`; do not edit. Text is UTF-8; a field or column that is not listed is",
        "refused. `[]` stands for each entry of a list. Dates are of the London calendar. How to send it:",
        "[using.md](using.md).",
        "",
    )
    for title, model in _DOCUMENTS.items():
        yield from (f"## {title}", "", (model.__doc__ or "").strip(), "")
        yield from head("field", "what it is", "form", "")
        for path, description, form, need in fields_of(model):
            yield row(f"`{path}`", description, form, need)
        yield ""
    for table in _TABLES:
        values = _values_of(table)
        yield from (f"## `{table.file}`", "", "Columns on line 1, in any order; commas between cells.", "")
        yield from head("column", "what it is", "form", "")
        for column in table.columns:
            form = "date as YYYY-MM-DD" if column.is_date else values.get(column.name, "text")
            yield row(f"`{column.name}`", column.description, form, "needed" if column.is_required else "")
        yield ""


if __name__ == "__main__":
    write_or_check("returns.md", _page())
