"""What was altered through S3 is found by `ncpi audit verify`, and named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from typer.testing import CliRunner

from deployments.program import program
from deployments.stack.stack import Stack
from desk.acts.context import open_desk, open_read_only
from desk.acts.opening import open_inspection
from desk.acts.submission import FORMS, submit
from schemas.lifecycle.moves import State
from storage.s3.client import client_for
from storage.settings import Bucket, Duty
from tests.support.returns import write_fieldwork
from tests.support.servers.running import wait_for
from tests.support.world import LEAD, MANAGER

pytestmark = [pytest.mark.live, pytest.mark.timeout(600)]


def verify(inspection: str) -> tuple[int, list[dict[str, object]]]:
    result = CliRunner().invoke(program, ["audit", "verify", inspection, "--json"])
    return result.exit_code, json.loads(result.output)["faults"]


def drafted(folder: Path, inspection: str) -> str:
    """Take an inspection of its own to its draft."""
    context = open_desk()
    open_inspection(context, inspection, MANAGER)
    submit(context, inspection, write_fieldwork(folder, inspection), FORMS["fieldwork"], LEAD)
    wait_for(inspection, State.REPORT_DRAFTED)
    assert verify(inspection) == (0, [])
    return inspection


@pytest.fixture(scope="module")
def whole(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> str:
    return drafted(tmp_path_factory.mktemp("whole"), "dorset-2020")


@pytest.fixture(scope="module")
def altered(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> str:
    return drafted(tmp_path_factory.mktemp("altered"), "dorset-2021")


def test_a_replaced_artefact_is_found(altered: str) -> None:
    digest = open_read_only().ledger.history(altered).recorded[-1].entry.document.sha256
    client_for(Duty.INTAKE).put_object(
        Bucket=Bucket.PRIVATE.value, Key=f"artefacts/{altered}/{digest}", Body=b"other bytes"
    )
    status, faults = verify(altered)
    assert status == 1
    assert [(fault["layer"], fault["entry"]) for fault in faults] == [("artefact", 3)]
    assert digest[:12] in faults[0]["message"]


def test_an_entry_replaced_by_the_ledgers_own_key_is_found(altered: str) -> None:
    key = f"ledger/{altered}/00000001.json"
    client = client_for(Duty.LEDGER)
    data = client.get_object(Bucket=Bucket.LEDGER.value, Key=key)["Body"].read()
    client.put_object(Bucket=Bucket.LEDGER.value, Key=key, Body=data.replace(b"rhian.morgan", b"someone.else"))
    status, faults = verify(altered)
    assert status == 1
    found = [(fault["layer"], fault["entry"]) for fault in faults]
    assert found.count(("versions", 1)) == 1
    message = next(str(fault["message"]) for fault in faults if fault["layer"] == "versions")
    assert message == f"{key}: 2 versions; every key has one"


def test_the_ledgers_key_cannot_set_a_delete_marker(whole: str) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        client_for(Duty.LEDGER).delete_object(Bucket=Bucket.LEDGER.value, Key=f"ledger/{whole}/00000003.json")
    assert verify(whole) == (0, [])


def test_a_stray_public_file_is_found(whole: str) -> None:
    key = f"{whole}/initial-report/report.html"
    client = client_for(Duty.PUBLISH)
    client.put_object(Bucket=Bucket.PUBLIC.value, Key=key, Body=b"never approved")
    try:
        result = CliRunner().invoke(program, ["audit", "verify", "--json"])
        assert result.exit_code == 1
        messages = [fault["message"] for fault in json.loads(result.output)["faults"]]
        assert f"{key} is public, but no entry records its publication" in messages
    finally:
        client.delete_object(Bucket=Bucket.PUBLIC.value, Key=key)
