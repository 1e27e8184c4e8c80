"""The inspectorate's name at a given time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Final

from schemas.documents.returns import Fieldwork


@dataclass(frozen=True, slots=True)
class Inspectorate:
    """A name, short and in full."""

    short: str
    full: str
    remit: str


HMIC: Final = Inspectorate("HMIC", "Her Majesty’s Inspectorate of Constabulary", "police forces")
_HMICFRS: Final = "Inspectorate of Constabulary and Fire & Rescue Services"
_REMIT: Final = "police forces and fire and rescue services"
HMICFRS_OF_THE_QUEEN: Final = Inspectorate("HMICFRS", f"Her Majesty’s {_HMICFRS}", _REMIT)
HMICFRS_OF_THE_KING: Final = Inspectorate("HMICFRS", f"His Majesty’s {_HMICFRS}", _REMIT)

# HMIC took on fire and rescue services, and the longer name, in the course of July 2017.
_LAST_OF_HMIC: Final = dt.date(2017, 7, 31)
_ACCESSION: Final = dt.date(2022, 9, 8)


def inspectorate_at(fieldwork: Fieldwork) -> Inspectorate:
    """Return the inspectorate under its name at the start of fieldwork."""
    start = fieldwork.start.earliest
    if start <= _LAST_OF_HMIC:
        return HMIC
    return HMICFRS_OF_THE_QUEEN if start < _ACCESSION else HMICFRS_OF_THE_KING
