from __future__ import annotations

import os
from pathlib import Path

import pytest

from schemas.errors import SettingsError
from storage.settings import Bucket, Duty, Settings, data_folder, read_settings


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith(("NCPI_", "PREFECT_API")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("NCPI_DATA", str(tmp_path))


def test_the_error_for_a_missing_server_says_what_to_do() -> None:
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


@pytest.mark.parametrize("duty", Duty)
def test_a_credential_needs_both_its_halves(monkeypatch: pytest.MonkeyPatch, duty: Duty) -> None:
    monkeypatch.setenv("NCPI_S3_ENDPOINT", "http://127.0.0.1:9")
    name = f"NCPI_S3_{duty.name}"
    expected = f"no S3 credential for {duty.value}: set {name}_ACCESS_KEY and {name}_SECRET_KEY"
    with pytest.raises(SettingsError, match=expected):
        read_settings().credential(duty)
    monkeypatch.setenv(f"{name}_SECRET_KEY", "zqsecret")
    with pytest.raises(SettingsError, match=expected) as refusal:
        read_settings().credential(duty)
    assert "zqsecret" not in str(refusal.value)
    monkeypatch.setenv(f"{name}_ACCESS_KEY", "")
    with pytest.raises(SettingsError, match=expected):
        read_settings().credential(duty)
    monkeypatch.setenv(f"{name}_ACCESS_KEY", "key")
    assert read_settings().credential(duty) == ("key", "zqsecret")


def test_no_secret_is_shown_however_the_settings_are_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NCPI_S3_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setenv("PREFECT_API_AUTH_STRING", "ncpi:zqsecret")
    for duty in Duty:
        monkeypatch.setenv(f"NCPI_S3_{duty.name}_SECRET_KEY", "zqsecret")
    settings = read_settings()
    for written in (repr(settings), str(settings), str(settings.model_dump()), settings.model_dump_json()):
        assert "zqsecret" not in written


def test_every_wrong_setting_is_named_at_once_without_its_value(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NCPI_SWEEP_SECONDS", "zqwrong")
    monkeypatch.setenv("NCPI_STAGE_RUNS", "0")
    monkeypatch.setenv("NCPI_LEDGER_RETENTION_MODE", "zqwrong")
    monkeypatch.setenv("NCPI_LEDGER_RETENTION_DAYS", "99999")
    with pytest.raises(SettingsError) as refusal:
        read_settings()
    said = str(refusal.value)
    names = ("S3_ENDPOINT", "SWEEP_SECONDS", "STAGE_RUNS", "LEDGER_RETENTION_MODE", "LEDGER_RETENTION_DAYS")
    assert all(f"NCPI_{name} (" in said for name in names)
    assert "zqwrong" not in said
    assert "99999" not in said
    assert refusal.value.__suppress_context__


def test_a_wrong_setting_of_the_file_is_named_without_its_value(tmp_path: Path) -> None:
    (tmp_path / "connection.env").write_text("NCPI_S3_ENDPOINT=http://127.0.0.1:1\nNCPI_STAGE_RUNS=zqwrong\n")
    with pytest.raises(SettingsError, match="NCPI_STAGE_RUNS") as refusal:
        read_settings()
    assert "zqwrong" not in str(refusal.value)


def test_an_empty_variable_counts_as_unset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "connection.env").write_text("NCPI_S3_ENDPOINT=http://127.0.0.1:1\n")
    monkeypatch.setenv("NCPI_S3_ENDPOINT", "")
    monkeypatch.setenv("NCPI_SWEEP_SECONDS", "")
    settings = read_settings()
    assert (settings.s3_endpoint, settings.sweep_seconds) == ("http://127.0.0.1:1", 300)


def test_settings_are_read_anew_each_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "connection.env").write_text(f"NCPI_S3_ENDPOINT=http://{folder}.test\n")
        monkeypatch.setenv("NCPI_DATA", str(tmp_path / folder))
        assert data_folder() == tmp_path / folder
        assert read_settings().s3_endpoint == f"http://{folder}.test"


@pytest.mark.parametrize("end", ["", "/"])
def test_the_public_address_is_the_endpoints_unless_it_is_set(monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    monkeypatch.setenv("NCPI_S3_ENDPOINT", f"http://127.0.0.1:9{end}")
    assert read_settings().public_url == f"http://127.0.0.1:9/{Bucket.PUBLIC.value}"
    monkeypatch.setenv("NCPI_S3_PUBLIC_URL", f"https://public.test/reports{end}")
    assert read_settings().public_url == "https://public.test/reports"


@pytest.mark.parametrize("name", ["", "s3_admin_secret_key"])
def test_settings_never_change(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("NCPI_S3_ENDPOINT", "http://127.0.0.1:9")
    with pytest.raises(ValueError, match="frozen"):
        setattr(read_settings(), name or "s3_endpoint", "x")


def test_settings_made_from_values_show_none_of_them_when_refused() -> None:
    with pytest.raises(ValueError, match="sweep_seconds") as refusal:
        Settings.model_validate({"s3_endpoint": "http://127.0.0.1:9", "sweep_seconds": "zqwrong"})
    assert "zqwrong" not in str(refusal.value)
    settings = Settings(s3_endpoint="http://127.0.0.1:9", s3_ledger_access_key="", s3_ledger_secret_key="zqsecret")
    with pytest.raises(SettingsError, match="no S3 credential for ledger"):
        settings.credential(Duty.LEDGER)
