"""What fuzzing begins from: the small files of the corpus, and entries of a ledger."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from domain.lifecycle.history import History
from schemas.lifecycle.entry import DocumentReference
from schemas.lifecycle.moves import Kind
from schemas.people.roles import Role
from tests.corpus import documents, tables
from tests.support.people import signer

if TYPE_CHECKING:
    from tests.corpus.case import Case, Return

INSPECTION: Final = "south-wales-2015"
_KINDS: Final = (
    Kind.OPENED,
    Kind.FIELDWORK_SUBMITTED,
    Kind.FIELDWORK_RECORDED,
    Kind.REPORT_DRAFTED,
    Kind.REPORT_APPROVED,
    Kind.PUBLISHED,
)
_LEAD: Final = signer("rhian.morgan", Role.INSPECTOR)
_DIGEST: Final = "0123456789abcdef" * 4
_DOCUMENT: Final = DocumentReference(
    sha256=_DIGEST, size_bytes=345, media_type="application/json", key=f"artefacts/{INSPECTION}/{_DIGEST}"
)


def of_tables() -> Iterator[bytes]:
    yield tables.GOOD
    yield tables.PROGRESS_GOOD
    yield from (sent.table for sent in _returns(tables.CASES) if sent.table)


def of_documents() -> Iterator[bytes]:
    yield from (sent.document for sent in _returns(documents.CASES) if sent.document)


def of_entries() -> Iterator[bytes]:
    """Return the entries of a life up to its publication, with facts of every type."""
    history = History(INSPECTION)
    for place, kind in enumerate(_KINDS):
        entry = history.next_entry(
            kind,
            at=dt.datetime(2026, 11, 23, 9, place, tzinfo=dt.UTC),
            signer=_LEAD,
            document=_DOCUMENT,
            facts={"pack": _DIGEST, "rows": 12, "synthetic": True, "files": ("report.html", "réport.pdf")},
        ).to_bytes()
        yield entry
        history = history.followed_by(entry)


def fields_of(value: dict[str, Any], *path: str) -> Iterator[tuple[str, ...]]:
    """Name every field of an object, those within others last."""
    for name, inner in value.items():
        yield (*path, name)
        if isinstance(inner, dict):
            yield from fields_of(inner, *path, name)


def of_entry_fields() -> Iterator[bytes]:
    """Return for each field of an entry, by its place, what stands there."""
    entry = json.loads(list(of_entries())[1])
    for place, path in enumerate(fields_of(entry)):
        value = entry
        for name in path:
            value = value[name]
        yield bytes([place]) + json.dumps(value).encode()


def of_canonical_json() -> Iterator[bytes]:
    yield from of_entries()
    yield '{"é": "\\u0000\\u007f\U0001f600", "b": [1, -1, 1.5, 1e21, null, true], "a": {}}'.encode()
    yield b"9007199254740991"


def of_identifiers() -> Iterator[bytes]:
    from tests.corpus import identifiers  # noqa: PLC0415 - brings the whole program along, which nothing else here needs

    yield from (b"south-wales-2015", b"kent-2025-2", b"wendy.williams", b"CA-0001", b"I1", b"REC-2015-03", b"0" * 64)
    yield b"south-wales-2015\n" + b"a" * 64
    yield b"south-wales-2015\nreport.html"
    yield b"ledger/south-wales-2015/00000000.json"
    for values in (identifiers.INSPECTIONS, identifiers.PERSONS, identifiers.DIGESTS, identifiers.KEYS):
        yield from (value.encode(errors="surrogateescape") for value in values.values())


def _returns(cases: tuple[Case, ...]) -> Iterator[Return]:
    yield from (case.build() for case in cases if not case.is_heavy)
