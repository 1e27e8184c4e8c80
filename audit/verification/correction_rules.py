"""Rules of conduct for corrections: a later version is the next one of what was published.

The documents behind the entries are compared with these facts where they are read (audit/verification/published.py).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, get_args

from domain.lifecycle.history import History
from domain.lifecycle.versions import published_versions
from schemas.documents.publication import DocumentKind
from schemas.lifecycle.entry import Entry
from schemas.lifecycle.moves import Kind

_DOCUMENTS: Final[tuple[DocumentKind, ...]] = get_args(DocumentKind)


def faults_of_correction(before: History, entry: Entry) -> Iterator[str]:
    """Return what is wrong with an entry as the next about a correction; nothing of an entry about anything else."""
    if entry.kind is Kind.CORRECTION_DRAFTED:
        yield from _faults_of_draft(before, entry)
    elif entry.kind is Kind.CORRECTION_PUBLISHED:
        drafted = before.latest(Kind.CORRECTION_DRAFTED)
        if drafted is None or _version(entry) != _version(drafted.entry):
            yield "publishes a different version from the one drafted"


def _faults_of_draft(before: History, entry: Entry) -> Iterator[str]:
    of = next((one for one in _DOCUMENTS if one == entry.facts.get("of")), None)
    versions = published_versions(before, of) if of else ()
    if not versions:
        yield "corrects a document that was not published"
        return
    if entry.facts.get("number") != len(versions) + 1:
        yield f"expected version {len(versions) + 1} of a document drafted next, found another"
    if entry.because != versions[-1].digest:
        yield "expected a correction because of the newest version, found one because of another entry"


def _version(entry: Entry) -> tuple[object, object]:
    return entry.facts.get("of"), entry.facts.get("number")
