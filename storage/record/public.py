"""The public bucket: what was approved, once, at addresses that never change, and the index that lists it.

What is withdrawn is hidden behind delete markers; its bytes, the records and the notice stay.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated, Final, TypeVar

from pydantic import Field, TypeAdapter, ValidationError

from schemas.documents.correction import CorrectedPublication
from schemas.documents.publication import Publication, PublishedFile
from schemas.documents.withdrawal import Withdrawal
from schemas.errors import ArtefactError, IllegalMoveError, NotFoundError
from storage import keys

if TYPE_CHECKING:
    from schemas.documents.pack import StoredFile
    from schemas.documents.publication import DocumentKind
    from storage.s3.objects import PublicObjects
    from storage.s3.read_cache import ReadCache
    from storage.s3.versions import StoredVersion

HTML = "text/html; charset=utf-8"
PublicRecord = Publication | CorrectedPublication | Withdrawal
RecordT = TypeVar("RecordT", bound=PublicRecord)
_RECORDS: Final[TypeAdapter[PublicRecord]] = TypeAdapter(Annotated[PublicRecord, Field(discriminator="kind")])


class Public:
    """What anybody may read."""

    def __init__(self, objects: PublicObjects, cache: ReadCache | None = None) -> None:
        """Work on the public bucket.

        Args:
            cache: what was read before; None to read everything from the server each time.
        """
        self._objects = objects
        self._cache = cache

    def publish(
        self, inspection_id: str, of: DocumentKind, file: StoredFile, data: bytes, number: int = 1
    ) -> PublishedFile:
        """Put one approved file at its address; the same bytes there already are a success.

        Args:
            number: which version of the document it belongs to.

        Raises:
            ArtefactError: other bytes stand at that address. Nothing is overwritten.
        """
        key = keys.public_file(inspection_id, of, file.name, number)
        self._create(inspection_id, key, data, file.media_type)
        return PublishedFile(
            name=file.name, key=key, sha256=file.sha256, size_bytes=file.size_bytes, media_type=file.media_type
        )

    def publish_record(self, record: RecordT) -> RecordT:
        """Put a record at its place, and give the record that stands there.

        Another try after a crash would bear a later time; the first record stands.

        Raises:
            ArtefactError: the record of another draft or withdrawal stands there.
        """
        key = key_of(record)
        if self._objects.create(key, record.to_bytes(), "application/json"):
            return record
        standing = self._record_at(key)
        if not isinstance(standing, type(record)) or not stands_for(standing, record):
            message = f"{key} records the publication of another draft; tell the press office"
            raise ArtefactError(message)
        return standing

    def publish_notice(self, withdrawal: Withdrawal, page: bytes) -> None:
        """Put the notice of a withdrawal at its address.

        Raises:
            ArtefactError: other bytes stand there.
        """
        self._create(withdrawal.inspection, keys.withdrawal_notice(withdrawal.inspection), page, HTML)

    def record(self, inspection_id: str, of: DocumentKind) -> Publication | None:
        """Read the record of a first publication; None when there is none yet."""
        standing = self.record_at(keys.public_record(inspection_id, of))
        if standing is not None and not isinstance(standing, Publication):
            message = (
                f"{inspection_id}: expected the record of a first publication, found another; tell the press office"
            )
            raise ArtefactError(message)
        return standing

    def record_at(self, key: str) -> PublicRecord | None:
        """Read the record at a key; None when there is none.

        Raises:
            ArtefactError: what stands there is no record.
        """
        try:
            return self._record_at(key)
        except NotFoundError:
            return None

    def check_not_withdrawn(self, inspection_id: str) -> None:
        """Refuse to publish anything of an inspection that was withdrawn.

        Raises:
            IllegalMoveError: its withdrawal is recorded.
        """
        if self.record_at(keys.withdrawal_record(inspection_id)) is not None:
            message = f"{inspection_id}: is withdrawn, so nothing of it is published again"
            raise IllegalMoveError(message)

    def hide(self, key: str) -> None:
        """Take what stands at a key out of the public's reach; what is hidden stays so, and its bytes are kept."""
        with suppress(NotFoundError):
            self._objects.read(key)
            self._objects.remove(key)

    def keys_of(self, inspection_id: str) -> tuple[str, ...]:
        """List every file of an inspection of which there is a version, the records apart."""
        versions = self._objects.versions(keys.public_folder(inspection_id))
        return tuple(dict.fromkeys(one.key for one in versions if not one.is_delete_marker))

    def read(self, key: str) -> bytes:
        """Read what the public reads."""
        return self._objects.read(key)

    def replace_index(self, data: bytes) -> None:
        """Put a new index page; it is derived from the publications and can be made again at any time.

        The bucket keeps every version of it, so the same page again is not put.
        """
        with suppress(NotFoundError):
            if self._objects.read(keys.PUBLIC_INDEX) == data:
                return
        self._objects.replace(keys.PUBLIC_INDEX, data, HTML)

    def publications(self) -> tuple[PublicRecord, ...]:
        """Read the records of everything that is published, corrected and withdrawn.

        A record that is none, or was removed, is passed over, so that a stray object cannot keep others from being
        published; verification reports it.
        """
        found: list[PublicRecord] = []
        listed = list(self._objects.versions(keys.PUBLICATIONS_PREFIX))
        removed = {one.key for one in listed if one.is_delete_marker}
        records = {one.key: one for one in listed if one.key not in removed}
        for key, version in records.items():
            with suppress(ArtefactError, NotFoundError):
                found.append(read_record(key, self._read(version)))
        return tuple(found)

    def all_keys(self) -> tuple[str, ...]:
        """List everything of which there is a version: what is public, and what a delete marker hides."""
        return tuple(dict.fromkeys(one.key for one in self._objects.versions("") if not one.is_delete_marker))

    def is_removed(self, key: str) -> bool:
        """Return whether a delete marker hides a key from the public; its versions may still be there."""
        if not any(one.key == key and one.is_delete_marker for one in self._objects.versions(key)):
            return False
        try:
            self._objects.read(key)
        except NotFoundError:
            return True
        return False

    def _record_at(self, key: str) -> PublicRecord:
        return read_record(key, self._objects.read(key))

    def _read(self, version: StoredVersion) -> bytes:
        return self._cache.read(self._objects, version) if self._cache is not None else self._objects.read(version.key)

    def _create(self, inspection_id: str, key: str, data: bytes, media_type: str) -> None:
        if not self._objects.create(key, data, media_type) and self._objects.read(key) != data:
            message = (
                f"{inspection_id}: {key} is published already with other bytes than those approved; "
                "nothing was overwritten: tell the press office"
            )
            raise ArtefactError(message)


def read_record(key: str, data: bytes) -> PublicRecord:
    """Read the record that stands at a key.

    Raises:
        ArtefactError: something else stands there.
    """
    try:
        return _RECORDS.validate_json(data)
    except ValidationError:
        message = f"{key}: expected the record of a publication, found something else; tell the press office"
        raise ArtefactError(message) from None


def key_of(record: PublicRecord) -> str:
    """Name the place of a record."""
    if isinstance(record, Withdrawal):
        return keys.withdrawal_record(record.inspection)
    if isinstance(record, CorrectedPublication):
        return keys.public_record(record.publication.inspection, record.publication.of, record.number)
    return keys.public_record(record.inspection, record.of)


def stands_for(standing: PublicRecord, record: PublicRecord) -> bool:
    """Return whether a record is of the same cause as another: the same draft, or the same order to withdraw."""
    return type(standing) is type(record) and _cause(standing) == _cause(record)


def _cause(record: PublicRecord) -> str:
    if isinstance(record, Withdrawal):
        return record.order
    return (record.publication if isinstance(record, CorrectedPublication) else record).draft
