"""Write a file whole or not at all: after a crash, its readers find the old bytes or the new ones."""

from __future__ import annotations

import os
from pathlib import Path


def write_atomically(path: Path, data: bytes, *, mode: int = 0o666, sync: bool = True) -> None:
    """Write or replace a file in one step.

    Args:
        path: the file, in a folder that exists.
        mode: its permissions, less those that the umask takes away; those of a file that it replaces do not matter.
        sync: whether to return only once the file is on the disk, which takes some milliseconds.

    Raises:
        OSError: the disk or the folder refuses; the old file is as it was.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
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
