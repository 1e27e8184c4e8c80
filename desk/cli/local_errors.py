"""Exit statuses, and errors of the computer at which somebody sits: its files, its room, its standard output.

The program imports it at its start, so it imports nothing that is slow to load.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Final

UNREACHABLE: Final = 5
UNWRITABLE: Final = 6
INTERRUPTED: Final = 130
"""As shells have it: 128 and the number of the signal."""
EXIT_STATUSES: Final = {
    0: "done",
    1: "the record or the system is wrong",
    2: "wrong input",
    3: "refused by the rules",
    4: "not found",
    UNREACHABLE: "a server did not answer; doing it again is safe",
    UNWRITABLE: "this computer could not read or write a file or standard output, has no room, or may open no more "
    "files; it says nothing about the record",
    INTERRUPTED: "interrupted with Ctrl-C; look with `ncpi status`, doing it again is safe",
}

_MAKE_ROOM: Final = "make room, or choose another disk"
_TO_DO: Final = {
    errno.ENOSPC: _MAKE_ROOM,
    errno.EDQUOT: _MAKE_ROOM,
    errno.EFBIG: "raise the limit of a file's size (`ulimit -f`)",
    errno.ENOENT: "make its folder first, or name another",
}
_OUT_OF_HANDLES: Final = (errno.EMFILE, errno.ENFILE)
_OF_OUTPUT: Final = (errno.EPIPE, errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
"""How a write to standard output fails. Such an error names no file; that of every other write of the product does."""


def message_of(error: OSError) -> str:
    """Return what people are told about an error of their computer; empty for a pipe whose reader has read enough.

    Raises:
        OSError: it is none about which they can do anything.
    """
    found, to_do = error.strerror, _TO_DO.get(error.errno or 0, "name another")
    if error.errno in _OUT_OF_HANDLES:
        message = f"expected to open one more file or connection, found {found}; end programs, or raise `ulimit -n`"
    elif error.filename is not None:
        message = f"{error.filename}: expected a file or folder that can be read or written, found {found}; {to_do}"
    elif error.errno == errno.EPIPE:
        return ""
    elif error.errno in _OF_OUTPUT:
        message = f"standard output: expected to write all of it, found {found}; {to_do}"
    else:
        raise error
    return f"{message}. An act that was confirmed is done: look with `ncpi status`, then run the command again"


def out_of_handles(error: BaseException | None) -> OSError | None:
    """Return why no server could be asked, where it is that this process may open no more files."""
    while error is not None:
        if isinstance(error, OSError) and error.errno in _OUT_OF_HANDLES:
            return error
        error = getattr(error, "kwargs", {}).get("error") or error.__cause__ or error.__context__
    return None


@contextmanager
def whole_output() -> Iterator[None]:
    """Run a program to its exit, with a message and a status of its own where not all of its output was taken."""
    output = sys.stdout
    if output is None:
        _complain("standard output: expected an open one, found it closed; nothing was done: give one, or /dev/null")
        sys.exit(UNWRITABLE)
    status: str | int | None = 0
    try:
        try:
            yield
        except SystemExit as end:
            # Typer ends at a closed pipe by itself, with status 1.
            status = UNWRITABLE if isinstance(end.__context__, BrokenPipeError) else end.code
        if status != UNWRITABLE:
            output.flush()
    except OSError as error:
        _complain(message_of(error))
        status = UNWRITABLE
    if status == UNWRITABLE:
        # The interpreter would try what is unwritten again at its end, fail, and end with another status.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123, SIM115 - as long as the process lives
    sys.exit(status)


def _complain(message: str) -> None:
    if message and sys.stderr is not None:
        with suppress(OSError):
            sys.stderr.write(f"{message}\n")
