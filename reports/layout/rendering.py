"""A rendering: one file made from a document, as bytes with a name."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from schemas.model import Record


@dataclass(frozen=True, slots=True)
class Rendering:
    """One file, whole, before anybody has stored it."""

    name: str
    media_type: str
    data: bytes

    @property
    def sha256(self) -> str:
        """The digest by which this file is approved, stored and published."""
        return hashlib.sha256(self.data).hexdigest()


def render_data(document: Record) -> Rendering:
    """Write a document as canonical JSON (RFC 8785), every flag and source in it."""
    return Rendering(
        name="report.json",
        media_type="application/json",
        data=document.to_bytes(),
    )
