from __future__ import annotations

import os
import traceback

import pytest

from deployments.stack.buckets import create_buckets
from schemas.errors import SettingsError, StackError
from storage.settings import Duty

CANARY = "zqcanary"
ADDRESS = {"NCPI_S3_ENDPOINT": "http://127.0.0.1:9"}


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("NCPI_"):
            monkeypatch.delenv(name)


@pytest.mark.parametrize(
    ("environment", "name"),
    [
        ({}, "NCPI_S3_ENDPOINT"),
        ({**ADDRESS, "NCPI_SWEEP_SECONDS": CANARY}, "NCPI_SWEEP_SECONDS"),
        ({**ADDRESS, "NCPI_LEDGER_RETENTION_DAYS": "0"}, "NCPI_LEDGER_RETENTION_DAYS"),
        ({**ADDRESS, "NCPI_LEDGER_RETENTION_MODE": CANARY}, "NCPI_LEDGER_RETENTION_MODE"),
    ],
)
def test_a_setting_that_is_missing_or_wrong_is_named_without_its_value(environment: dict[str, str], name: str) -> None:
    with pytest.raises(SettingsError, match=name) as wrong:
        create_buckets(environment)
    assert CANARY not in "".join(traceback.format_exception(wrong.value))


def test_an_empty_setting_is_one_that_is_not_set() -> None:
    # What is missing then is the key, which is asked for after the settings were read.
    with pytest.raises(SettingsError, match="NCPI_S3_ADMIN_ACCESS_KEY"):
        create_buckets({**ADDRESS, "NCPI_SWEEP_SECONDS": ""})


@pytest.mark.parametrize("address", ["http://user:zqcanary@127.0.0.1:9", "zqcanary"])
def test_a_server_that_is_away_is_a_message_without_its_address(address: str) -> None:
    keys = {f"NCPI_S3_{duty.name}_{half}_KEY": "x" for duty in Duty for half in ("ACCESS", "SECRET")}
    with pytest.raises(StackError, match=r"NCPI_S3_ENDPOINT: expected an S3 server that answers") as away:
        create_buckets({"NCPI_S3_ENDPOINT": address, **keys})
    assert CANARY not in "".join(traceback.format_exception(away.value))
