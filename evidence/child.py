"""Examine a return in a child process with limits on memory, time and files, so that a hostile upload harms nothing.

The child gets bytes on standard input and answers with JSON on standard output; it has no credential in its environment
and opens no socket. Whatever it prints beside its answer is dropped: it may hold case data.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from typing import Final

from evidence.examination import Examination, Request, examine
from schemas.errors import InspectionError

MEMORY_BYTES: Final = 4 * 1024**3
"""Address space; Great Expectations and pandas alone map about 1 GiB."""
CPU_SECONDS: Final = 60
WALL_SECONDS: Final = 180
_KEPT: Final = ("PATH", "HOME", "LANG", "PYTHONPATH", "VIRTUAL_ENV")


def examine_in_child(request: Request) -> Examination:
    """Examine a return in a limited child.

    Raises:
        InspectionError: the child was ended by a limit or failed; nothing of the return is repeated.
    """
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    # One thread for each numeric library: a table of cases needs no more, and their pools would eat the address space.
    environment |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    with tempfile.TemporaryDirectory(prefix="ncpi-examine-") as scratch:
        # Great Expectations leaves an empty folder behind at each start; it goes with this one.
        return _run(request, environment | {"TMPDIR": scratch})


def _run(request: Request, environment: dict[str, str]) -> Examination:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "evidence.child"],
            input=request.model_dump_json().encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        message = (
            f"{request.inspection}: checking the return took longer than {WALL_SECONDS} s and was ended; send it again"
        )
        # From None: the original holds the input.
        raise InspectionError(message) from None
    if done.returncode != 0:
        message = (
            f"{request.inspection}: the process that checks returns ended with status {done.returncode} "
            f"(limits: {MEMORY_BYTES // 1024**3} GiB, {CPU_SECONDS} CPU seconds); "
            "make the table smaller, or tell operations"
        )
        raise InspectionError(message)
    return Examination.model_validate_json(done.stdout)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000_000, 10_000_000))


def _answer() -> None:
    _limit()
    answer_to = os.dup(sys.stdout.fileno())
    # Libraries that print would spoil the answer.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    examination = examine(Request.model_validate_json(sys.stdin.buffer.read()))
    with os.fdopen(answer_to, "wb") as answer:
        answer.write(examination.model_dump_json().encode())


if __name__ == "__main__":
    _answer()
