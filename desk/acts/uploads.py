"""The folder a person submits: two plain files, read whole or not at all."""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence import document, reader
from schemas.identifiers import is_inspection_id
from schemas.problems import Problem

if TYPE_CHECKING:
    from pathlib import Path

RETURN = "return.json"


@dataclass(frozen=True, slots=True)
class Folder:
    """The bytes of a return as they lie on the sender's disk."""

    document: bytes
    table: bytes


def read_folder(folder: Path, table: str) -> tuple[Folder | None, tuple[Problem, ...]]:
    """Read the two files of a return; None, with every problem, when one cannot be."""
    limits = {RETURN: document.LARGEST_BYTES, table: reader.LARGEST_BYTES}
    contents: dict[str, bytes] = {}
    problems: list[Problem] = []
    for name, limit in limits.items():
        path = folder / name
        try:
            details = path.lstat()
        except OSError:
            problems.append(Problem(file=name, rule="file-missing", message="is not in the folder; add it"))
            continue
        if not stat.S_ISREG(details.st_mode):
            problems.append(
                Problem(file=name, rule="file-missing", message="is a link or a folder; put the file itself there")
            )
        elif details.st_size > limit:
            problems.append(
                Problem(
                    file=name,
                    rule="file-too-large",
                    message=f"has {details.st_size:,} bytes, the limit is {limit:,}; send the table alone",
                )
            )
        else:
            try:
                contents[name] = path.read_bytes()
            except OSError:
                problems.append(Problem(file=name, rule="file-missing", message="cannot be read; mend its rights"))
    if problems:
        return None, tuple(problems)
    return Folder(contents[RETURN], contents[table]), ()


def inspection_named_in(folder: Path) -> str | None:
    """Look up which inspection a return says it is for; None when it does not say so in a form we know."""
    path = folder / RETURN
    try:
        details = path.lstat()
        # Anything but a plain file may never end, or never begin.
        if not stat.S_ISREG(details.st_mode) or details.st_size > document.LARGEST_BYTES:
            return None
        named = json.loads(path.read_bytes()).get("inspection")
    except (OSError, ValueError, AttributeError, RecursionError):
        return None
    return named if isinstance(named, str) and is_inspection_id(named) else None
