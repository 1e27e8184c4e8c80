"""One file that a person sends along with an act: a plain file, read whole or not at all."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

from schemas.errors import RejectedError
from schemas.problems import Problem

if TYPE_CHECKING:
    from pathlib import Path


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
        message = "is not there or cannot be read; mend its path or its rights"
        raise _rejected(inspection_id, name, "file-missing", message) from None


def rejected_file(inspection_id: str, name: str, problems: tuple[Problem, ...]) -> RejectedError:
    """Make the error that lists what is wrong with a file, for the caller to raise."""
    return RejectedError(f"{inspection_id}: {name} rejected", problems)


def _rejected(inspection_id: str, name: str, rule: str, message: str) -> RejectedError:
    return rejected_file(inspection_id, name, (Problem(file=name, rule=rule, message=message),))
