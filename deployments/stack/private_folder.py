"""Folders that only their owner may enter."""

from __future__ import annotations

from pathlib import Path

from schemas.errors import StackError
from storage.atomic_file import PRIVATE_FOLDER, make_folder

_RIGHTS_OF_OTHERS = 0o077


def make_private_folder(path: Path) -> None:
    """Create a folder that only its owner may enter, or close an empty one to others.

    Raises:
        StackError: others may enter it and it is not empty, so that closing it could lock people out.
    """
    make_folder(path)
    if not path.stat().st_mode & _RIGHTS_OF_OTHERS:
        return
    if any(path.iterdir()):
        raise StackError(
            f"{path}: expected a folder that only its owner can enter, found one that others can enter; "
            f"run `chmod 700 {path}`, or name a folder that does not exist yet with --data or NCPI_DATA"
        )
    path.chmod(PRIVATE_FOLDER)
