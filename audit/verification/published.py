"""What was recorded as published, of any version, compared with what was approved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from audit.verification.artefacts import Artefact
from audit.verification.ledger import NamedArtefact
from schemas.documents.correction import CorrectedPublication
from schemas.documents.publication import Publication
from schemas.errors import NotFoundError
from schemas.lifecycle.kinds import FIRST_PUBLICATIONS
from schemas.lifecycle.moves import Kind
from storage import keys


@dataclass(frozen=True, slots=True)
class Published:
    """A publication, as its entry and the document behind it say."""

    inspection: str
    named: NamedArtefact
    record: Publication | CorrectedPublication

    @property
    def publication(self) -> Publication:
        """What was published."""
        return self.record.publication

    @property
    def number(self) -> int:
        """Which version it is."""
        return self.record.number

    @property
    def key(self) -> str:
        """The place of its public record."""
        return keys.public_record(self.inspection, self.publication.of, self.number)

    @property
    def files(self) -> dict[str, str]:
        """Key and digest of each public file."""
        return {file.key: file.sha256 for file in self.publication.files}


def read_published(
    inspection: str, named: NamedArtefact, documents: Mapping[tuple[str, str], Artefact]
) -> Published | None:
    """Read the document behind a publication; None where it is gone, altered, or no record of a publication."""
    artefact = documents.get((inspection, named.sha256))
    is_correction = named.kind is Kind.CORRECTION_PUBLISHED
    model: type[Publication | CorrectedPublication] = CorrectedPublication if is_correction else Publication
    record = artefact.read_as(model) if artefact else None
    return Published(inspection, named, record) if record else None


def faults_of_publication(one: Published, documents: Mapping[tuple[str, str], Artefact]) -> Iterator[str]:
    """Compare a publication with its entry, its draft and the addresses of its version; yield each difference."""
    publication, named = one.publication, one.named
    is_first = named.kind is not Kind.CORRECTION_PUBLISHED
    if publication.inspection != one.inspection or (is_first and named.kind is not FIRST_PUBLICATIONS[publication.of]):
        yield "expected the publication of the document that its entry is about, found that of a different one"
    draft = documents.get((one.inspection, publication.draft))
    files = _files_of(draft)
    published = {file.name: file.sha256 for file in publication.files}
    if files != published or named.draft != publication.draft:
        yield "expected the files that were approved, found different ones"
    if isinstance(one.record, CorrectedPublication):
        corrected = documents.get((one.inspection, files.get("report.json", "")))
        yield from _faults_of_version(one.named, one.record, corrected)
    if any(file.key != _address(one, file.name) for file in publication.files):
        yield "expected files at the addresses of this version of its document, found different addresses"


def _files_of(draft: Artefact | None) -> dict[str, str]:
    """Return name and digest of each file that a draft names, whatever form its bytes have now."""
    rows = draft.document.get("files") if draft and draft.document else None
    named = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    return {str(row.get("name")): str(row.get("sha256")) for row in named}


def _faults_of_version(named: NamedArtefact, record: CorrectedPublication, corrected: Artefact | None) -> Iterator[str]:
    of = record.publication.of
    if (named.of, named.number) != (of, record.number):
        yield f"expected version {record.number} of the {of}, as its document says, found a different one in the entry"
    if corrected is None or corrected.fault:
        return  # found as files that were not approved, or as an artefact
    if _stated_version(corrected.document) != (of, record.number, record.errata):
        yield "expected the version and number of errata in the approved report, found different ones in the record"


def _stated_version(document: dict[str, object] | None) -> tuple[object, object, int] | None:
    """Return document, version and number of errata that a corrected report states about itself."""
    corrections = document.get("corrections") if document else None
    newest = corrections[-1] if isinstance(corrections, list) and corrections else None
    if document is None or not isinstance(newest, dict) or not isinstance(newest.get("errata"), list):
        return None
    return document.get("of"), newest.get("number"), len(newest["errata"])


def _address(one: Published, name: str) -> str | None:
    try:
        return keys.public_file(one.inspection, one.publication.of, name, one.number)
    except NotFoundError:
        return None
