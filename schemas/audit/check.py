"""What a check of the record found: values that verification produces and a report shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final, Literal, get_args

from pydantic import Field

from schemas.identifiers import Sha256
from schemas.model import Record

Layer = Literal["versions", "chain", "rule", "signature", "register", "seal", "held", "artefact", "public"]
"""A promise of the record (docs/ledger.md); a fault names the one that was broken."""
LAYERS: Final[tuple[Layer, ...]] = get_args(Layer)
"""In the order in which they are printed."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not what was written."""

    layer: Layer
    where: str
    """The inspection; `register`, `seal` or the name of a note, where it is about none."""
    entry: int | None
    """Place of the entry, record or seal; None where it is about none."""
    message: str


@dataclass(frozen=True, slots=True)
class VerifiedLayer:
    """What one layer checked, how much it found, and what was missing for a full check."""

    layer: Layer
    checked: str
    faults: int
    missing: str | None


class RecordCheck(Record):
    """What verification found when the report was made."""

    layers: tuple[VerifiedLayer, ...]
    faults: tuple[Fault, ...] = Field(description="The first of them")
    faults_in_all: int = Field(ge=0)

    @property
    def is_whole(self) -> bool:
        """Whether everything that was checked is what was written."""
        return self.faults_in_all == 0


class CheckpointSummary(Record):
    """The newest seal: its name, how much it covers, and the number that fixes all of it."""

    seal: int = Field(ge=0, description="Its place among the seals, from 0")
    at: dt.datetime = Field(description="UTC, by the sealer's clock")
    origin: str
    size: int = Field(ge=0, description="Objects that are sealed: entries of all inspections and of the register")
    root: Sha256 = Field(description="Root of the tree over them, hexadecimal (RFC 6962)")


class SealCoverage(Record):
    """How far the entries in a report are sealed."""

    checkpoint: CheckpointSummary | None = Field(description="None while there is no seal")
    entries: int = Field(ge=0, description="Entries in the report")
    unsealed: int = Field(ge=0, description="Those of them that are not sealed yet")
    fault: str | None = Field(default=None, description="Why the seals could not be read")
