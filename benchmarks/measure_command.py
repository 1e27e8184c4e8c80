"""Run one command and print, as JSON, its seconds, its processor seconds, its highest memory and how it ended.

    python -m benchmarks.measure_command COMMAND ...

In a process of its own that imports nearly nothing, because a process inherits as its own highest memory what the one
that started it had. Everything that the command prints is thrown away.
"""

from __future__ import annotations

import json
import os
import sys
import time


def main() -> None:
    """Run what the command line says."""
    command = sys.argv[1:]
    silent = (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)
    start = time.perf_counter()
    process = os.posix_spawn(command[0], command, os.environ, file_actions=[silent])
    _, status, usage = os.wait4(process, 0)
    found = {
        "seconds": time.perf_counter() - start,
        "processor_seconds": usage.ru_utime + usage.ru_stime,
        "kilobytes": usage.ru_maxrss,
        "exit": os.waitstatus_to_exitcode(status),
    }
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
