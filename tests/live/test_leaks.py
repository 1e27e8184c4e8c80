"""Nothing of a case row leaves the private bucket: canaries in every cell, looked for everywhere else."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from deployments.demonstration import HMI_REPORT, LEAD, MANAGER
from deployments.program import program
from desk.decision import approve
from desk.office import open_office, open_reading_room
from desk.opening import open_inspection
from desk.submission import FORMS, submit
from domain.approval import latest_draft
from schemas.errors import RejectedError
from schemas.moves import State
from schemas.tables import PROGRESS
from storage.client import client_for
from storage.settings import Bucket, Duty
from tests.support.returns import as_csv, case_rows, fieldwork_return, progress_rows, review_return
from tests.support.running import wait_for

if TYPE_CHECKING:
    from deployments.stack import Stack

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]
INSPECTION = "wiltshire-2015"
CANARY = "zqcanary"
REFERENCE = "CA-97"
"""Case references of this test's rows begin so, and those of no other test."""
# Not inside hexadecimal digits: one UUID in some ten thousand holds `ca-97`.
_LEAK = re.compile(rf"{CANARY}|(?<![0-9a-f]){REFERENCE}[0-9]{{2}}(?![0-9a-f-])".encode(), re.IGNORECASE)


def write(folder: Path, name: str, document: dict[str, object], table: bytes) -> Path:
    folder.mkdir()
    (folder / "return.json").write_text(json.dumps(document))
    (folder / name).write_bytes(table)
    return folder


def canary_rows() -> list[dict[str, str]]:
    return [
        row | {"case_reference": f"{REFERENCE}{number:02d}", "rationale": f"{CANARY} {number} said a neighbour"}
        for number, row in enumerate(case_rows())
    ]


@pytest.fixture(scope="module")
def lived(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Stack:
    """Send broken and good returns full of canaries through a whole life."""
    folder = tmp_path_factory.mktemp("canaries")
    office = open_office()
    open_inspection(office, INSPECTION, MANAGER)
    bad_rows = [row | {"case_type": f"{CANARY} type", "inspector_grade": f"{CANARY} grade"} for row in canary_rows()]
    headerless = as_csv(bad_rows).split(b"\n", 1)[1]
    unknown_column = as_csv(canary_rows()).replace(b"rationale", f"{CANARY}_column".encode(), 1)
    unknown_field = fieldwork_return(INSPECTION) | {f"{CANARY}_field": f"{CANARY} value"}
    for name, document, table in (
        ("values", fieldwork_return(INSPECTION), as_csv(bad_rows)),
        ("headerless", fieldwork_return(INSPECTION), headerless),
        ("column", fieldwork_return(INSPECTION), unknown_column),
        ("field", unknown_field, as_csv(canary_rows())),
    ):
        with pytest.raises(RejectedError) as refusal:
            submit(office, INSPECTION, write(folder / name, "cases.csv", document, table), FORMS["fieldwork"], LEAD)
        assert CANARY not in str([str(problem) for problem in refusal.value.problems])
    good = write(folder / "good", "cases.csv", fieldwork_return(INSPECTION), as_csv(canary_rows()))
    submit(office, INSPECTION, good, FORMS["fieldwork"], LEAD)
    for waiting, afterwards in ((State.REPORT_DRAFTED, State.AWAITING_REVIEW), (State.REVIEW_DRAFTED, State.COMPLETE)):
        if waiting is State.REVIEW_DRAFTED:
            rows = [row | {"evidence": f"{CANARY} evidence of a case"} for row in progress_rows()]
            table = as_csv(rows, PROGRESS.column_names)
            review = write(folder / "review", "progress.csv", review_return(INSPECTION), table)
            submit(office, INSPECTION, review, FORMS["review"], LEAD)
        wait_for(INSPECTION, waiting)
        document = latest_draft(office.stores.ledger.history(INSPECTION)).entry.document
        assert document is not None
        approve(office, INSPECTION, document.sha256, HMI_REPORT)
        wait_for(INSPECTION, afterwards)
    return stack


def leaks_in(data: bytes) -> bool:
    return _LEAK.search(data) is not None


def test_the_canaries_are_where_they_may_be(lived: Stack) -> None:
    """A leak test that looks for what is nowhere could not fail."""
    client = client_for(Duty.INTAKE)
    pages = client.get_paginator("list_objects_v2").paginate(
        Bucket=Bucket.PRIVATE.value, Prefix=f"artefacts/{INSPECTION}/"
    )
    keys = [one["Key"] for page in pages for one in page.get("Contents", [])]
    holding = [key for key in keys if leaks_in(client.get_object(Bucket=Bucket.PRIVATE.value, Key=key)["Body"].read())]
    assert len(holding) == 2  # the two tables that were taken in, and nothing that was made of them


def test_nothing_in_the_ledger_or_the_public_bucket(lived: Stack) -> None:
    stores = open_reading_room()
    client = client_for(Duty.AUDITOR)
    for bucket in (Bucket.LEDGER, Bucket.PUBLIC):
        for page in client.get_paginator("list_objects_v2").paginate(Bucket=bucket.value):
            for one in page.get("Contents", []):
                data = client.get_object(Bucket=bucket.value, Key=one["Key"])["Body"].read()
                assert not leaks_in(data), one["Key"]
    assert stores.public.record(INSPECTION, "review") is not None


def test_nothing_in_prefects_database(lived: Stack) -> None:
    """Runs, parameters, states, logs, events, artifacts: every cell of every table."""
    looked_at = 0
    for path in lived.data.rglob("*.db"):
        with closing(sqlite3.connect(path)) as database:
            tables = [name for (name,) in database.execute("select name from sqlite_master where type = 'table'")]
            for table in tables:
                for row in database.execute(f'select * from "{table}"'):
                    looked_at += 1
                    assert not leaks_in(repr(row).encode()), f"{path.name}: {table}"
    assert looked_at > 100


def test_nothing_in_any_log(lived: Stack) -> None:
    logs = [path for path in (lived.data / "logs").rglob("*") if path.is_file()]
    assert any(path.stat().st_size for path in logs)
    for path in logs:
        assert not leaks_in(path.read_bytes()), path.name


def test_nothing_in_the_exports_of_the_desk(lived: Stack) -> None:
    for words in (["audit", INSPECTION], ["audit", INSPECTION, "--format", "csv"], ["status", INSPECTION, "--json"]):
        result = CliRunner().invoke(program, words)
        assert result.exit_code == 0
        assert not leaks_in(result.output.encode())
    rows = list(csv.reader(io.StringIO(CliRunner().invoke(program, ["audit", INSPECTION, "--format", "csv"]).output)))
    assert len(rows) > 10
