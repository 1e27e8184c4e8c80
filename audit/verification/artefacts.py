"""The layer `artefact`: the bytes behind the entries, and behind the documents that name others."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final, TypeVar

from pydantic import ValidationError

from audit.verification.ledger import ExaminedLedger
from audit.verification.listing import STRAY, single_versions
from audit.verification.results import CheckResult, of_key
from audit.verification.snapshot import Remembered, Snapshot
from schemas.audit.check import Fault
from schemas.counts import counted
from schemas.identifiers import digest_of, is_digest
from schemas.lifecycle.kinds import TABLE_OF
from schemas.model import Record
from storage import keys
from storage.s3.objects import Objects
from storage.s3.read_only import read_all
from storage.s3.versions import StoredVersion

FOLDER: Final = "artefacts/"
_MAX_DOCUMENT_BYTES: Final = 1_000_000
_KEPT: Final = frozenset({"corrected", "corrected-publication", "withdrawal"})
"""Kinds of documents that the public layer reads, besides those that name files."""
_OF_VALIDATION: Final = ("kind", "inspection", "pack", "suite", "is_met")
"""What is kept of the check of a table."""
RecordT = TypeVar("RecordT", bound=Record)


@dataclass(frozen=True, slots=True)
class Artefact:
    """One artefact as it was found."""

    inspection: str
    entry: int
    """The first entry that names it, itself or by a document."""
    sha256: str
    found: str | None
    """Digest of its bytes; None when nothing is there."""
    size: int
    document: dict[str, object] | None
    """A document that names other files or that the public layer reads; None for everything else, tables above all."""

    unreadable: str | None = None
    """Why it was not read, though the server lists it."""

    @property
    def fault(self) -> Fault | None:
        """What is wrong with it, if anything is."""
        if self.found == self.sha256:
            return None
        word = "is not there" if self.found is None else f"holds other bytes (SHA-256 {self.found[:12]}…)"
        word = self.unreadable or word
        message = f"artefact {self.sha256[:12]}… was recorded, but {word}; restore it from a backup"
        return Fault("artefact", self.inspection, self.entry, message)

    def read_as(self, model: type[RecordT]) -> RecordT | None:
        """Read its document in a form; None where it is gone, altered, or has another form."""
        if self.fault or self.document is None:
            return None
        try:
            return model.model_validate_json(json.dumps(self.document))
        except ValidationError:
            return None


def check_artefacts(
    objects: Objects, everything: Sequence[ExaminedLedger], snapshot: Snapshot, inspection_id: str | None
) -> tuple[list[Artefact], CheckResult]:
    """Return every artefact that is named, and a fault for each that is not what was recorded.

    Where all inspections are verified, whatever else is in the bucket is named too. Artefacts that no entry names are
    counted alone: an act or a stage that broke off leaves them, nothing reads them, and nobody can tell them apart.
    """
    versions = list(objects.versions(f"{FOLDER}{inspection_id}/" if inspection_id else ""))
    artefacts = list(read_artefacts(objects, everything, snapshot, single_versions(versions)))
    faults = [one.fault for one in artefacts if one.fault]
    faults += _faults_of_validations(everything, artefacts)
    inspections = {one.inspection for one in everything}
    kept = {one.key for one in versions if not one.is_delete_marker}
    faults += [of_key("artefact", key, STRAY) for key in sorted(kept) if not _is_kept_here(key, inspections)]
    checked = counted(len(artefacts), "artefact")
    named = {f"{FOLDER}{one.inspection}/{one.sha256}" for one in artefacts}
    if unnamed := sum(key.startswith(FOLDER) for key in kept - named):
        checked += f"; {unnamed} that no entry names"
    return artefacts, CheckResult(faults, {"artefact": checked})


def _is_kept_here(key: str, inspections: AbstractSet[str]) -> bool:
    """Return whether a key of the private bucket has its form, and an artefact an inspection with a ledger."""
    return keys.is_private(key) and (not key.startswith(FOLDER) or key.split("/")[1] in inspections)


def _faults_of_validations(everything: Iterable[ExaminedLedger], artefacts: Iterable[Artefact]) -> Iterator[Fault]:
    """Find every acceptance of a return that names something else than a check of its table that it passed."""
    whole = {(one.inspection, one.sha256): one.document for one in artefacts if one.fault is None}
    for examined in everything:
        for named in examined.artefacts:
            key = (examined.inspection, named.sha256)
            if named.pack is None or key not in whole:
                continue
            expected = ("validation", examined.inspection, named.pack, TABLE_OF[named.kind], True)
            if tuple((whole[key] or {}).get(name) for name in _OF_VALIDATION) != expected:
                message = "names as its validation what is no check of this return's table, or one that failed"
                yield Fault("artefact", examined.inspection, named.entry, message)


def read_artefacts(
    objects: Objects,
    everything: Iterable[ExaminedLedger],
    snapshot: Snapshot,
    listed: Mapping[str, StoredVersion],
) -> Iterator[Artefact]:
    """Read every artefact that is named, once; first those of entries, then those that these name.

    Args:
        listed: versions that the server lists now, by key; what the snapshot has of them is not read.
    """
    expected: dict[tuple[str, str], int] = {}
    for examined in everything:
        for named in examined.artefacts:
            expected.setdefault((examined.inspection, named.sha256), named.entry)
    done: set[tuple[str, str]] = set()
    while expected:
        done |= expected.keys()
        found = list(_read(objects, expected, listed, snapshot))
        yield from found
        expected = {
            (one.inspection, digest): one.entry
            for one in found
            for digest in files_of(one.document)
            if (one.inspection, digest) not in done
        }


def files_of(document: dict[str, object] | None) -> list[str]:
    """Return the digests of the files that a document names."""
    files = document.get("files") if document else None
    rows = files if isinstance(files, list) else []
    return [one["sha256"] for one in rows if isinstance(one, dict) and is_digest(one.get("sha256"))]


def _read(
    objects: Objects, expected: dict[tuple[str, str], int], listed: Mapping[str, StoredVersion], snapshot: Snapshot
) -> Iterator[Artefact]:
    rows = [
        (inspection, digest, f"{FOLDER}{inspection}/{digest}", entry)
        for (inspection, digest), entry in expected.items()
    ]
    known = {key: kept for _, _, key, _ in rows if (kept := snapshot.kept("private", listed.get(key)))}
    unknown = [key for _, _, key, _ in rows if key not in known]
    unreadable: dict[str, str] = {}
    fresh = dict(zip(unknown, read_all(objects, unknown, unreadable), strict=True))
    for inspection, digest, key, entry in rows:
        if key in known:
            yield Artefact(inspection, entry, digest, known[key].digest, known[key].size, known[key].document)
            continue
        data = fresh[key]
        if data is None:
            yield Artefact(inspection, entry, digest, None, 0, None, unreadable.get(key))
            continue
        kept = Remembered(digest_of(data), len(data), _document(data))
        if kept.digest == digest and key in listed:
            snapshot.keep("private", listed[key], kept)
        yield Artefact(inspection, entry, digest, kept.digest, kept.size, kept.document)


def _document(data: bytes) -> dict[str, object] | None:
    """Return a document that names files or is of a kind that is kept; None for anything else."""
    if len(data) > _MAX_DOCUMENT_BYTES or not data.startswith(b"{"):
        return None
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, dict) and value.get("kind") == "validation":
        return {name: value.get(name) for name in _OF_VALIDATION}
    if not isinstance(value, dict) or not (isinstance(value.get("files"), list) or str(value.get("kind")) in _KEPT):
        return None
    return value
