from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from schemas.errors import SettingsError
from storage.settings import Duty, read_settings

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("NCPI_", "PREFECT_API")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NCPI_DATA", str(tmp_path))


def test_without_a_server_it_says_what_to_do() -> None:
    with pytest.raises(SettingsError, match=r"NCPI_S3_ENDPOINT.*ncpi up"):
        read_settings()


def test_the_environment_wins_over_the_connection_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "connection.env").write_text(
        "NCPI_S3_ENDPOINT=http://127.0.0.1:1\nNCPI_S3_REGION=here\nPREFECT_API_URL=http://127.0.0.1:2/api\n"
    )
    monkeypatch.setenv("NCPI_S3_ENDPOINT", "http://127.0.0.1:9")
    settings = read_settings()
    assert (settings.s3_endpoint, settings.s3_region) == ("http://127.0.0.1:9", "here")
    assert settings.prefect_api_url == "http://127.0.0.1:2/api"
    assert settings.public_url == "http://127.0.0.1:9/ncpi-public"


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NCPI_S3_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("NCPI_S3_LEDGER_ACCESS_KEY", "key")
    monkeypatch.setenv("NCPI_S3_LEDGER_SECRET_KEY", "zqsecret")
    settings = read_settings()
    assert settings.credential(Duty.LEDGER) == ("key", "zqsecret")
    assert "zqsecret" not in repr(settings)
    with pytest.raises(SettingsError, match="NCPI_S3_AUDITOR_ACCESS_KEY and NCPI_S3_AUDITOR_SECRET_KEY"):
        settings.credential(Duty.AUDITOR)


def test_a_wrong_setting_is_named_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NCPI_S3_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("NCPI_SWEEP_SECONDS", "zqwrong")
    with pytest.raises(SettingsError, match="NCPI_SWEEP_SECONDS") as refusal:
        read_settings()
    assert "zqwrong" not in str(refusal.value)
