"""Replace this process with a command that ends when its supervisor dies; a script on the standard library alone.

A program of its own, not a `preexec_fn`: code between fork and exec may deadlock in a process that has threads.

Usage: die_with_parent.py <pid of the supervisor> <command> [<argument> ...]
"""

from __future__ import annotations

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1


def main() -> None:
    """Ask Linux for SIGTERM at the death of the supervisor, then execute the command."""
    supervisor, command = int(sys.argv[1]), sys.argv[2:]
    os.umask(0o077)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0)
        if os.getppid() != supervisor:
            # It died before the line above, so no signal will come.
            sys.exit("the supervisor has died")
    try:
        os.execv(command[0], command)  # noqa: S606 - no shell is expected
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


if __name__ == "__main__":
    main()
