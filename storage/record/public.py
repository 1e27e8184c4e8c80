"""The public bucket: approved files at addresses that never change, a record of each publication, and the index.

What is withdrawn is hidden behind delete markers; its bytes, the records and the notice stay.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Annotated, Final, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from schemas.documents.correction import CorrectedPublication
from schemas.documents.pack import StoredFile
from schemas.documents.publication import DocumentKind, Publication, PublishedFile
from schemas.documents.withdrawal import Withdrawal
from schemas.errors import ArtefactError, IllegalMoveError, NotFoundError
from schemas.identifiers import digest_of
from storage import keys
from storage.record.public_headers import media_type_of
from storage.s3.objects import RemovableObjects
from storage.s3.read_cache import ReadCache, read_version

PublicRecord = Publication | CorrectedPublication | Withdrawal
"""What was published, corrected or withdrawn, and when; anybody may read it."""
RecordT = TypeVar("RecordT", bound=PublicRecord)
_RECORDS: Final[TypeAdapter[PublicRecord]] = TypeAdapter(Annotated[PublicRecord, Field(discriminator="kind")])
_TRIES: Final = 10


@dataclass(frozen=True, slots=True)
class PublicIndex:
    """An index page that was stored."""

    sha256: str
    records: int
    """How many public records it lists."""


class Public:
    """The public bucket."""

    def __init__(self, objects: RemovableObjects, cache: ReadCache | None = None) -> None:
        """Work on the public bucket; without a cache everything is read from the server each time."""
        self._objects = objects
        self._cache = cache

    def publish(
        self, inspection_id: str, of: DocumentKind, file: StoredFile, data: bytes, number: int = 1
    ) -> PublishedFile:
        """Store an approved file at its address, unless the same bytes are there already.

        Args:
            number: version of the document.

        Raises:
            ArtefactError: that address has other bytes, which were not overwritten.
        """
        key = keys.public_file(inspection_id, of, file.name, number)
        self._create(inspection_id, key, data)
        return PublishedFile(
            name=file.name, key=key, sha256=file.sha256, size_bytes=file.size_bytes, media_type=file.media_type
        )

    def publish_record(self, record: RecordT) -> RecordT:
        """Store a record, and return the record that is stored.

        That is the first one: another try after a crash would bear a later time.

        Raises:
            ArtefactError: its place holds the record of another draft or withdrawal.
        """
        key = key_of(record)
        if self._objects.create(key, record.to_bytes(), media_type_of(key)):
            return record
        stored = read_record(key, self._objects.read(key))
        if not isinstance(stored, type(record)) or _cause_of(stored) != _cause_of(record):
            raise ArtefactError(
                f"{key}: expected no record yet, found the record of another draft; tell the press office"
            )
        return stored

    def publish_notice(self, withdrawal: Withdrawal, page: bytes) -> None:
        """Store the notice of a withdrawal at its address.

        Raises:
            ArtefactError: that address has other bytes.
        """
        self._create(withdrawal.inspection, keys.withdrawal_notice(withdrawal.inspection), page)

    def check_not_withdrawn(self, inspection_id: str) -> None:
        """Check that the withdrawal of an inspection is not recorded, before something of it is published.

        Raises:
            IllegalMoveError: it is recorded.
            ArtefactError: something else is in the place of its record.
        """
        key = keys.withdrawal_record(inspection_id)
        with suppress(NotFoundError):
            read_record(key, self._objects.read(key))
            raise IllegalMoveError(f"{inspection_id}: is withdrawn, so nothing of it is published again")

    def hide(self, key: str) -> None:
        """Hide an object from the public, if it is not hidden yet; its bytes are kept."""
        with suppress(NotFoundError):
            self._objects.read(key)
            self._objects.remove(key)

    def keys_of(self, inspection_id: str) -> tuple[str, ...]:
        """List the files of an inspection, hidden ones too, without the records."""
        versions = self._objects.versions(keys.public_folder(inspection_id))
        return tuple(dict.fromkeys(one.key for one in versions if not one.is_delete_marker))

    def index(self) -> bytes | None:
        """Read the index page; None where there is none."""
        try:
            return self._objects.read(keys.PUBLIC_INDEX)
        except NotFoundError:
            return None

    def replace_index(self, render: Callable[[tuple[PublicRecord, ...]], bytes]) -> PublicIndex:
        """Store the index page of all public records, and return which page that is.

        It takes the place of the page that was there before the records were listed, or of none. So of two writers at
        once the later lists at least what the earlier listed: a greater number of records is a later page. The same
        page is not stored again, since the bucket keeps every version.

        Raises:
            TimeoutError: others were faster each time; trying again may help.
        """
        key = keys.PUBLIC_INDEX
        for _ in range(_TRIES):
            found = self.index()
            records = self.publications()
            data = render(records)
            if found is None:
                is_there = self._objects.create(key, data, media_type_of(key))
            else:
                is_there = found == data or self._objects.replace(key, data, media_type_of(key), expected=found)
            if is_there:
                return PublicIndex(digest_of(data), len(records))
        raise TimeoutError(f"{key}: others stored it {_TRIES} times meanwhile; trying again may help")

    def publications(self) -> tuple[PublicRecord, ...]:
        """Read all public records.

        An object that is not a record, or was removed, is skipped, so that it cannot keep others from being published;
        verification reports it.
        """
        found: list[PublicRecord] = []
        listed = list(self._objects.versions(keys.PUBLICATIONS_PREFIX))
        removed = {one.key for one in listed if one.is_delete_marker}
        records = {one.key: one for one in listed if one.key not in removed}
        for key, version in records.items():
            with suppress(ArtefactError, NotFoundError):
                found.append(read_record(key, read_version(self._objects, version, self._cache)))
        return tuple(found)

    def _create(self, inspection_id: str, key: str, data: bytes) -> None:
        if not self._objects.create(key, data, media_type_of(key)) and self._objects.read(key) != data:
            raise ArtefactError(
                f"{inspection_id}: expected the approved bytes at {key}, found others published; nothing was "
                "overwritten: tell the press office"
            )


def read_record(key: str, data: bytes) -> PublicRecord:
    """Decode the record that was read from a key.

    Raises:
        ArtefactError: the bytes are not a public record.
    """
    try:
        return _RECORDS.validate_json(data)
    except ValidationError:
        raise ArtefactError(
            f"{key}: expected the record of a publication, found something else; tell the press office"
        ) from None


def key_of(record: PublicRecord) -> str:
    """Return the key of a public record."""
    if isinstance(record, Withdrawal):
        return keys.withdrawal_record(record.inspection)
    return keys.public_record(record.publication.inspection, record.publication.of, record.number)


def _cause_of(record: PublicRecord) -> str:
    """Return the digest of what a record was made from: the draft, or the order to withdraw."""
    if isinstance(record, Withdrawal):
        return record.order
    return record.publication.draft
