"""How long `ncpi status` takes to print the board of many inspections, on a real server.

    python -m benchmarks.board [--inspections 43] [--runs 9]

Inspections that wait for their review, each a copy of one that was taken there in memory. Each run is a process of its
own; the first reads every entry from the server. Aim: 1.0 s for 43 inspections on a quiet machine.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.programme import inspection_ids, write_ledgers
from benchmarks.verification import measure
from deployments.stack.ports import free_ports
from deployments.stack.stack import Stack
from domain.lifecycle.history import History
from storage.s3.buckets import prepare_buckets
from storage.s3.objects import open_bucket
from storage.settings import Bucket, Duty, settings_of
from tests.support.returns import write_fieldwork
from tests.support.world import World


def awaiting_review(folder: Path) -> History:
    """Take one inspection in memory to where it waits for its review."""
    world = World()
    world.open()
    world.submit("fieldwork", write_fieldwork(folder))
    world.deliver()
    world.approve()
    world.deliver()
    return world.history()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inspections", type=int, default=43)
    parser.add_argument("--runs", type=int, default=9)
    chosen = parser.parse_args()
    inspections = inspection_ids(chosen.inspections)
    with tempfile.TemporaryDirectory() as folder:
        template = awaiting_review(Path(folder))

    def prepare(environment: Mapping[str, str]) -> None:
        settings = settings_of(environment)
        prepare_buckets(settings)
        write_ledgers(open_bucket(Bucket.LEDGER, Duty.LEDGER, settings), template, inspections)

    os.environ["PREFECT_API_URL"] = "http://127.0.0.1:9/api"  # one that nobody asks: only S3 is started
    with (
        tempfile.TemporaryDirectory(prefix="ncpi-board-") as folder,
        Stack(Path(folder), free_ports(), prepare=prepare, serve=False) as stack,
    ):
        environment = {**os.environ, **stack.environment, "NCPI_DATA": str(Path(folder) / "desk")}
        for _ in range(chosen.runs):
            measure("status", [sys.executable, "-m", "deployments.program", "status"], environment)


if __name__ == "__main__":
    main()
