"""A process that tries cases, each in a fork of its own, and says what it took.

A case that crashes ends its fork alone. The process has loaded what the cases need and has no other thread, as the product's checker.

Usage: python -m tests.corpus.measured, which reads the ids of cases and answers each with a line of JSON.
"""

from __future__ import annotations

import gc
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

from evidence.gate import preload
from tests.corpus.kinds import CASES, KINDS, kind_of

if TYPE_CHECKING:
    from tests.corpus.case import Case

_WALL_SECONDS: Final = 240
"""Only for what waits for ever; the CPU time that a case takes is held by the test."""
_KILOBYTE: Final = 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What came of a case."""

    fault: str
    """What did not hold; empty when all did."""
    cpu_seconds: float = 0.0
    growth_bytes: int = 0
    """Peak of the resident memory above what it was before the case."""


class Trials:
    """The process, from the side of whoever asks."""

    def __init__(self) -> None:
        # One thread for each numeric library: a process with threads must not fork.
        environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "COLUMNS": "400"}
        # Where nobody listens: a parameter that refers to a block makes Prefect ask a server, or start one.
        environment |= {"PREFECT_API_URL": "http://127.0.0.1:9/api", "PREFECT_CLIENT_MAX_RETRIES": "0"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.corpus.measured"],
            cwd=Path(__file__).parents[2],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def measure(self, case: Case) -> Measured:
        """Try a case."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{case.id}\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, "the process that tries cases ended"
        return Measured(**json.loads(answer))

    def end(self) -> None:
        """End the process."""
        self._process.communicate()


def try_in_fork(case: Case) -> Measured:
    """Try a case in a fork of this process."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        signal.alarm(_WALL_SECONDS)
        os.close(reading)
        with os.fdopen(writing, "w") as answer:
            json.dump(_tried(case), answer)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as answer:
        written = answer.read()
    _, status = os.waitpid(child, 0)
    return Measured(**json.loads(written)) if written else Measured(fault=f"it died, status {status}")


def _tried(case: Case) -> dict[str, object]:
    # By class and place, with the text of our own assertions: what a case holds may be long.
    try:
        sent = case.build()
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5")  # the peak is counted from here
        before, started = _memory("VmRSS"), time.process_time()
        kind_of(case).check(case, sent)
        took = {"cpu_seconds": time.process_time() - started, "growth_bytes": max(0, _memory("VmHWM") - before)}
    except BaseException:  # noqa: BLE001 - whatever it is, it is what we look for
        return {"fault": traceback.format_exc(limit=-4)[-3000:]}
    return {"fault": "", **took}


def _memory(name: str) -> int:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:")) * _KILOBYTE


def main() -> None:
    """Load everything, then try what is asked for."""
    answers: IO[str] = os.fdopen(os.dup(1), "w")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    preload()
    for kind in KINDS:
        kind.prepare()
    gc.freeze()
    cases = {case.id: case for case in CASES}
    for line in sys.stdin:
        measured = try_in_fork(cases[line.strip()])
        answers.write(json.dumps({name: getattr(measured, name) for name in Measured.__slots__}) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
