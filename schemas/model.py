"""The base of every record: strict, frozen, without extra fields, and without its input in error messages."""

from __future__ import annotations

from typing import Self

import rfc8785
from pydantic import BaseModel, ConfigDict


class Record(BaseModel):
    """A value that is validated when it is made and never changes."""

    model_config = ConfigDict(
        frozen=True,
        strict=True,
        extra="forbid",
        # An invalid value may be case data; it must not reach a log or a traceback.
        hide_input_in_errors=True,
    )

    def to_bytes(self) -> bytes:
        """Encode as canonical JSON (RFC 8785), the bytes that are stored and hashed."""
        return rfc8785.dumps(self.model_dump(mode="json"))

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Decode stored bytes.

        Raises:
            pydantic.ValidationError: the bytes are not of such a record; the error does not show them.
        """
        return cls.model_validate_json(data)
