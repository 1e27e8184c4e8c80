"""What verification finds, and by which layer: a layer is a promise, so a finding says which one was broken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, get_args

Layer = Literal["versions", "chain", "rule", "signature", "register", "seal", "held", "artefact", "public"]
LAYERS: Final[tuple[Layer, ...]] = get_args(Layer)
"""In the order in which they are printed."""


@dataclass(frozen=True, slots=True)
class VerificationFinding:
    """One thing that is not what was written."""

    layer: Layer
    where: str
    """The inspection; `register`, `seal` or the name of a held note, where it is about none."""
    entry: int | None
    """Place of the entry, record or seal; None where it is about none."""
    message: str


def of_key(layer: Layer, key: str, message: str) -> VerificationFinding:
    """Make a finding about one key of the ledger bucket."""
    top, _, rest = key.partition("/")
    name = key.rpartition("/")[2].removesuffix(".json")
    place = int(name) if name.isascii() and name.isdigit() else None
    return VerificationFinding(layer, rest.partition("/")[0] if top == "ledger" else top, place, f"{key}: {message}")
