"""Write a small file that only its owner reads, wholly or not at all."""

from __future__ import annotations

import os
from pathlib import Path

from schemas.errors import StackError

_FOR_OTHERS = 0o077


def write_private_file(path: Path, text: str) -> None:
    """Replace a file in one step, with mode 0600; a crash leaves the old bytes or the new ones."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    # A leftover of an earlier crash would keep its own mode.
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def make_private_folder(path: Path) -> None:
    """Make a folder that only its owner enters, or close an empty one to others.

    Raises:
        StackError: it holds something already and others may enter it. Closing it unasked could lock people out.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.stat().st_mode & _FOR_OTHERS:
        return
    if any(path.iterdir()):
        message = (
            f"{path}: expected a folder that only its owner can enter, found one that others can enter; "
            f"run `chmod 700 {path}`, or name a folder that does not exist yet with --data or NCPI_DATA"
        )
        raise StackError(message)
    path.chmod(0o700)
