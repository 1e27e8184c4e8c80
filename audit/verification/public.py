"""The layer `public`: every published byte as it was approved, what was withdrawn, and what else is public."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from pydantic import ValidationError

from audit.verification.artefacts import Artefact
from audit.verification.derived import Sent, expected_index, faults_of_index, indexes_left_out, is_made_otherwise
from audit.verification.ledger import ExaminedLedger
from audit.verification.listing import single_versions
from audit.verification.published import Published, faults_of_publication, read_published
from audit.verification.results import CheckResult
from audit.verification.snapshot import Remembered, Snapshot
from audit.verification.withdrawn import fault_of_withdrawal, read_withdrawal
from reports.withdrawal import render_withdrawal
from schemas.audit.check import Fault
from schemas.counts import counted
from schemas.documents.publication import Draft
from schemas.errors import NotFoundError
from schemas.identifiers import digest_of, is_inspection_id
from schemas.lifecycle.kinds import APPROVALS
from storage import keys
from storage.record.public import PublicRecord
from storage.record.public_headers import described
from storage.s3.objects import Objects
from storage.s3.read_only import read_all_with_headers
from storage.s3.versions import StoredVersion

_RECORDS: Final = keys.PUBLICATIONS_PREFIX


def check_public(
    objects: Objects,
    everything: Sequence[ExaminedLedger],
    artefacts: Iterable[Artefact],
    snapshot: Snapshot,
    inspection_id: str | None,
) -> CheckResult:
    """Check every publication and withdrawal; where all inspections are verified, what else is public too."""
    files = _PublicFiles(objects, snapshot, inspection_id)
    documents = {(one.inspection, one.sha256): one for one in artefacts}
    # A folder that is not an inspection's is a fault of the chain; nothing public is named after it.
    rows = [(one, _published(one, documents)) for one in everything if is_inspection_id(one.inspection)]
    recorded = {key for examined, published in rows for key in _recorded_keys(examined, published)}
    layer = _PublicLayer(files, documents, files.sent(sorted(recorded)))
    faults = [fault for examined, published in rows for fault in layer.faults(examined, published)]
    faults += indexes_left_out(one for one, _ in rows)
    if inspection_id is None:
        index = expected_index([one for one, _ in rows], _records(rows, documents))
        if index is not None:
            recorded.add(keys.PUBLIC_INDEX)
            faults += faults_of_index(objects, index, files.sent([keys.PUBLIC_INDEX])[keys.PUBLIC_INDEX])
        faults += _strays(files, recorded, set(_approved_keys(everything, documents)))
    return CheckResult(faults, {"public": counted(len(recorded), "file")})


def _published(examined: ExaminedLedger, documents: Mapping[tuple[str, str], Artefact]) -> list[Published]:
    found = (read_published(examined.inspection, named, documents) for named in examined.publications)
    return [one for one in found if one is not None]


def _recorded_keys(examined: ExaminedLedger, published: Iterable[Published]) -> Iterator[str]:
    for one in published:
        yield from (*one.files, one.key)
    if examined.order is not None:
        yield keys.withdrawal_notice(examined.inspection)
        yield keys.withdrawal_record(examined.inspection)


def _records(
    rows: Iterable[tuple[ExaminedLedger, Sequence[Published]]], documents: Mapping[tuple[str, str], Artefact]
) -> Iterator[PublicRecord]:
    for examined, published in rows:
        yield from (one.record for one in published)
        if withdrawal := read_withdrawal(examined, documents):
            yield withdrawal


class _PublicFiles:
    """What is public, by one listing, and the digests of what is read."""

    def __init__(self, objects: Objects, snapshot: Snapshot, inspection_id: str | None) -> None:
        """List everything, or what is of one inspection."""
        self.objects = objects
        self._snapshot = snapshot
        prefixes = (f"{inspection_id}/", f"{_RECORDS}{inspection_id}/") if inspection_id else ("",)
        versions: list[StoredVersion] = [one for prefix in prefixes for one in objects.versions(prefix)]
        self.listed = dict.fromkeys(one.key for one in versions if not one.is_delete_marker)
        self.marked = frozenset(one.key for one in versions if one.is_delete_marker)
        self.unreadable: dict[str, str] = {}
        """What the server lists and was not read, and why."""
        self._single = single_versions(versions)

    def sent(self, expected: Sequence[str]) -> dict[str, Sent | None]:
        """Return what the public is sent under each key; None where that is nothing."""
        kept = {key: self._snapshot.kept("public", self._single.get(key)) for key in expected}
        found: dict[str, Sent | None] = {
            key: Sent(one.digest, {name: str(value) for name, value in one.document.items()})
            for key, one in kept.items()
            if one is not None and one.document is not None
        }
        # A document may name any key: what is not listed is not there, and is not asked for.
        found |= {key: None for key in expected if key not in self.listed}
        unknown = [key for key in expected if key not in found]
        for key, answer in zip(unknown, read_all_with_headers(self.objects, unknown, self.unreadable), strict=True):
            found[key] = None
            if answer is not None:
                data, headers = answer
                found[key] = sent = Sent(digest_of(data), described(headers))
                if key in self._single:
                    self._snapshot.keep(
                        "public", self._single[key], Remembered(sent.digest, len(data), dict(sent.headers))
                    )
        return found


@dataclass(frozen=True, slots=True)
class _PublicLayer:
    """Compares publications and withdrawals with their documents and with what the public reads."""

    files: _PublicFiles
    documents: Mapping[tuple[str, str], Artefact]
    sent: Mapping[str, Sent | None]

    def faults(self, examined: ExaminedLedger, published: Sequence[Published]) -> Iterator[Fault]:
        for entry, words in self._faults(examined, published):
            yield Fault("rule", examined.inspection, entry, words)
        for one in published:
            yield from self._publication(examined, one)
        yield from self._withdrawal(examined)

    def _faults(self, examined: ExaminedLedger, published: Sequence[Published]) -> Iterator[tuple[int, str]]:
        readable = {one.named for one in published}
        for named in examined.publications:
            artefact = self.documents.get((examined.inspection, named.sha256))
            if named not in readable and artefact is not None and not artefact.fault:
                yield named.entry, "expected the record of a publication, found a document that cannot be read as one"
        for one in published:
            for words in faults_of_publication(one, self.documents):
                yield one.named.entry, words
        fault = fault_of_withdrawal(examined, published, self.documents)
        if fault is not None and examined.withdrawn is not None:
            yield examined.withdrawn.seq, fault

    def _publication(self, examined: ExaminedLedger, one: Published) -> Iterator[Fault]:
        entry = one.named.entry
        # The record stays when the files are withdrawn, so that a copy of them can be recognised.
        yield from self._file(examined.inspection, entry, one.key, one.named.sha256)
        for key, sha256 in one.files.items():
            if examined.order is not None and examined.withdrawn is not None:
                yield from self._hidden(examined, examined.withdrawn.seq, key)
            elif examined.order is None or self.sent[key] is not None:
                # Between the order and its record a file may be gone already.
                yield from self._file(examined.inspection, entry, key, sha256)

    def _withdrawal(self, examined: ExaminedLedger) -> Iterator[Fault]:
        entry = examined.withdrawn
        if entry is None or examined.order is None:
            return  # not withdrawn, or never ordered, which compliance finds
        notice = keys.withdrawal_notice(examined.inspection)
        yield from self._file(examined.inspection, entry.seq, notice, str(entry.facts.get("notice")))
        sent, withdrawal = self.sent[notice], read_withdrawal(examined, self.documents)
        if (
            withdrawal
            and sent
            and sent.digest == entry.facts.get("notice")
            and is_made_otherwise(self.files.objects, notice, sent.digest, lambda: render_withdrawal(withdrawal))
        ):
            words = f"{notice} is the one that was recorded, but it is not what the order gives"
            yield Fault("public", examined.inspection, entry.seq, words)
        if entry.document is not None:
            record = keys.withdrawal_record(examined.inspection)
            yield from self._file(examined.inspection, entry.seq, record, entry.document.sha256)

    def _hidden(self, examined: ExaminedLedger, entry: int, key: str) -> Iterator[Fault]:
        if self.sent[key] is not None:
            words = "but the public can read it; set a delete marker on it"
        elif key not in self.files.listed:
            words = "and its hidden bytes are missing too; restore them from a backup"
        else:
            return
        yield Fault("public", examined.inspection, entry, f"{key} was withdrawn, {words}")

    def _file(self, inspection_id: str, entry: int, key: str, expected: str) -> Iterator[Fault]:
        sent = self.sent[key]
        if sent is not None and sent.digest == expected:
            if wrong := sent.fault_of_headers(key):
                yield Fault("public", inspection_id, entry, f"{key} {wrong}")
            return
        if key in self.files.unreadable:
            words = f"was published, but {self.files.unreadable[key]}"
        elif sent is None and key in self.files.marked:
            words = "was published, but was removed with a delete marker; put it back"
        elif sent is None:
            words = "was published, but is not there"
        elif key.startswith(_RECORDS):
            words = "is not the record that was recorded"
        else:
            words = f"has bytes that were not approved: expected {expected[:12]}…, found {sent.digest[:12]}…"
        yield Fault("public", inspection_id, entry, f"{key} {words}")


def _approved_keys(
    everything: Iterable[ExaminedLedger], documents: Mapping[tuple[str, str], Artefact]
) -> Iterator[str]:
    """List the addresses of approved files of first versions: a publication that met a hold has taken these back."""
    for examined in everything:
        for named in examined.artefacts:
            artefact = documents.get((examined.inspection, named.sha256))
            if named.kind in APPROVALS and artefact is not None and artefact.document is not None:
                with suppress(NotFoundError, ValidationError):
                    draft = Draft.model_validate_json(json.dumps(artefact.document))
                    yield from (keys.public_file(examined.inspection, draft.of, one.name) for one in draft.files)


def _strays(files: _PublicFiles, recorded: set[str], approved: set[str]) -> Iterator[Fault]:
    """Find what no entry records; a hidden file at an address of approved ones was taken back by the publication."""
    strays = [key for key in files.listed if key not in recorded]
    hidden = [key for key in strays if key in files.marked]
    sent = files.sent(hidden)
    for key in strays:
        where = key.removeprefix(_RECORDS).partition("/")[0]
        if key in approved and key in files.marked and sent[key] is None:
            continue
        if key in files.marked and sent[key] is None:
            words = (
                f"{key} was removed with a delete marker, so it is not public, but its bytes are kept and no entry "
                "records its publication; remove every version (docs/operations.md)"
            )
        else:
            words = f"{key} is public, but no entry records its publication"
        yield Fault("public", where, None, words)
