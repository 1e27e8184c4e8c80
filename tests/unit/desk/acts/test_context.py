"""The desk's keys: each act with no more of them than it needs, against an S3 server in this process."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import boto3
import moto
import pytest

from desk.acts.context import open_desk
from desk.acts.opening import open_inspection
from desk.acts.submission import FORMS, submit
from schemas.errors import SettingsError
from schemas.lifecycle.moves import State
from storage.s3.objects import S3Objects, open_bucket
from storage.settings import Bucket, Duty, Settings
from tests.support.returns import write_fieldwork
from tests.support.world import INSPECTION, LEAD, MANAGER, examine_once


@pytest.fixture(autouse=True)
def _an_s3_server_and_no_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in list(os.environ):
        if name.startswith(("NCPI_", "PREFECT_API")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NCPI_DATA", str(tmp_path / "nothing here"))
    monkeypatch.setenv("NCPI_S3_ENDPOINT", "https://s3.us-east-1.amazonaws.com")
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    with moto.mock_aws():
        client = boto3.client("s3", "us-east-1", aws_access_key_id="test", aws_secret_access_key="test")
        for bucket in Bucket:
            client.create_bucket(Bucket=bucket.value)
            client.put_bucket_versioning(Bucket=bucket.value, VersioningConfiguration={"Status": "Enabled"})
        yield


def give(monkeypatch: pytest.MonkeyPatch, *duties: Duty) -> None:
    for duty in duties:
        monkeypatch.setenv(f"NCPI_S3_{duty.name}_ACCESS_KEY", f"key-of-{duty.value}")
        monkeypatch.setenv(f"NCPI_S3_{duty.name}_SECRET_KEY", f"secret-of-{duty.value}")


def test_an_inspection_is_opened_with_the_ledger_key_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, Duty.LEDGER)
    context = open_desk()
    open_inspection(context, INSPECTION, MANAGER)
    assert context.stores.ledger.history(INSPECTION).state is State.AWAITING_FIELDWORK


def test_a_return_is_submitted_without_the_publish_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    give(monkeypatch, Duty.LEDGER, Duty.INTAKE)
    monkeypatch.setattr("evidence.checker_client.examine_in_child", examine_once)
    context = open_desk()
    open_inspection(context, INSPECTION, MANAGER)
    submit(context, INSPECTION, write_fieldwork(tmp_path), FORMS["fieldwork"], LEAD)
    assert context.stores.ledger.history(INSPECTION).state is State.FIELDWORK_SUBMITTED


def test_a_return_without_the_intake_key_names_it_and_records_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    give(monkeypatch, Duty.LEDGER)
    monkeypatch.setattr("evidence.checker_client.examine_in_child", examine_once)
    context = open_desk()
    open_inspection(context, INSPECTION, MANAGER)
    with pytest.raises(SettingsError, match="NCPI_S3_INTAKE_ACCESS_KEY"):
        submit(context, INSPECTION, write_fieldwork(tmp_path), FORMS["fieldwork"], LEAD)
    assert context.stores.ledger.history(INSPECTION).state is State.AWAITING_FIELDWORK


def test_each_store_of_the_desk_is_opened_with_its_own_key(monkeypatch: pytest.MonkeyPatch) -> None:
    give(monkeypatch, Duty.LEDGER, Duty.INTAKE)
    asked: list[Duty] = []

    def noted(bucket: Bucket, duty: Duty, settings: Settings) -> S3Objects:
        asked.append(duty)
        return open_bucket(bucket, duty, settings)

    monkeypatch.setattr("desk.acts.context.open_bucket", noted)
    stores = open_desk().stores
    assert asked == []
    assert (stores.ledger, stores.artefacts) == (stores.ledger, stores.artefacts)
    assert asked == [Duty.LEDGER, Duty.INTAKE]
