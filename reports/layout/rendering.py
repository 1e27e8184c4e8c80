"""Renderings: files made from a document."""

from __future__ import annotations

from dataclasses import dataclass

from schemas.identifiers import digest_of
from schemas.model import Record


@dataclass(frozen=True, slots=True)
class Rendering:
    """One file made from a document, not yet stored."""

    name: str
    media_type: str
    data: bytes

    @property
    def sha256(self) -> str:
        """The digest by which this file is approved, stored and published."""
        return digest_of(self.data)


def render_data(document: Record) -> Rendering:
    """Render a document as canonical JSON (RFC 8785), with every flag and source."""
    return Rendering(name="report.json", media_type="application/json", data=document.to_bytes())
