"""What is wrong with the fields of a document, in an inspector's words: expected, found, what to do.

No value is repeated. The name of a field that the form does not have is repeated where it is nearly the name of a field
of some form; anything else may be somebody's name, and the ledger keeps what is wrong with a return for ever.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from functools import cache
from itertools import islice
from typing import Any, Final, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from schemas.dates import KNOWN_DATE_PATTERN
from schemas.documents.correction import Errata
from schemas.documents.returns import FieldworkReturn, ReviewReturn
from schemas.identifiers import FINDING_PATTERN, INSPECTION_PATTERN, PERSON_PATTERN, RECOMMENDATION_PATTERN
from schemas.problems import MAX_COLUMN_LENGTH, MAX_MESSAGE_LENGTH, Problem
from schemas.written_dates import way_of_writing

PATTERN_WORDS: Final = {
    INSPECTION_PATTERN: "an inspection, such as south-wales-2015: the force and the year of the fieldwork",
    PERSON_PATTERN: "an account name, such as rhian.morgan",
    FINDING_PATTERN: "the number of a finding, such as I6, or R6 in a review",
    RECOMMENDATION_PATTERN: "the number of a recommendation, such as REC-2015-03",
    KNOWN_DATE_PATTERN: "a date as YYYY-MM-DD, or YYYY-MM where only the month is known",
}
"""What the pattern of a field stands for, by pattern."""
_SIMILARITY: Final = 0.8
"""From 0 to 1, as difflib counts it: `themes` is nearly `theme`, `jane` is not nearly `name`."""
_MAX_NAMES: Final = 5
_MAX_LOOKED_AT: Final = 100
"""Names that are compared with those of the form; a document may have twenty thousand."""
_MAX_DETAILS: Final = 5_000
"""Faults of fields that are put into words; the causes of more are hardly others."""
_HIDDEN: Final = "…"
_KINDS: Final[dict[type, str]] = {
    type(None): "nothing (null)",
    bool: "true or false",
    int: "a number",
    float: "a number with a point",
    str: "text",
    list: "a list in [ ]",
    dict: "fields in { }",
}
_NEEDED: Final = {
    "string_type": "text in double quotes",
    "bool_type": "true or false, without quotes",
    "int_type": "a whole number, without quotes",
    "int_from_float": "a whole number, without a point",
    "int_parsing_size": "a whole number of a few digits",
    "tuple_type": "a list in [ ]",
    "dict_type": "fields in { }",
    "model_type": "fields in { }",
}
_BOUNDS: Final = {
    "string_too_short": "expected at least {min_length} characters that can be seen, found {found}; write the text",
    "string_too_long": "expected at most {max_length:,} characters, found {found:,}; shorten it",
    "json_invalid": "expected characters that can be seen, found a part of one (as \\ud83d); type it again",
    "too_short": "expected at least {min_length} in this list, found {found}; add what is missing",
    "too_long": "expected at most {max_length} in this list, found {found:,}; remove some",
    "greater_than_equal": "expected a number of at least {ge:,}, found a smaller one; fix it",
    "less_than_equal": "expected a number of at most {le:,}, found a larger one; fix it",
}


def field_problems(error: ValidationError, model: type[BaseModel], file: str, document: object) -> list[Problem]:
    """Return what is wrong with the fields of a document that is not of its model.

    Args:
        document: as it was read, in which a field without a known name is found by its place.
    """
    unknown: dict[tuple[int | str, ...], list[str]] = {}
    problems: list[Problem] = []
    for detail in islice(error.errors(include_url=False), _MAX_DETAILS):
        if detail["type"] == "extra_forbidden":
            unknown.setdefault(detail["loc"][:-1], []).append(str(detail["loc"][-1]))
        elif detail["type"] != "too_short" or len(detail["input"]) < detail["ctx"]["min_length"]:
            # A list is called too short also when it has entries, but wrong ones, which are reported themselves.
            problems.append(_problem(detail, file))
    problems += [_unknown(location, names, model, file, document) for location, names in unknown.items()]
    return problems


def path_of(location: tuple[int | str, ...]) -> str | None:
    """Return the place of a field: `findings[0].text`; None for the whole document."""
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        elif part != "[key]":
            path += f".{shown_name(part)}" if path else shown_name(part)
    return path[:MAX_COLUMN_LENGTH] or None


def shown_name(name: str) -> str:
    """Return the name of a field as a message may show it; what is not nearly the name of a field may be anything."""
    is_known = name in _field_names() or get_close_matches(name[:MAX_COLUMN_LENGTH], _field_names(), 1, _SIMILARITY)
    return name if is_known else _HIDDEN


@cache
def _field_names() -> frozenset[str]:
    """List the fields of every form, at any depth."""
    names: set[str] = set()
    for model in (FieldworkReturn, ReviewReturn, Errata):
        schema = model.model_json_schema()
        for record in (schema, *schema["$defs"].values()):
            names.update(record.get("properties", {}))
    return frozenset(names)


def _problem(detail: ErrorDetails, file: str) -> Problem:
    kind = detail["type"]
    rule = "field-missing" if kind == "missing" else "character" if kind == "character" else "field-value"
    return Problem(file=file, column=path_of(detail["loc"]), rule=rule, message=_message(detail)[:MAX_MESSAGE_LENGTH])


def _unknown(
    location: tuple[int | str, ...], names: list[str], model: type[BaseModel], file: str, document: object
) -> Problem:
    fields = ", ".join(_record_at(model, location).model_fields)
    shown = [name for name in names[:_MAX_LOOKED_AT] if shown_name(name) != _HIDDEN][:_MAX_NAMES]
    unnamed = [name for name in names if name not in shown]
    places = _places(unnamed[:_MAX_NAMES], location, document)
    found = [*shown, *places, *([f"{more} more"] if (more := len(unnamed) - len(places)) else [])]
    to_do = "remove it, or fix its name" if len(names) == 1 else "remove them, or fix their names"
    message = f"expected no field but these: {fields}; found {', '.join(found)}; {to_do}"
    return Problem(file=file, column=path_of(location), rule="field-unknown", message=message[:MAX_MESSAGE_LENGTH])


def _places(names: Sequence[str], location: tuple[int | str, ...], document: object) -> list[str]:
    """Name fields by their place among those beside them, since their names may say something of somebody."""
    fields: Any = document
    for part in location:
        fields = fields[part]
    return [f"the {_ordinal(place)} field" for place, name in enumerate(fields, start=1) if name in names]


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def _record_at(model: type[BaseModel], location: tuple[int | str, ...]) -> type[BaseModel]:
    for part in location:
        if isinstance(part, str):
            model = _record_in(model.model_fields[part].annotation) or model
    return model


def _record_in(annotation: Any) -> type[BaseModel] | None:  # noqa: ANN401 - a type as it is annotated
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_record_in, get_args(annotation))), None)


def _message(detail: ErrorDetails) -> str:
    kind, value, context = detail["type"], detail["input"], detail.get("ctx", {})
    if kind == "missing":
        return "expected this field, found none; add it"
    if kind in _NEEDED:
        return f"expected {_NEEDED[kind]}, found {_KINDS.get(type(value), 'something else')}; write it like that"
    if kind in {"value_error", "character"}:
        # Our own words.
        return detail["msg"].removeprefix("Value error, ")
    return _message_of_bound(kind, value, context)


def _message_of_bound(kind: str, value: Any, context: Mapping[str, Any]) -> str:  # noqa: ANN401 - any value of JSON
    if kind in {"enum", "literal_error"}:
        found = "other text" if isinstance(value, str) else _KINDS.get(type(value), "something else")
        return f"expected {context['expected'].replace(chr(39), '')}, found {found}; write it exactly like that"
    if kind == "string_pattern_mismatch":
        is_date = context["pattern"] == KNOWN_DATE_PATTERN
        found = f"one {way_of_writing(value)}" if is_date else "other text"
        return f"expected {PATTERN_WORDS[context['pattern']]}; found {found}; write it like that"
    template = _BOUNDS.get(kind, "expected another value, found one that this field cannot hold; see docs/returns.md")
    return template.format(**context, found=len(value) if isinstance(value, str | list | dict) else 0)
