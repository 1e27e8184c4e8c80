"""What a check of the record found: values that verification produces and a report shows."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final, Literal, get_args

from pydantic import Field

from schemas.identifiers import Sha256
from schemas.model import Record

Layer = Literal["versions", "chain", "rule", "signature", "register", "seal", "held", "artefact", "public", "bucket"]
"""A promise of the record (docs/ledger.md); a fault names the one that was broken."""
LAYERS: Final[tuple[Layer, ...]] = get_args(Layer)
"""In the order in which they are printed."""
LAYER_WORDS: Final[dict[Layer, str]] = {
    "versions": "Nothing was stored twice or deleted",
    "chain": "Each entry follows the one before it, and none is missing or altered",
    "rule": "Nobody did what the rules forbid: the order of acts, roles, three different people, embargoes",
    "signature": "Each entry was signed by the person whom it names",
    "register": "The list of people, roles and keys is complete, and only those who may have changed it",
    "seal": "What was sealed is unchanged",
    "held": "The record agrees with the notes of seals that you kept",
    "artefact": "Returns, drafts and other files are those that were recorded",
    "public": "The public reads what was approved, and nothing else",
    "bucket": "The store keeps its own rules: every version, how long, who may read, delete and change them",
}
"""What each layer shows where it finds nothing."""
PAPERS: Final[frozenset[Layer]] = frozenset({"register", "held"})
"""Layers that need what people keep outside the system: the digest of the register's first record, notes of seals."""
GIVEN_DIGEST: Final = "the digest that was given"
GIVEN_KEY: Final = "the seal key that was given"
UNFITTING: Final = frozenset({GIVEN_DIGEST, GIVEN_KEY})
"""Where a fault is of what the person who verifies gave: mistyped, or of another record."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is not what was written."""

    layer: Layer
    where: str
    """The inspection; where it is about none, `register`, `seal`, the name of a note, or one of `UNFITTING`."""
    entry: int | None
    """Place of the entry, record or seal; None where it is about none."""
    message: str


@dataclass(frozen=True, slots=True)
class VerifiedLayer:
    """What one layer checked, how many faults it found, and what was missing for a full check."""

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

    @property
    def unfitting(self) -> int:
        """How many faults are of what was given, not of the record."""
        return sum(one.where in UNFITTING for one in self.faults)


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
