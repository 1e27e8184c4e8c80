"""A strict reader of JSON documents: it reports every problem at once, by path and rule, and repeats nothing sent."""

from __future__ import annotations

import codecs
import json
from collections import Counter
from typing import Final, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from schemas.documents import correction, returns
from schemas.model import Record
from schemas.problems import Problem
from schemas.text import CharacterError, normal, plain

LARGEST_BYTES: Final = 2_000_000
MOST_SIGNS: Final = 50_000
"""Brackets and commas, also inside texts; the longest form has a few thousand. Each takes up to a kilobyte to check."""
MOST_PROBLEMS: Final = 200

RecordT = TypeVar("RecordT", bound=BaseModel)

_RULES: Final = {"missing": "field-missing", "extra_forbidden": "field-unknown", "character": "character"}
_KNOWN_NAMES: Final = frozenset(
    name
    for record in (*vars(returns).values(), *vars(correction).values())
    if isinstance(record, type) and issubclass(record, Record)
    for name in record.model_fields
)


class _RefusedJsonError(ValueError):
    """A document that Python's reader of JSON would accept and the format does not."""

    def __init__(self, message: str, *, rule: str) -> None:
        self.rule = rule
        super().__init__(message)


def read_document(data: bytes, model: type[RecordT], file: str) -> tuple[RecordT | None, tuple[Problem, ...]]:
    """Read a document strictly, and return it with its problems; None where there are any."""
    # Some editors put byte order marks before UTF-8, which are allowed in tables as well.
    while data.startswith(codecs.BOM_UTF8):
        data = data.removeprefix(codecs.BOM_UTF8)
    problems: list[Problem] = []
    normalised = _read(data, file, problems)
    if normalised is None and problems:
        return None, tuple(problems)
    try:
        document = model.model_validate_json(json.dumps(normalised))
    except ValidationError as error:
        details = error.errors(include_input=False, include_url=False)
        problems += [_field_problem(detail, file) for detail in details]
    return (None if problems else document), tuple(problems[:MOST_PROBLEMS])


def _normalised(value: object, location: tuple[int | str, ...], file: str, problems: list[Problem]) -> object:
    """Return a value of JSON, with each text in it in normal form, and list the characters that no text may have."""
    if isinstance(value, str):
        try:
            return normal(value)
        except CharacterError as error:
            path = _path(location)[:120] or "the document"
            problems.append(Problem(file=file, column=path, rule="character", message=str(error)))
            return plain(value)
    # Loops, no comprehensions, which would nest twice as deep.
    if isinstance(value, list):
        for place, item in enumerate(value):
            value[place] = _normalised(item, (*location, place), file, problems)
    if isinstance(value, dict):
        for name, item in value.items():
            value[name] = _normalised(item, (*location, name), file, problems)
    return value


def _read(data: bytes, file: str, problems: list[Problem]) -> object:
    """Return what a document holds, texts in normal form, and list its problems; None where it cannot be read."""
    try:
        if len(data) > LARGEST_BYTES:
            message = f"the file has {len(data):,} bytes, the limit is {LARGEST_BYTES:,}; send the return alone"
            raise _RefusedJsonError(message, rule="file-too-large")
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_refuse_repeated, parse_constant=_refuse_constant)
        if sum(data.count(sign) for sign in b"[{,") > MOST_SIGNS:
            message = f"the file has more than {MOST_SIGNS:,} brackets and commas; send only the fields of the form"
            raise _RefusedJsonError(message, rule="file-too-large")
        return _normalised(value, (), file, problems)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = "the text is not UTF-8; save it as UTF-8"
        problems.append(Problem(file=file, line=line, rule="encoding-utf-8", message=message))
    except json.JSONDecodeError as error:
        # Python's message says what it expected, and nothing of what it found.
        message = f"not JSON: {error.msg[0].lower()}{error.msg[1:]}"
        column = f"character {error.colno}"
        problems.append(Problem(file=file, line=error.lineno, column=column, rule="json-syntax", message=message))
    except (ValueError, RecursionError) as error:
        rule, message = _refusal(error)
        problems.append(Problem(file=file, rule=rule, message=message))
    return None


def _refusal(error: ValueError | RecursionError) -> tuple[str, str]:
    if isinstance(error, _RefusedJsonError):
        return error.rule, str(error)
    if isinstance(error, RecursionError):
        return "json-syntax", "brackets are nested too deep; send only the fields of the form"
    # Python reads no number of thousands of digits.
    return "json-number", "a number has thousands of digits; fix it"


def _refuse_repeated(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        repeated = next(name for name in counts if counts[name] > 1)
        shown = repeated if repeated in _KNOWN_NAMES else "a name"
        message = f"{shown} stands twice in one object; keep one"
        raise _RefusedJsonError(message, rule="json-duplicate-key")
    return read


def _refuse_constant(_name: str) -> NoReturn:
    message = "NaN and Infinity are not numbers of JSON; write a number or leave the field out"
    raise _RefusedJsonError(message, rule="json-number")


def _field_problem(detail: ErrorDetails, file: str) -> Problem:
    rule = _RULES.get(detail["type"], "field-value")
    location = detail["loc"][:-1] if rule == "field-unknown" else detail["loc"]
    path = _path(location)
    message = detail["msg"].removeprefix("Value error, ")
    if rule == "field-unknown":
        message = "has a field that this form does not know; remove it or fix its name"
    elif rule == "field-missing":
        message = "this field is missing; add it"
    elif detail["type"] == "string_too_short":
        message = f"has fewer than {detail['ctx']['min_length']} characters that a reader can see; write the text here"
    elif detail["type"] == "string_pattern_mismatch":
        message = f"not of the form expected here: {message.removeprefix('String should match pattern ')}"
    return Problem(file=file, column=path[:120] or "the document", rule=rule, message=message[:400])


def _path(location: tuple[int | str, ...]) -> str:
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            # A name that is not ours is the sender's text, which may hold anything.
            shown = part if part in _KNOWN_NAMES else "…"
            path += f".{shown}" if path else shown
    return path
