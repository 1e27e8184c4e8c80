"""kill -9 of the runner, Prefect, S3 or the whole demonstration: it completes, and nothing is lost."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.live.processes import eventually
from tests.support.servers.prefect_database import lay_database
from tests.support.servers.running import OURS

pytestmark = [pytest.mark.live, pytest.mark.timeout(900)]
TITLES = {"S3": "the S3 server", "Prefect": "the Prefect server", "flows": "the runner"}


class Demonstration:
    """A `ncpi demo` of its own, and what it says."""

    def __init__(self, data: Path, log: Path) -> None:
        self.data = data
        self.log = log
        environment = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "deployments.program", "demo", "--data", str(data)],
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment | {"NCPI_SWEEP_SECONDS": "5", "PYTHONUNBUFFERED": "1"},
            )

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def wait_for(self, pattern: str, seconds: float = 240) -> None:
        def is_said() -> bool:
            assert self.process.poll() is None or re.search(pattern, self.said()), self.said()
            return re.search(pattern, self.said()) is not None

        eventually(is_said, seconds)

    def kill(self, part: str) -> None:
        record = json.loads((self.data / "stack.json").read_text())
        pid = next(one["pid"] for one in record["running"] if one["title"] == TITLES[part])
        os.kill(pid, signal.SIGKILL)

    def ends(self, seconds: float = 420) -> int:
        return self.process.wait(seconds)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "demo.log"
    path.touch()
    return path


def test_each_part_killed_in_turn_and_the_demonstration_completes(tmp_path: Path, log: Path) -> None:
    lay_database(tmp_path / "data")
    demo = Demonstration(tmp_path / "data", log)
    demo.wait_for("entry 1: fieldwork-return.submitted")
    demo.kill("flows")  # while it checks the return, or before it has heard of it
    demo.wait_for("entry 4: report.approved")
    demo.kill("S3")  # while the report is published
    demo.wait_for("entry 7: review-return.submitted")
    demo.kill("Prefect")  # with the event of the submission perhaps not yet stored
    assert demo.ends() == 0, demo.said()
    said = demo.said()
    assert "Every check held" in said
    assert said.count("ended by signal 9") == 3


@pytest.mark.full
def test_the_whole_demonstration_killed_and_started_again_goes_on(tmp_path: Path, log: Path) -> None:
    lay_database(tmp_path / "data")
    first = Demonstration(tmp_path / "data", log)
    first.wait_for("entry 4: report.approved")
    first.process.kill()
    first.process.wait(30)
    second = Demonstration(tmp_path / "data", log)
    assert second.ends() == 0, second.said()
    said = second.said()
    assert said.count("$ ncpi open") == 1
    assert said.count("$ ncpi submit fieldwork") == 1
    assert "Every check held" in said
