"""Write a file whole or not at all: after a crash, its readers find the old bytes or the new ones.

Everything that the product writes to a disk comes through here, but for logs, the lock and SQLite's files, which
cannot be replaced. A crash leaves at most a temporary file beside it, which the next writer of the same file removes.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import psutil

PRIVATE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700
_TEMPORARY: Final = re.compile(r"\.(.+)\.([0-9]+)\.part")


def write_atomically(path: Path, data: bytes, *, mode: int = PRIVATE, sync: bool = True) -> None:
    """Write or replace a file in one step; one thread at a time may write a path.

    Args:
        path: the file, in a folder that exists.
        mode: its permissions, less those that the umask takes away; those of a file that it replaces do not matter.
        sync: whether to return only once the file is on the disk, which takes some milliseconds, and to remove what
            crashed writers of it left, which lists its folder.

    Raises:
        OSError: of this path; the disk or the folder refuses, or there is something else than a file, such as a link,
            which is not followed. The old file is as it was.
    """
    with named(path):
        _check_is_file(path)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
        # What a crash left would keep its own permissions.
        temporary.unlink(missing_ok=True)
        if sync:
            _remove_leavings(path)
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


def make_folder(path: Path, mode: int = PRIVATE_FOLDER) -> None:
    """Make a folder and those above it where they are missing; one that is there keeps its permissions.

    Raises:
        OSError: the disk or the folder above refuses, or a file has that name.
    """
    if not path.is_dir():
        # Not `parents=True`, which makes those above with other permissions.
        make_folder(path.parent, mode)
        path.mkdir(mode, exist_ok=True)


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Let an error of the disk name the file that was meant, which a write to a descriptor does not know."""
    try:
        yield
    except OSError as error:
        error.filename, error.filename2 = str(path), None
        raise


def is_temporary(path: Path) -> bool:
    """Return whether a file is what `write_atomically` writes before it has its name."""
    return _TEMPORARY.fullmatch(path.name) is not None


def remove_temporary_files(folder: Path) -> None:
    """Remove what crashed writers left anywhere below a folder to which nobody writes now."""
    for path in filter(is_temporary, folder.rglob(".*.part")):
        path.unlink()


def _check_is_file(path: Path) -> None:
    """Check that a path is free or a file: a device would be replaced, and a link may be somebody else's."""
    try:
        found = path.lstat().st_mode
    except FileNotFoundError:
        return
    if stat.S_ISLNK(found):
        raise OSError(errno.ELOOP, "a symbolic link")
    if stat.S_ISDIR(found):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if not stat.S_ISREG(found):
        raise OSError(errno.EINVAL, "a device or a pipe")


def _remove_leavings(path: Path) -> None:
    for one in path.parent.iterdir():
        found = _TEMPORARY.fullmatch(one.name)
        if found and found[1] == path.name and not psutil.pid_exists(int(found[2])):
            one.unlink(missing_ok=True)
