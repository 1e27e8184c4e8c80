"""The connection file, and who wins over it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from deployments.stack.connection import environment, read_connection, users_server, write_connection
from deployments.stack.ports import Ports
from deployments.stack.private_folder import make_private_folder
from deployments.stack.s3_keys import IDENTITIES_FILE, keys_of
from deployments.stack.seaweed import s3_settings
from schemas.errors import StackError
from storage.atomic_file import write_atomically
from storage.settings import Bucket, Duty, read_settings


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith(("NCPI_", "PREFECT_API"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NCPI_DATA", str(tmp_path))
    return tmp_path


def test_what_is_written_is_read_and_only_its_owner_may(data: Path) -> None:
    connection = s3_settings(keys_of(data), Ports())
    write_connection(data, connection)
    assert read_connection(data) == connection
    assert len(connection) == 2 + 2 * len(Duty)
    assert (data / "connection.env").stat().st_mode & 0o777 == 0o600
    assert [path.name for path in data.iterdir() if path.name.startswith(".")] == []


def test_the_settings_read_it_as_it_is(data: Path) -> None:
    keys = keys_of(data)
    write_connection(data, {**s3_settings(keys, Ports()), "PREFECT_API_URL": Ports().prefect_api_url})
    settings = read_settings()
    assert settings.s3_endpoint == "http://127.0.0.1:8333"
    assert settings.prefect_api_url == "http://127.0.0.1:4200/api"
    for duty, key in keys.items():
        assert settings.credential(duty) == (key.access, key.secret)


def test_keys_are_made_once_each_its_own(data: Path) -> None:
    keys = keys_of(data)
    assert keys_of(data) == keys
    assert len({key.secret for key in keys.values()}) == len(Duty)
    assert all(len(key.secret) >= 32 for key in keys.values())
    assert (data / IDENTITIES_FILE).stat().st_mode & 0o777 == 0o600


def test_no_duty_may_do_more_than_it_needs(data: Path) -> None:
    keys_of(data)
    identities = json.loads((data / IDENTITIES_FILE).read_text())["identities"]
    actions = {one["name"]: set(one["actions"]) for one in identities}
    assert actions["intake"] == {f"{right}:ncpi-private" for right in ("Read", "Write", "List", "Tagging")}
    assert actions["ledger"] == {f"{right}:ncpi-ledger" for right in ("Read", "Write", "List")}
    assert actions["publish"] == {f"{right}:ncpi-public" for right in ("Read", "Write", "List")}
    reading = {f"{right}:{bucket.value}" for right in ("Read", "List") for bucket in Bucket}
    assert actions["auditor"] == {*reading, "GetBucketObjectLockConfiguration:ncpi-ledger"}
    assert actions["anonymous"] == set()
    assert set(actions) == {*(duty.value for duty in Duty), "anonymous"}


def test_a_folder_of_before_keeps_its_keys_and_gets_the_rights_of_today(data: Path) -> None:
    keys = keys_of(data)
    today = (data / IDENTITIES_FILE).read_text()
    (data / IDENTITIES_FILE).write_text(today.replace("GetBucketObjectLockConfiguration", "Write"))
    assert keys_of(data) == keys
    assert (data / IDENTITIES_FILE).read_text() == today


def test_damaged_keys_are_not_replaced_by_new_ones(data: Path) -> None:
    (data / IDENTITIES_FILE).write_text('{"identities": []}')
    with pytest.raises(StackError, match="restore the file"):
        keys_of(data)


def test_the_users_environment_wins_and_empty_means_not_set(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_connection(
        data, {"NCPI_S3_ENDPOINT": "http://127.0.0.1:8333", "PREFECT_API_URL": "http://127.0.0.1:4200/api"}
    )
    monkeypatch.setenv("NCPI_S3_ENDPOINT", "https://s3.example")
    monkeypatch.setenv("PREFECT_API_URL", "")
    merged = environment(data)
    assert merged["NCPI_S3_ENDPOINT"] == "https://s3.example"
    assert merged["PREFECT_API_URL"] == "http://127.0.0.1:4200/api"
    assert merged["NCPI_DATA"] == str(data)


def test_only_a_server_of_somebody_else_is_the_users(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert users_server("NCPI_S3_ENDPOINT", data) is None
    write_connection(data, {"NCPI_S3_ENDPOINT": "http://127.0.0.1:8333"})
    # As in a shell that has read the connection file.
    monkeypatch.setenv("NCPI_S3_ENDPOINT", "http://127.0.0.1:8333")
    assert users_server("NCPI_S3_ENDPOINT", data) is None
    monkeypatch.setenv("NCPI_S3_ENDPOINT", "https://s3.example")
    assert users_server("NCPI_S3_ENDPOINT", data) == "https://s3.example"


@pytest.mark.parametrize("value", ["", "two words", "line\nbreak", "quote'", "$HOME", "a#b"])
def test_a_value_that_would_be_read_otherwise_is_refused(data: Path, value: str) -> None:
    with pytest.raises(StackError, match="NCPI_S3_REGION"):
        write_connection(data, {"NCPI_S3_REGION": value})
    assert read_connection(data) == {}


def test_a_file_is_replaced_with_its_mode_even_after_a_crash(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("old")
    path.chmod(0o644)
    write_atomically(path, b"new")
    assert path.read_text() == "new"
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_folder_is_made_private_but_a_full_one_of_others_is_not_touched(tmp_path: Path) -> None:
    make_private_folder(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o755)
    (shared / "file").touch()
    with pytest.raises(StackError, match="chmod 700"):
        make_private_folder(shared)
    assert shared.stat().st_mode & 0o777 == 0o755
    (shared / "file").unlink()
    make_private_folder(shared)
    assert shared.stat().st_mode & 0o777 == 0o700
