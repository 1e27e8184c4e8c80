"""The pepper and the key of the stages on the local stack: made once, kept apart, given to whom they are for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from deployments.stack.connection import PREFECT_LOGIN, write_connection
from deployments.stack.ports import Ports
from deployments.stack.prefect_server import prefect_server
from deployments.stack.runners import runner_process, sealing_process
from deployments.stack.secrets import (
    PEPPER,
    SEAL_KEY,
    SERVICE_KEY,
    Secret,
    check_secrets,
    key_fault,
    read_secret,
    shared_settings,
)
from domain.people.register import Register
from domain.signing import is_valid_signature
from schemas.errors import SettingsError, StackError
from storage.secrets.configured_keys import service_signer
from storage.settings import read_settings
from tests.support.people import book_of_everybody, everybody

KEY = bytes(range(32)).hex()
SECRETS = {"NCPI_PEPPER": KEY, "NCPI_SERVICE_KEY": KEY, "NCPI_SEAL_KEY": KEY, "NCPI_S3_LEDGER_SECRET_KEY": "x"}


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith(("NCPI_", "PREFECT_API"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NCPI_DATA", str(tmp_path))
    monkeypatch.setenv("NCPI_S3_ENDPOINT", "http://127.0.0.1:9")
    tmp_path.chmod(0o700)
    return tmp_path


def test_they_are_made_once_each_its_own_and_only_their_owner_reads_them(data: Path) -> None:
    connection, key = shared_settings(data), read_secret(SERVICE_KEY, data)
    assert shared_settings(data) == connection
    assert read_secret(SERVICE_KEY, data) == key
    assert connection["NCPI_PEPPER"] != key
    assert key not in connection.values()
    for name in (PEPPER.file, SERVICE_KEY.file):
        assert (data / name).stat().st_mode & 0o777 == 0o600


def test_the_stages_sign_with_the_key_whose_public_half_the_desk_knows(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_connection(data, shared_settings(data))
    settings = read_settings()
    assert settings.service_key is None
    with pytest.raises(SettingsError, match="NCPI_SERVICE_KEY"):
        service_signer(settings)
    monkeypatch.setenv("NCPI_SERVICE_KEY", read_secret(SERVICE_KEY, data))
    signature = service_signer(read_settings()).sign(b"x")
    assert is_valid_signature(b"x", signature)
    assert signature.key == settings.service_public_key


def test_what_the_user_sets_is_taken_and_not_kept(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NCPI_SERVICE_KEY", KEY)
    monkeypatch.setenv("NCPI_PEPPER", KEY)
    assert read_secret(SERVICE_KEY, data) == shared_settings(data)["NCPI_PEPPER"] == KEY
    assert not (data / SERVICE_KEY.file).exists()
    assert not (data / PEPPER.file).exists()


@pytest.mark.parametrize("name", [PEPPER.file, SERVICE_KEY.file])
@pytest.mark.parametrize("text", ["", "zz" * 32, "00" * 31, "zqcanary"])
def test_a_file_that_holds_something_else_is_not_replaced_nor_shown(data: Path, name: str, text: str) -> None:
    (data / name).write_text(text)
    with pytest.raises(StackError, match="restore the file") as caught:
        shared_settings(data)
    assert (data / name).read_text() == text
    assert "zq" not in str(caught.value)


def test_each_process_is_given_what_it_needs_and_nothing_else(data: Path) -> None:
    stages = runner_process(data, Ports(), SECRETS).environment
    assert stages["NCPI_SERVICE_KEY"] == read_secret(SERVICE_KEY, data)
    assert {"NCPI_PEPPER", "NCPI_SEAL_KEY"}.isdisjoint(stages)
    assert {"NCPI_PEPPER", "NCPI_SERVICE_KEY"}.isdisjoint(sealing_process(data, Ports(), SECRETS).environment)
    assert set(SECRETS).isdisjoint(prefect_server(data, Ports(), {**SECRETS, PREFECT_LOGIN: "a:b"}).environment)


@pytest.mark.parametrize("lost", [PEPPER, SERVICE_KEY, SEAL_KEY])
def test_nothing_is_made_in_place_of_a_secret_that_belongs_to_a_register(data: Path, lost: Secret) -> None:
    shared_settings(data)
    check_secrets(data, everybody())
    (data / lost.file).unlink()
    check_secrets(data, Register())
    with pytest.raises(StackError, match=rf"found no {lost.setting} \(.*{lost.file}\); copy the files") as caught:
        check_secrets(data, everybody())
    assert "Nothing was made" in str(caught.value)
    assert not (data / lost.file).exists()


def test_a_secret_that_the_user_sets_is_not_missing(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NCPI_PEPPER", "NCPI_SERVICE_KEY", "NCPI_SEAL_KEY"):
        monkeypatch.setenv(name, KEY)
    check_secrets(data, everybody())


@pytest.mark.parametrize(("other", "command"), [(SERVICE_KEY, "service-key"), (SEAL_KEY, "seal-key")])
def test_a_key_that_is_not_the_registered_one_is_named_with_what_to_do(data: Path, other: Secret, command: str) -> None:
    connection = shared_settings(data)
    keys = {"service_key": connection["NCPI_SERVICE_PUBLIC_KEY"], "seal_key": connection["NCPI_SEAL_PUBLIC_KEY"]}
    register = book_of_everybody(**keys).register
    assert key_fault(data, register) is None
    assert key_fault(data, Register()) is None
    (data / other.file).write_text(KEY)
    assert f"`ncpi people {command}`" in (key_fault(data, register) or "")
