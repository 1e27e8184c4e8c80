"""Read what a person sends: plain files, whole or not at all."""

from __future__ import annotations

import json
import re
import stat
from pathlib import Path
from typing import Final

from evidence import document, reader
from schemas.counts import counted
from schemas.documents.pack import RETURN
from schemas.documents.returns import FieldworkReturn
from schemas.errors import RejectedError
from schemas.identifiers import is_inspection_id
from schemas.problems import Problem
from schemas.text import normal

_FILE_NAME: Final = re.compile(r"[A-Za-z0-9 ._()-]{1,60}")
_MAX_NAMES: Final = 5


def read_return(folder: Path, table: str) -> tuple[dict[str, bytes], tuple[Problem, ...]]:
    """Read the two files of a return by name, and list the problems of those that cannot be read."""
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for name, largest in {RETURN: document.MAX_BYTES, table: reader.MAX_BYTES}.items():
        try:
            files[name] = read_plain_file(folder / name, name, largest, RETURN)
        except RejectedError as error:
            problems += error.problems
    return files, tuple(problems)


def inspection_named_in(folder: Path) -> str | None:
    """Return the inspection that a return is for; None when it names none in a form that could exist.

    Raises:
        RejectedError: `return.json` is not there, cannot be read or is no JSON; what is wrong with it.
    """
    data = read_plain_file(folder / RETURN, RETURN, document.MAX_BYTES, "the return")
    try:
        named = json.loads(data.decode().lstrip("\ufeff")).get("inspection")
        named = normal(named) if isinstance(named, str) else None
    except AttributeError:
        return None
    except (ValueError, RecursionError):
        _, problems = document.read_document(data, FieldworkReturn, RETURN)
        raise rejected_file("the return", RETURN, problems) from None
    return named if named is not None and is_inspection_id(named) else None


def read_plain_file(path: Path, name: str, largest: int, inspection_id: str) -> bytes:
    """Read a file.

    Args:
        name: what problems call it; its own name may be anything.
        largest: number of bytes that it may have.

    Raises:
        RejectedError: it is not there, is no plain file, cannot be read or is too large.
    """
    try:
        details = path.lstat()
        if not stat.S_ISREG(details.st_mode):
            # Anything else may never end, or never begin.
            message = "expected a file, found a link or a folder; put the file itself there"
            raise _rejected(inspection_id, name, "file-missing", message)
        if details.st_size > largest:
            message = f"expected at most {largest:,} bytes, found {details.st_size:,}; send its own content alone"
            raise _rejected(inspection_id, name, "file-too-large", message)
        return path.read_bytes()
    except FileNotFoundError:
        looked_for = path.name if _FILE_NAME.fullmatch(path.name) else name
        message = f"expected a file named {looked_for}, found {_files_like(path)}; rename the right one, or add it"
        raise _rejected(inspection_id, name, "file-missing", message) from None
    except OSError:
        message = "expected a file that you may read, found one that cannot be read; fix its path or its rights"
        raise _rejected(inspection_id, name, "file-missing", message) from None


def rejected_file(inspection_id: str, name: str, problems: tuple[Problem, ...]) -> RejectedError:
    """Return the error that lists what is wrong with a file, for the caller to raise."""
    return RejectedError(f"{inspection_id}: {name} rejected", problems)


def _files_like(path: Path) -> str:
    """Return in words which files are where one was looked for; by name only those that may be meant."""
    try:
        names = sorted(one.name for one in path.parent.iterdir() if not one.name.startswith("."))
    except OSError:
        return "no such folder"
    # Other names may say something of somebody, and a refusal is recorded.
    alike = [name for name in names if path.stem.casefold() in name.casefold() and _FILE_NAME.fullmatch(name)]
    shown = alike[:_MAX_NAMES]
    others = [counted(len(names) - len(shown), "other file")] if len(names) > len(shown) else []
    return " and ".join([*([", ".join(shown)] if shown else []), *others]) or "no file there"


def _rejected(inspection_id: str, name: str, rule: str, message: str) -> RejectedError:
    return rejected_file(inspection_id, name, (Problem(file=name, rule=rule, message=message),))
