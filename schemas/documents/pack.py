"""The files of a return, as received."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from schemas.identifiers import InspectionId, Sha256
from schemas.model import Record

RETURN: Final = "return.json"
"""Name of a return's document; its table is named by `schemas/documents/tables.py`."""


class StoredFile(Record):
    """A stored file: its name and the digest of its bytes."""

    name: str = Field(max_length=80, pattern=r"^[a-z][a-z0-9-]*\.[a-z]{2,4}$")
    sha256: Sha256
    size_bytes: int = Field(ge=0)
    media_type: str = Field(max_length=80)


class Pack(Record):
    """The files of one return, as received; its digest identifies the submission."""

    kind: Literal["pack"] = "pack"
    inspection: InspectionId
    files: Annotated[tuple[StoredFile, ...], Field(min_length=1)]

    def file(self, name: str) -> StoredFile:
        """Return a file by its name.

        Raises:
            KeyError: the pack has no file of that name.
        """
        for file in self.files:
            if file.name == name:
                return file
        raise KeyError(name)
