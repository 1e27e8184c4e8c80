"""Write a file whole or not at all: after a crash, its readers find the old bytes or the new ones.

A crash leaves at most the temporary file of its process beside it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

_TEMPORARY: Final = re.compile(r"\..+\.[0-9]+\.part")


def write_atomically(path: Path, data: bytes, *, mode: int = 0o666, sync: bool = True) -> None:
    """Write or replace a file in one step; one thread at a time may write a path.

    Args:
        path: the file, in a folder that exists.
        mode: its permissions, less those that the umask takes away; those of a file that it replaces do not matter.
        sync: whether to return only once the file is on the disk, which takes some milliseconds.

    Raises:
        OSError: the disk or the folder refuses; the old file is as it was.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    # What a crash left would keep its own permissions.
    temporary.unlink(missing_ok=True)
    try:
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(data)
            if sync:
                file.flush()
                os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    if sync:
        # The new name is on the disk only once its folder is.
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def is_temporary(path: Path) -> bool:
    """Return whether a file is what `write_atomically` writes before it has its name."""
    return _TEMPORARY.fullmatch(path.name) is not None


def remove_temporary_files(folder: Path) -> None:
    """Remove what crashed writers left anywhere below a folder to which nobody writes now."""
    for path in filter(is_temporary, folder.rglob(".*.part")):
        path.unlink()
