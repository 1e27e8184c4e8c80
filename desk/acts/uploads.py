"""The folder a person submits: two plain files, read whole or not at all."""

from __future__ import annotations

import json
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from evidence import document, reader
from schemas.errors import RejectedError
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
                problems.append(Problem(file=name, rule="file-missing", message="cannot be read; fix its rights"))
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


def read_plain_file(path: Path, name: str, largest: int, inspection_id: str) -> bytes:
    """Read a file.

    Args:
        name: what to call it in problems; its own name may be anything.
        largest: how many bytes it may have.

    Raises:
        RejectedError: it is not there, is no plain file, cannot be read or is too large.
    """
    try:
        details = path.lstat()
        if not stat.S_ISREG(details.st_mode):
            # Anything else may never end, or never begin.
            raise _rejected(inspection_id, name, "file-missing", "is a link or a folder; give the file itself")
        if details.st_size > largest:
            message = f"has {details.st_size:,} bytes, the limit is {largest:,}; shorten it"
            raise _rejected(inspection_id, name, "file-too-large", message)
        return path.read_bytes()
    except OSError:
        message = "is not there or cannot be read; fix its path or its rights"
        raise _rejected(inspection_id, name, "file-missing", message) from None


def rejected_file(inspection_id: str, name: str, problems: tuple[Problem, ...]) -> RejectedError:
    """Make the error that lists what is wrong with a file, for the caller to raise."""
    return RejectedError(f"{inspection_id}: {name} rejected", problems)


def _rejected(inspection_id: str, name: str, rule: str, message: str) -> RejectedError:
    return rejected_file(inspection_id, name, (Problem(file=name, rule=rule, message=message),))
