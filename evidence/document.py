"""A strict reader of JSON documents: it reports every problem at once, by path and rule, and repeats nothing sent."""

from __future__ import annotations

import codecs
import json
from collections import Counter
from typing import Final, NoReturn, TypeVar

from pydantic import BaseModel, ValidationError

from evidence.causes import one_for_each_cause
from evidence.field_problems import field_problems, path_of, shown_name
from schemas.problems import MAX_PROBLEMS, Problem
from schemas.text import CharacterError, normal, plain

MAX_BYTES: Final = 2_000_000
MAX_MARKS: Final = 50_000
"""Brackets and commas, also inside texts; the longest form has a few thousand. Each takes up to a kilobyte to check."""

_NOT_UTF_8: Final = "expected text in UTF-8, found a character in another encoding; save the file as UTF-8"
_NO_JSON: Final = "expected JSON, found something else; compare the line with an example of the form"
_SYNTAX: Final = {
    "Expecting value": "expected a value (text in double quotes, a number, true, false, [ or {), found something "
    "else; fix this place or the line before it",
    "Expecting property name": "expected the name of a field in straight double quotes, found something else; fix the "
    "quotes, or delete a comma before a closing bracket",
    "Illegal trailing comma": "expected another value after the comma, found a closing bracket; delete the comma",
    "Expecting ',' delimiter": "expected a comma or a closing bracket, found something else; fix this place or the "
    "line before it",
    "Expecting ':' delimiter": "expected a colon after the name of a field, found something else; add it",
    "Extra data": "expected the end of the file, found more; delete what comes after the last bracket",
    "Unterminated string": "expected a double quote at the end of the text that begins here, found none; add it",
    "Invalid control character": "expected text on one line, found a line end, a tab or another control character in "
    "it; write the text as one paragraph",
    "Invalid \\": "expected a character that JSON knows after a backslash, found another; write / or \\\\ instead",
}
"""What Python's reader of JSON expected, by the beginning of its message."""

RecordT = TypeVar("RecordT", bound=BaseModel)


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
        problems += field_problems(error, model, file, normalised)
    return (None if problems else document), one_for_each_cause(problems)[:MAX_PROBLEMS]


def _normalised(value: object, location: tuple[int | str, ...], file: str, problems: list[Problem]) -> object:
    """Return a value of JSON, with each text in it in normal form, and list the characters that no text may have."""
    if isinstance(value, str):
        try:
            return normal(value)
        except CharacterError as error:
            problems.append(Problem(file=file, column=path_of(location), rule="character", message=str(error)))
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
        if len(data) > MAX_BYTES:
            message = f"expected at most {MAX_BYTES:,} bytes, found {len(data):,}; send the fields alone"
            raise _RefusedJsonError(message, rule="file-too-large")
        value = json.loads(data.decode("utf-8"), object_pairs_hook=_refuse_repeated, parse_constant=_refuse_constant)
        if sum(data.count(mark) for mark in b"[{,") > MAX_MARKS:
            message = f"expected at most {MAX_MARKS:,} brackets and commas, found more; send only the fields"
            raise _RefusedJsonError(message, rule="file-too-large")
        return _normalised(value, (), file, problems)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        problems.append(Problem(file=file, line=line, rule="encoding-utf-8", message=_NOT_UTF_8))
    except json.JSONDecodeError as error:
        message = next((words for start, words in _SYNTAX.items() if error.msg.startswith(start)), _NO_JSON)
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
        return (
            "json-syntax",
            "expected a few brackets in each other, found far too many; send only the fields of the form",
        )
    # Python reads no number of thousands of digits.
    return "json-number", "expected numbers of a few digits, found one of thousands; fix it"


def _refuse_repeated(pairs: list[tuple[str, object]]) -> dict[str, object]:
    read = dict(pairs)
    if len(read) != len(pairs):
        counts = Counter(name for name, _ in pairs)
        repeated = next(name for name in counts if counts[name] > 1)
        message = f'expected each field once, found "{shown_name(repeated)}" twice in the same {{ }}; keep one'
        raise _RefusedJsonError(message, rule="json-duplicate-key")
    return read


def _refuse_constant(_name: str) -> NoReturn:
    message = "expected a number, found NaN or Infinity; write a number, or leave the field out"
    raise _RefusedJsonError(message, rule="json-number")
