"""Errata files that correct the documents of `returns.py`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def erratum(was: str = "Finding I2 as", now: str = "Finding I2 just as", **changes: Any) -> dict[str, Any]:
    """Make an erratum of the initial report."""
    return {"place": "finding I2, page 3", "was": was, "now": now, "why": "a word was left out", **changes}


def errata(*each: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """Make the errata of the initial report, one if none is given."""
    return {
        "kind": "errata",
        "inspection": "south-wales-2015",
        "of": "initial-report",
        "errata": list(each) or [erratum()],
        **changes,
    }


def write_errata(folder: Path, *each: dict[str, Any], **changes: Any) -> Path:
    """Write an errata file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "errata.json"
    file.write_text(json.dumps(errata(*each, **changes)))
    return file
