"""How long verification takes, and how much memory: on a real server cold and warm, and alone on an export.

    python -m benchmarks.verification --inspections 43
    python -m benchmarks.verification --inspections 2000
    python -m benchmarks.verification --inspections 20000 --ledger-only

Inspections of fifteen entries each, signed and sealed, with their artefacts and public files. `--ledger-only` loads and
verifies the ledger alone; `--alone` makes an export of it without a server and verifies that only. Each figure is of a
process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from audit.export.contents import verifier
from audit.export.folder import ExportFolder
from benchmarks.programme import inspection_ids
from deployments.stack.ports import free_ports
from deployments.stack.stack import Stack
from schemas.identifiers import digest_of
from storage.s3.buckets import prepare_buckets
from storage.s3.client import client_for
from storage.s3.objects import ASK_AGAIN
from storage.settings import Bucket, Duty, Settings, settings_of
from tests.support.archive import Archive
from tests.support.memory_buckets import media_type_in

_WRITERS: Final = 16
_A_SEAL: Final = 200
"""Inspections between two seals."""


def make(inspections: int, *, keeps_artefacts: bool) -> Archive:
    """Make the record."""
    archive = Archive(keeps_artefacts=keeps_artefacts, renders_index=False)
    archive.found()
    for position, inspection in enumerate(inspection_ids(inspections)):
        archive.live(inspection)
        if position % _A_SEAL == 0:
            archive.seal()
    archive.seal()
    return archive


def load(archive: Archive, settings: Settings) -> None:
    """Put the record on a server."""
    client = client_for(Duty.ADMIN, settings)
    for bucket in Bucket:
        with ThreadPoolExecutor(_WRITERS) as writers:
            rows = list(archive.bucket(bucket).items())
            list(
                writers.map(
                    lambda row, bucket=bucket: client.put_object(
                        Bucket=bucket.value,
                        Key=row[0],
                        Body=row[1],
                        ContentType=media_type_in(bucket, row[0]),
                        CacheControl=ASK_AGAIN,
                    ),
                    rows,
                )
            )


def write_export(archive: Archive, folder: Path) -> None:
    """Write what an export of the record would hold, but for what is public."""
    target = ExportFolder(folder, "generated", None)
    target.begin()
    for key, data in archive.ledger.items():
        target.write(key, data)
    target.write_json("versions.json", [[key, "", "", False] for key in archive.ledger])
    (folder / verifier().name).write_bytes(verifier().read_bytes())
    target.end("2026-01-01T00:00:00Z")


def measure(name: str, command: Iterable[str], environment: Mapping[str, str]) -> None:
    """Run a command in a process of its own; print its time on the clock, its work and its memory."""
    ran = [sys.executable, "-m", "benchmarks.measure_command", *command]
    said = subprocess.run(ran, env=dict(environment), check=True, stdout=subprocess.PIPE)  # noqa: S603 - our own
    found = json.loads(said.stdout)
    sys.stdout.write(
        f"{name:<28} {found['seconds']:7.1f} s  processor {found['processor_seconds']:6.1f} s  "
        f"memory {found['kilobytes'] / 1000:6.0f} MB  exit {found['exit']}\n"
    )
    sys.stdout.flush()


def measure_product(environment: Mapping[str, str], *, has_artefacts: bool) -> None:
    """Measure `ncpi audit verify`: the ledger alone and everything, cold, then warm."""
    command = [sys.executable, "-m", "deployments.program", "audit", "verify", "--json"]
    measure("ledger, cold", [*command, "--ledger-only", "--cold"], environment)
    measure("ledger, first with snapshot", [*command, "--ledger-only"], environment)
    measure("ledger, warm", [*command, "--ledger-only"], environment)
    if not has_artefacts:
        return
    measure("everything, cold", [*command, "--cold"], environment)
    measure("everything, first", command, environment)
    measure("everything, warm", command, environment)


def on_a_server(inspections: int, folder: Path, *, has_artefacts: bool) -> None:
    """Load a record on a server of its own and verify it."""
    archive = make(inspections, keeps_artefacts=has_artefacts)

    def prepare(environment: Mapping[str, str]) -> None:
        settings = settings_of(environment)
        prepare_buckets(settings)
        load(archive, settings)

    os.environ["PREFECT_API_URL"] = "http://127.0.0.1:9/api"  # one that nobody asks: only S3 is started
    with Stack(folder / "stack", free_ports(), prepare=prepare, serve=False) as stack:
        measure_product(
            {**os.environ, **stack.environment, "NCPI_DATA": str(folder / "auditor")}, has_artefacts=has_artefacts
        )


def alone(inspections: int, folder: Path) -> None:
    """Verify an export with the verifier of one file."""
    archive = make(inspections, keeps_artefacts=False)
    write_export(archive, folder / "export")
    (folder / "note").write_text(archive.notes[-1])
    first = digest_of(archive.ledger["register/00000000.json"])
    del archive
    command = [sys.executable, str(folder / "export" / verifier().name), str(folder / "export"), "--register", first]
    for processes in ("1", "2"):
        measure(
            f"alone, {processes} process(es)",
            [*command, "--note", str(folder / "note"), "--processes", processes],
            os.environ,
        )


def main() -> None:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inspections", type=int, default=43)
    parser.add_argument("--ledger-only", action="store_true", help="leave artefacts and public files out")
    parser.add_argument("--alone", action="store_true", help="only the verifier of one file, on a generated export")
    given = parser.parse_args()
    load_average = os.getloadavg()[0]
    sys.stdout.write(
        f"{given.inspections} inspections of 15 entries, {os.cpu_count()} processors, load {load_average:.0f} before\n"
    )
    with tempfile.TemporaryDirectory(prefix="ncpi-") as folder:
        if not given.alone:
            on_a_server(given.inspections, Path(folder), has_artefacts=not given.ledger_only)
        alone(given.inspections, Path(folder))


if __name__ == "__main__":
    main()
