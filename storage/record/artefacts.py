"""Artefacts, the files that entries are about: stored in the private bucket by SHA-256 and checked when read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeVar

from pydantic import ValidationError

from schemas.documents.pack import StoredFile
from schemas.errors import ArtefactError, NotFoundError
from schemas.identifiers import digest_of
from schemas.lifecycle.entry import DocumentReference
from schemas.model import Record
from storage import keys
from storage.s3.objects import Objects
from storage.s3.parallel import in_parallel

DocumentT = TypeVar("DocumentT", bound=Record)
JSON = "application/json"
_SMALL_BYTES = 1_000_000
_MAX_KEPT = 16


class NewFile(Protocol):
    """A file that is not stored yet, such as a rendering."""

    @property
    def name(self) -> str:
        """The name that people know it by."""

    @property
    def media_type(self) -> str:
        """What it is, for a browser."""

    @property
    def data(self) -> bytes:
        """Its bytes."""


class Artefacts:
    """The artefacts of all inspections, in the private bucket."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        self._checked: dict[str, bytes] = {}
        """What was lately read and checked, by key; bytes under their digest never change."""

    def store(self, inspection_id: str, data: bytes, media_type: str) -> DocumentReference:
        """Store bytes, unless the same bytes are there already."""
        digest = digest_of(data)
        key = keys.artefact(inspection_id, digest)
        if not self._objects.create(key, data, media_type):
            # Most likely stored by ourselves before a crash; check that the bytes are those of the name.
            self.read(inspection_id, digest)
        return DocumentReference(sha256=digest, size_bytes=len(data), media_type=media_type, key=key)

    def store_document(self, document: Record, inspection_id: str) -> DocumentReference:
        """Store a document as canonical JSON."""
        return self.store(inspection_id, document.to_bytes(), JSON)

    def store_files(self, inspection_id: str, files: Sequence[NewFile]) -> tuple[StoredFile, ...]:
        """Store files, several at a time, and return them under the names that they bear."""

        def store(file: NewFile) -> StoredFile:
            stored = self.store(inspection_id, file.data, file.media_type)
            return StoredFile(
                name=file.name, sha256=stored.sha256, size_bytes=stored.size_bytes, media_type=stored.media_type
            )

        return tuple(in_parallel(store, files))

    def read(self, inspection_id: str, digest: str) -> bytes:
        """Read bytes and check them against their digest.

        Raises:
            ArtefactError: they are gone, or are not the bytes that were recorded.
        """
        key = keys.artefact(inspection_id, digest)
        if key in self._checked:
            return self._checked[key]
        try:
            data = self._objects.read(key)
        except NotFoundError:
            raise ArtefactError(
                f"{inspection_id}: artefact {digest[:12]}…: expected it, found none; restore it from a backup"
            ) from None
        if digest_of(data) != digest:
            raise ArtefactError(
                f"{inspection_id}: artefact {digest[:12]}…: expected its bytes, found others (SHA-256 "
                f"{digest_of(data)[:12]}…); it was altered: tell management, and restore it from a backup"
            )
        if len(data) <= _SMALL_BYTES:
            if len(self._checked) >= _MAX_KEPT:
                self._checked.clear()
            self._checked[key] = data
        return data

    def read_document(self, model: type[DocumentT], inspection_id: str, digest: str) -> DocumentT:
        """Read a document, and check its bytes and form.

        Raises:
            ArtefactError: the bytes are not such a document.
        """
        data = self.read(inspection_id, digest)
        try:
            return model.model_validate_json(data)
        except ValidationError:
            raise ArtefactError(
                f"{inspection_id}: artefact {digest[:12]}…: expected a document of its kind, found something else"
            ) from None
