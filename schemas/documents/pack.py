"""The files of a return, exactly as received."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from pydantic import Field

from schemas.identifiers import InspectionId, Sha256
from schemas.model import Record

RETURN: Final = "return.json"
"""Name of a return's document; its table is named by `schemas/documents/tables.py`."""


class StoredFile(Record):
    """One file as stored: its name for people, its bytes by digest."""

    name: str = Field(max_length=80, pattern=r"^[a-z][a-z0-9-]*\.[a-z]{2,4}$")
    sha256: Sha256
    size_bytes: int = Field(ge=0)
    media_type: str = Field(max_length=80)


class Pack(Record):
    """The files of one return exactly as received; its digest names the submission."""

    kind: Literal["pack"] = "pack"
    inspection: InspectionId
    files: Annotated[tuple[StoredFile, ...], Field(min_length=1)]

    def file(self, name: str) -> StoredFile:
        """Find a file by name; KeyError when the pack has none of that name."""
        for file in self.files:
            if file.name == name:
                return file
        raise KeyError(name)
