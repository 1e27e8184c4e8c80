"""The public bucket: what was approved, once, at addresses that never change, and the index that lists it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Literal

from pydantic import ValidationError

from schemas.documents import Publication, PublishedFile
from schemas.errors import ArtefactError, NotFoundError
from storage import keys

if TYPE_CHECKING:
    from schemas.documents import StoredFile
    from storage.objects import Objects, StoredVersion
    from storage.read_cache import ReadCache

HTML = "text/html; charset=utf-8"


class Public:
    """What anybody may read."""

    def __init__(self, objects: Objects, cache: ReadCache | None = None) -> None:
        """Work on the public bucket.

        Args:
            cache: what was read before; None to read everything from the server each time.
        """
        self._objects = objects
        self._cache = cache

    def publish(
        self, inspection_id: str, of: Literal["initial-report", "review"], file: StoredFile, data: bytes
    ) -> PublishedFile:
        """Put one approved file at its address; the same bytes there already are a success.

        Raises:
            ArtefactError: other bytes stand at that address. Nothing is overwritten.
        """
        key = keys.public_file(inspection_id, of, file.name)
        self._create(inspection_id, key, data, file.media_type)
        return PublishedFile(
            name=file.name, key=key, sha256=file.sha256, size_bytes=file.size_bytes, media_type=file.media_type
        )

    def publish_record(self, publication: Publication) -> Publication:
        """Put the record of a publication beside its files, and give the record that stands there.

        Another try after a crash would bear a later time; the first record stands.

        Raises:
            ArtefactError: another draft is recorded as published there.
        """
        data = publication.to_bytes()
        key = keys.public_record(publication.inspection, publication.of)
        if self._objects.create(key, data, "application/json"):
            return publication
        standing = self._record_at(key)
        if standing.draft != publication.draft:
            message = f"{publication.inspection}: {key} records the publication of another draft; tell the press office"
            raise ArtefactError(message)
        return standing

    def record(self, inspection_id: str, of: Literal["initial-report", "review"]) -> Publication | None:
        """Read the record of a publication; None when there is none yet."""
        try:
            return self._record_at(keys.public_record(inspection_id, of))
        except NotFoundError:
            return None

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

    def publications(self) -> tuple[Publication, ...]:
        """Read the records of everything that is published.

        A record that is none, or was removed, is passed over, so that a stray object cannot keep others from being
        published; verification reports it.
        """
        found: list[Publication] = []
        listed = list(self._objects.versions(keys.PUBLICATIONS_PREFIX))
        removed = {one.key for one in listed if one.is_delete_marker}
        records = {one.key: one for one in listed if one.key not in removed}
        for key, version in records.items():
            with suppress(ArtefactError, NotFoundError):
                found.append(_record(key, self._read(version)))
        return tuple(found)

    def all_keys(self) -> tuple[str, ...]:
        """List everything of which there is a version: what is public, and what a delete marker hides."""
        return tuple(dict.fromkeys(one.key for one in self._objects.versions("") if not one.is_delete_marker))

    def is_removed(self, key: str) -> bool:
        """Tell whether nobody reads a key because a delete marker stands on it; its versions stay until removed too."""
        if not any(one.key == key and one.is_delete_marker for one in self._objects.versions(key)):
            return False
        try:
            self._objects.read(key)
        except NotFoundError:
            return True
        return False

    def _record_at(self, key: str) -> Publication:
        return _record(key, self._objects.read(key))

    def _read(self, version: StoredVersion) -> bytes:
        return self._cache.read(self._objects, version) if self._cache is not None else self._objects.read(version.key)

    def _create(self, inspection_id: str, key: str, data: bytes, media_type: str) -> None:
        if not self._objects.create(key, data, media_type) and self._objects.read(key) != data:
            message = (
                f"{inspection_id}: {key} is published already with other bytes than those approved; "
                "nothing was overwritten: tell the press office"
            )
            raise ArtefactError(message)


def _record(key: str, data: bytes) -> Publication:
    try:
        return Publication.model_validate_json(data)
    except ValidationError:
        message = f"{key}: wanted the record of a publication, found something else; tell the press office"
        raise ArtefactError(message) from None
