"""The seal key of the local stack: made once, kept apart, given to one process."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deployments.stack.connection import write_connection
from deployments.stack.ports import Ports
from deployments.stack.runners import runner_process, sealing_process
from deployments.stack.s3_keys import IDENTITIES_FILE, keys_of
from deployments.stack.secrets import SEAL_KEY, read_secret, shared_settings
from domain.people.register import Register
from domain.sealing.note import VerifierKey, verifier_key_of
from schemas.errors import SettingsError, StackError
from storage.secrets.configured_keys import checking_keys, sealing_key
from storage.settings import ORIGIN, Duty, Settings, read_settings

KEY = bytes(range(32)).hex()
OTHER = bytes(range(1, 33)).hex()


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in [name for name in os.environ if name.startswith(("NCPI_", "PREFECT_API"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("NCPI_DATA", str(tmp_path))
    return tmp_path


def test_it_is_made_once_and_only_its_owner_reads_it(data: Path) -> None:
    key = read_secret(SEAL_KEY, data)
    assert read_secret(SEAL_KEY, data) == key
    assert (data / SEAL_KEY.file).stat().st_mode & 0o777 == 0o600
    assert _private_key(key)


def test_two_folders_have_two_keys(data: Path) -> None:
    (data / "other").mkdir()
    assert read_secret(SEAL_KEY, data) != read_secret(SEAL_KEY, data / "other")


def test_a_key_of_the_user_is_taken_and_not_kept(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NCPI_SEAL_KEY", KEY)
    assert read_secret(SEAL_KEY, data) == KEY
    assert not (data / SEAL_KEY.file).exists()


@pytest.mark.parametrize("text", ["", "zz" * 32, "00" * 31, "zqcanary"])
def test_a_file_that_holds_no_key_is_not_replaced_nor_shown(data: Path, text: str) -> None:
    (data / SEAL_KEY.file).write_text(text)
    with pytest.raises(StackError, match="restore the file from its copy") as caught:
        read_secret(SEAL_KEY, data)
    assert (data / SEAL_KEY.file).read_text() == text
    assert "zq" not in str(caught.value)


def test_the_connection_has_its_public_half_only(data: Path) -> None:
    key, connection = read_secret(SEAL_KEY, data), shared_settings(data)
    assert connection["NCPI_SEAL_ORIGIN"] == ORIGIN
    assert connection["NCPI_SEAL_PUBLIC_KEY"] == str(verifier_key_of(ORIGIN, _private_key(key)))
    assert key not in connection.values()
    write_connection(data, {"NCPI_S3_ENDPOINT": "http://127.0.0.1:9", **connection})
    settings = read_settings()
    assert settings.seal_key is None
    assert checking_keys(settings, Register()) == (VerifierKey.parse(connection["NCPI_SEAL_PUBLIC_KEY"]),)
    with pytest.raises(SettingsError, match="for the sealing process alone"):
        sealing_key(settings)


def test_an_origin_that_no_log_can_have_is_refused(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NCPI_SEAL_ORIGIN", "two words")
    with pytest.raises(StackError, match="NCPI_SEAL_ORIGIN"):
        shared_settings(data)


def test_only_the_sealing_process_is_given_the_seal_key_and_it_no_other_duty(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for duty in Duty:
        monkeypatch.setenv(f"NCPI_S3_{duty.name}_SECRET_KEY", f"secret of {duty.name}")
    monkeypatch.setenv("NCPI_SMTP_PASSWORD", "secret of mail")
    monkeypatch.setenv("NCPI_PEPPER", "secret of sealed keys")
    monkeypatch.setenv("NCPI_SERVICE_KEY", OTHER)
    monkeypatch.setenv("NCPI_SEAL_KEY", KEY)
    stages = runner_process(data, Ports(), os.environ).environment
    seals = sealing_process(data, Ports(), os.environ).environment
    assert KEY not in stages.values()
    assert {value for value in stages.values() if value.startswith("secret of")} == {
        "secret of INTAKE",
        "secret of LEDGER",
        "secret of PUBLISH",
    }
    assert seals["NCPI_SEAL_KEY"] == KEY
    assert OTHER not in seals.values()
    assert {value for value in seals.values() if value.startswith("secret of")} == {"secret of SEAL", "secret of mail"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"seal_key": None}, "NCPI_SEAL_KEY is set for the sealing process alone"),
        ({"seal_key": "zqcanary"}, "expected 64 hexadecimal digits"),
        ({"seal_key": OTHER}, "expected the private half"),
        ({"seal_origin": "elsewhere.example"}, "expected the private half"),
    ],
)
def test_a_key_that_does_not_fit_is_refused_and_not_shown(data: Path, changes: dict[str, object], words: str) -> None:
    given = {
        "s3_endpoint": "http://127.0.0.1:9",
        "seal_key": KEY,
        "seal_origin": ORIGIN,
        "seal_public_key": str(verifier_key_of(ORIGIN, _private_key(KEY))),
        **changes,
    }
    with pytest.raises(SettingsError, match=words) as caught:
        sealing_key(Settings.model_validate(given))
    assert "zqcanary" not in str(caught.value)
    assert OTHER not in str(caught.value)


def test_without_a_public_key_nothing_is_checked(data: Path) -> None:
    with pytest.raises(SettingsError, match="NCPI_SEAL_PUBLIC_KEY"):
        checking_keys(Settings.model_validate({"s3_endpoint": "http://127.0.0.1:9"}), Register())


def test_keys_that_lack_a_duty_are_damaged_and_not_replaced(data: Path) -> None:
    keys_of(data)
    path = data / IDENTITIES_FILE
    kept = json.loads(path.read_text())
    kept["identities"] = [one for one in kept["identities"] if one["name"] != "seal"]
    path.write_text(json.dumps(kept))
    with pytest.raises(StackError, match="expected the keys as `ncpi up` wrote them"):
        keys_of(data)
    assert json.loads(path.read_text()) == kept


def _private_key(text: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(bytes.fromhex(text))
