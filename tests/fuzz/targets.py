"""What is fuzzed: each target takes any bytes, hands them to the product and holds what comes of them.

What is refused must be refused by the product's own means. What is taken must be taken again, as the same, when it is
written down and read once more; so a reader and a writer that disagree are found, not crashes alone.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import orjson
import rfc8785
from pydantic import TypeAdapter, ValidationError

from domain.lifecycle.history import History
from evidence.document import read_document
from evidence.reader import read_rows
from schemas.documents.returns import MAX_ROWS, FieldworkReturn, ReviewReturn
from schemas.documents.tables import CASE_AUDIT, PROGRESS, TableSpec
from schemas.errors import ChainBrokenError, NotFoundError
from schemas.identifiers import (
    CaseReference,
    FindingId,
    IdempotencyKey,
    InspectionId,
    PersonId,
    RecommendationId,
    Sha256,
    is_inspection_id,
)
from schemas.lifecycle.entry import Entry
from schemas.problems import MAX_PROBLEMS, Problem
from storage import keys
from tests.fuzz import seeds
from tests.support.returns import as_csv

MAX_INTEGER: Final = 2**53 - 1
_SAFE_DIGITS: Final = 15
_LIFE: Final = tuple(seeds.of_entries())
_HISTORIES: Final = (History(seeds.INSPECTION), History.from_bytes(seeds.INSPECTION, _LIFE[:1]))
_SECOND: Final[dict[str, Any]] = json.loads(_LIFE[1])
_FIELDS: Final = tuple(seeds.fields_of(_SECOND))
_SAFE_KEY: Final = re.compile(
    r"[a-z0-9-]+(/[a-z0-9-]+)*(/[a-z][a-z0-9-]*\.[a-z]{2,4}|/[0-9]{8}\.json|/[0-9a-f]{64})?/?"
)
_IDENTIFIERS: Final = {
    name: TypeAdapter(identifier)
    for name, identifier in {
        "inspection": InspectionId,
        "digest": Sha256,
        "person": PersonId,
        "cause": IdempotencyKey,
        "case": CaseReference,
        "finding": FindingId,
        "recommendation": RecommendationId,
    }.items()
}


@dataclass(frozen=True, slots=True)
class Target:
    """Something that takes any bytes."""

    hold: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]
    """What fuzzing begins from."""


def hold_table(data: bytes) -> None:
    """Read a table of each form."""
    for table in (CASE_AUDIT, PROGRESS):
        read = read_rows(data, table)
        _hold_problems(read.problems)
        assert not (read.rows and read.problems), "nothing half-read goes on"
        assert len(read.rows) == len(read.lines) <= MAX_ROWS
        assert sorted(set(read.lines)) == list(read.lines), "each row stands on a line of its own"
        assert all(tuple(row) != () and set(row) == set(table.column_names) for row in read.rows)
        _hold_written_again(read.rows, table)


def _hold_written_again(rows: tuple[dict[str, str], ...], table: TableSpec) -> None:
    if any(any(row.values()) for row in rows):
        again = read_rows(as_csv(list(rows), table.column_names), table)
        assert again.rows == tuple(row for row in rows if any(row.values())), "the same table, written and read again"


def hold_document(data: bytes) -> None:
    """Read the document of each form."""
    for model in (FieldworkReturn, ReviewReturn):
        document, problems = read_document(data, model, "return.json")
        _hold_problems(problems)
        assert (document is None) is bool(problems)
        if document is not None:
            written = document.to_bytes()
            assert read_document(written, model, "return.json") == (document, ()), "written and read again"
            assert model.model_validate_json(written).to_bytes() == written


def hold_entry(data: bytes) -> None:
    """Read an entry, and take it into a ledger of none and into one of the first entry of its life."""
    try:
        entry = Entry.from_bytes(data)
    except ValidationError:
        entry = None
    if entry is not None:
        written = entry.to_bytes()
        assert Entry.from_bytes(written) == entry
        assert Entry.from_bytes(written).to_bytes() == written
    for before in _HISTORIES:
        try:
            history = before.followed_by(data)
        except ChainBrokenError:
            continue
        assert [one.entry for one in history.recorded][len(before.recorded) :] == [entry]
        assert entry is not None
        assert entry.to_bytes() == data, "an entry has one way to be written"


def hold_entry_field(data: bytes) -> None:
    """Take an entry of which one field is another value; the first byte says which, the rest is the value in JSON."""
    try:
        value = json.loads(data[1:])
    except (ValueError, RecursionError):
        return
    entry = copy.deepcopy(_SECOND)
    *places, last = _FIELDS[data[0] % len(_FIELDS)]
    inner = entry
    for place in places:
        inner = inner[place]
    inner[last] = value
    hold_entry(json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode(errors="replace"))


def hold_canonical_json(data: bytes) -> None:
    """Write any JSON canonically; for plain values another writer, in C, must write the same."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return
    try:
        written = rfc8785.dumps(value)
    except (rfc8785.CanonicalizationError, UnicodeEncodeError, RecursionError):
        assert not _is_plain(value), "a plain value must have a canonical form"
        return
    # To RFC 8785 every number is a double, so 1e20 is written as an integer that is none of ours.
    again = json.loads(written, parse_int=lambda digits: float(digits) if len(digits) > _SAFE_DIGITS else int(digits))
    assert rfc8785.dumps(again) == written, "writing again what was written changes nothing"
    if _is_plain(value):
        assert json.loads(written) == value
        assert orjson.dumps(value, option=orjson.OPT_SORT_KEYS) == written


def _is_plain(value: Any) -> bool:
    """Return whether a value holds what the ledger's records hold: no fractions, names in ASCII, whole characters."""
    match value:
        case bool() | None:
            return True
        case int():
            return abs(value) <= MAX_INTEGER
        case str():
            return re.search("[\ud800-\udfff]", value) is None
        case list():
            return all(map(_is_plain, value))
        case dict():
            return all(name.isascii() for name in value) and all(map(_is_plain, value.values()))
    return False


def hold_identifiers(data: bytes) -> None:
    """Take any text for an identifier, for a key and for parts of one."""
    text = data.decode("utf-8", errors="surrogateescape")  # as Python reads the words of a command
    taken = {name for name, identifier in _IDENTIFIERS.items() if _takes(identifier, text)}
    assert ("inspection" in taken) is is_inspection_id(text), "two readers of one pattern"
    if taken:
        assert text.isascii()
        assert text.isprintable()
        _hold_keys(text)


def _hold_keys(text: str) -> None:
    first, _, second = text.partition("\n")
    for make in (
        lambda: keys.ledger_folder(text),
        lambda: keys.ledger_entry(text, 7),
        lambda: keys.artefact(first, second),
        lambda: keys.artefact(seeds.INSPECTION, text),
        lambda: keys.public_file(first, "review", second),
        lambda: keys.public_file(seeds.INSPECTION, "initial-report", text),
        lambda: keys.public_record(text, "review"),
    ):
        try:
            key = make()
        except NotFoundError:
            continue
        assert _SAFE_KEY.fullmatch(key), "a key of checked parts alone"
    parsed = keys.parse_ledger_entry(text)
    assert parsed is None or keys.ledger_entry(*parsed) == text
    inspection = keys.inspection_of_ledger(text)
    assert inspection is None or is_inspection_id(inspection)


def _takes(identifier: TypeAdapter[str], text: str) -> bool:
    try:
        return identifier.validate_python(text) == text
    except (ValidationError, UnicodeEncodeError):
        return False


def _hold_problems(problems: Iterable[Problem]) -> None:
    listed = list(problems)
    assert len(listed) <= MAX_PROBLEMS + 1
    for problem in listed:
        assert len(str(problem)) < 2_000
        assert str(problem).isprintable(), "no sign of what was sent"


TARGETS: Final = {
    "tables": Target(hold_table, seeds.of_tables),
    "documents": Target(hold_document, seeds.of_documents),
    "entries": Target(hold_entry, seeds.of_entries),
    "entry_fields": Target(hold_entry_field, seeds.of_entry_fields),
    "canonical_json": Target(hold_canonical_json, seeds.of_canonical_json),
    "identifiers": Target(hold_identifiers, seeds.of_identifiers),
}
