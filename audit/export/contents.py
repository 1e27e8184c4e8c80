"""What goes into an export, and from where."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from audit.export.folder import VERIFIER, ExportFolder
from audit.verification.artefacts import FOLDER, Artefact, read_artefacts
from audit.verification.ledger import ExaminedLedger, examine
from audit.verification.listing import Listing, list_record
from audit.verification.results import Progress, no_progress
from audit.verification.snapshot import Snapshot
from schemas.errors import NotFoundError
from storage.keys import PUBLIC_INDEX
from storage.record.public_headers import described
from storage.s3.objects import Objects
from storage.s3.read_only import ReadOnlyBuckets, read_all, read_all_with_headers
from storage.s3.versions import StoredVersion

_BATCH: Final = 500
_MAX_DOCUMENT_BYTES: Final = 1_000_000
_WITHOUT_CASE_DATA: Final = frozenset(
    {"pack", "validation", "draft", "publication", "corrected-publication", "withdrawal", "follow-up-plan", "rejection"}
)
"""Kinds of documents with names, digests, dates and counts of problems, and never a row or a value of a table."""
_GUIDE: Final = """What this is: the record of inspections as it was stored, to be checked without what wrote it.

    python3 -m pip install cryptography
    python3 ncpi_verify.py . --register DIGEST --note FILE...

DIGEST is the SHA-256 of register/00000000.json, as you noted it when the register was founded; FILE is a note that you
were sent and kept. Take both from where you keep them, not from here, and rather use a verifier that you kept than the
one beside this text. An export of one inspection is verified with --inspection and its ID. The rest is in
`python3 ncpi_verify.py --help`.
"""


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export contains."""

    inspections: int
    records: int
    artefacts: int
    documents: int
    """Artefacts whose bytes are in it."""
    public: int
    not_exported: int
    """Keys that cannot be file names, and what was hidden, missing or unreadable; the verifier names them."""


def export(
    buckets: ReadOnlyBuckets,
    path: Path,
    inspection_id: str | None = None,
    *,
    now: dt.datetime,
    with_documents: bool = False,
    progress: Progress = no_progress,
) -> Exported:
    """Export everything, or one inspection with the register and the seals.

    Of the record, what was exported before is not read again.

    Args:
        with_documents: whether to export the bytes of documents without case data too.

    Raises:
        NotFoundError: that inspection was never opened.
        RefusedError: the folder contains something else.
    """
    listing = list_record(buckets.ledger, inspection_id)
    if inspection_id and inspection_id not in listing.ledgers:
        raise NotFoundError(f"{inspection_id}: no such inspection; `ncpi status` lists them all")
    folder = ExportFolder(path, buckets.name, inspection_id)
    folder.begin()
    return _Export(buckets, folder, progress).run(listing, inspection_id, now, with_documents=with_documents)


class _Export:
    def __init__(self, buckets: ReadOnlyBuckets, folder: ExportFolder, progress: Progress) -> None:
        self._buckets = buckets
        self._folder = folder
        self._progress = progress
        self._missed = 0

    def run(self, listing: Listing, inspection_id: str | None, now: dt.datetime, *, with_documents: bool) -> Exported:
        standing = [*listing.register, *(one for rows in listing.ledgers.values() for one in rows), *listing.seals]
        self._copy("records", self._buckets.ledger, standing, "")
        self._folder.write_json("versions.json", _rows(listing.versions))
        artefacts = self._artefacts(listing)
        documents = self._documents(artefacts) if with_documents else 0
        public = self._public(inspection_id)
        self._folder.write(VERIFIER, verifier().read_bytes())
        self._folder.write("HOW-TO-CHECK.txt", _GUIDE.encode())
        self._folder.end(f"{now:%Y-%m-%dT%H:%M:%SZ}")
        return Exported(len(listing.ledgers), len(standing), len(artefacts), documents, public, self._missed)

    def _copy(self, what: str, objects: Objects, versions: list[StoredVersion], below: str) -> int:
        copied = 0
        for start in range(0, len(versions), _BATCH):
            self._progress(what, start, len(versions))
            batch = [one for one in versions[start : start + _BATCH] if self._folder.is_safe(one.key)]
            expected = [one.key for one in batch if not self._folder.has(f"{below}{one.key}", one)]
            copied += len(batch) - len(expected)
            for key, data in zip(expected, read_all(objects, expected, {}), strict=True):
                if data is not None and self._folder.has_room_for(f"{below}{key}"):
                    self._folder.write(f"{below}{key}", data)
                    copied += 1
        self._missed += len(versions) - copied
        return copied

    def _artefacts(self, listing: Listing) -> list[Artefact]:
        self._progress("artefacts", 0, 0)
        everything = self._examined(listing)
        found = list(read_artefacts(self._buckets.private, everything, Snapshot(), {}))
        columns = ("inspection", "sha256", "entry", "found", "size")
        self._folder.write_json("artefacts.json", [{name: getattr(one, name) for name in columns} for one in found])
        return found

    def _examined(self, listing: Listing) -> Iterator[ExaminedLedger]:
        """Read again, from the folder, which artefacts the entries name."""
        for inspection_id, versions in listing.ledgers.items():
            paths = [(one.key, self._folder.path / one.key) for one in versions if self._folder.is_safe(one.key)]
            stored = [(key, path.read_bytes()) for key, path in paths if path.is_file()]
            yield examine(inspection_id, stored, None)[0]

    def _documents(self, artefacts: list[Artefact]) -> int:
        expected = [f"{FOLDER}{one.inspection}/{one.sha256}" for one in artefacts if one.size <= _MAX_DOCUMENT_BYTES]
        written = 0
        for start in range(0, len(expected), _BATCH):
            self._progress("documents", start, len(expected))
            batch = expected[start : start + _BATCH]
            for key, data in zip(batch, read_all(self._buckets.private, batch, {}), strict=True):
                if data is not None and is_without_case_data(data):
                    self._folder.write(key, data)
                    written += 1
        return written

    def _public(self, inspection_id: str | None) -> int:
        prefixes = (f"{inspection_id}/", f"publications/{inspection_id}/", PUBLIC_INDEX) if inspection_id else ("",)
        versions = [one for prefix in prefixes for one in self._buckets.public.versions(prefix)]
        for one in versions:  # read again: it may be hidden, or sent with other headers, since the export before
            self._folder.forget(f"public/{one.key}")
        sent = {one.key for one in versions if not one.is_delete_marker}
        headers: dict[str, dict[str, str]] = {}
        for start in range(0, len(sent), _BATCH):
            self._progress("public files", start, len(sent))
            batch = sorted(sent)[start : start + _BATCH]
            for key, answer in zip(batch, read_all_with_headers(self._buckets.public, batch, {}), strict=True):
                if answer is not None:
                    headers[key] = described(answer[1])
                    if self._folder.is_safe(key):
                        self._folder.write(f"public/{key}", answer[0])
        rows = zip(_rows(versions), versions, strict=True)
        self._folder.write_json("public.json", [[*row, headers.get(one.key)] for row, one in rows])
        return len(headers)


def is_without_case_data(data: bytes) -> bool:
    """Return whether bytes are a document of a kind that never contains case data."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and str(value.get("kind")) in _WITHOUT_CASE_DATA


def _rows(versions: list[StoredVersion]) -> list[list[object]]:
    return [[one.key, one.id, one.etag.strip('"'), one.is_delete_marker] for one in versions]


def verifier() -> Path:
    """Return the path of the verifier of one file."""
    return Path(__file__).parents[2] / "verifier" / VERIFIER
