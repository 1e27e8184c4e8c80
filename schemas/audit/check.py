"""What a check of the record found, as values that a report shows: layer by layer, and how far it is sealed."""

from __future__ import annotations

import datetime as dt

from pydantic import Field

from schemas.identifiers import Sha256
from schemas.model import Record


class CheckedLayer(Record):
    """One promise of the record, and what became of it."""

    layer: str = Field(description="`chain`, `signature`, `seal` and so on (docs/ledger.md)")
    checked: str = Field(description="How much was checked, in words")
    findings: int = Field(ge=0, description="What is not what was written")
    lacked: str | None = Field(description="What whoever checked would have needed to check more")


class CheckFinding(Record):
    """One thing that is not what was written."""

    layer: str
    where: str = Field(description="The inspection; `register` or `seal` where it is about none")
    entry: int | None
    message: str


class RecordCheck(Record):
    """What verification said when the report was made."""

    layers: tuple[CheckedLayer, ...]
    findings: tuple[CheckFinding, ...] = Field(description="The first of them")
    findings_in_all: int = Field(ge=0)

    @property
    def is_whole(self) -> bool:
        """Whether everything that was checked is what was written."""
        return self.findings_in_all == 0


class CheckpointSummary(Record):
    """The newest seal: what it is called, how much it covers, and the number that fixes all of it."""

    seal: int = Field(ge=0, description="Its place among the seals, from 0")
    at: dt.datetime = Field(description="UTC, by the sealer's clock")
    origin: str
    size: int = Field(ge=0, description="Objects that are sealed: entries of all inspections and of the register")
    root: Sha256 = Field(description="Root of the tree over them, hexadecimal (RFC 6962)")


class Seals(Record):
    """How far what is reported on is sealed."""

    checkpoint: CheckpointSummary | None = Field(description="None while there is no seal")
    entries: int = Field(ge=0, description="Entries that are reported on")
    unsealed: int = Field(ge=0, description="Those of them that no seal holds yet")
    fault: str | None = Field(default=None, description="Why the seals could not be read")
