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
    """Yield what is wrong with an entry that drafts or publishes a correction; nothing for other entries."""
    if entry.kind is Kind.CORRECTION_DRAFTED:
        yield from _faults_of_draft(before, entry)
    elif entry.kind is Kind.CORRECTION_PUBLISHED:
        drafted = before.latest(Kind.CORRECTION_DRAFTED)
        if drafted is None or _version(entry) != _version(drafted.entry):
            yield "expected the version that was drafted, found a different one"


def _faults_of_draft(before: History, entry: Entry) -> Iterator[str]:
    of = next((one for one in _DOCUMENTS if one == entry.facts.get("of")), None)
    versions = published_versions(before, of) if of else ()
    if not versions:
        yield "expected the correction of a published document, found none that was published"
        return
    if entry.facts.get("number") != len(versions) + 1:
        yield f"expected version {len(versions) + 1}, the next of its document, found a different number"
    if entry.because != versions[-1].digest:
        yield "expected the newest version as the cause of a correction, found a different entry"


def _version(entry: Entry) -> tuple[object, object]:
    return entry.facts.get("of"), entry.facts.get("number")
