"""What the servers of the local stack ask of whoever connects: made when missing, private, never told to a file."""

from __future__ import annotations

import datetime as dt
import stat
import tomllib
from pathlib import Path

import pytest
from cryptography import x509
from rich.console import Console

from deployments.stack.commands import print_addresses
from deployments.stack.connection import PREFECT_LOGIN, write_connection
from deployments.stack.ports import free_ports
from deployments.stack.prefect_server import login_for, prefect_server
from deployments.stack.seaweed_security import close_ports
from deployments.stack.stack import Stack
from schemas.errors import StackError

LOGIN = "ncpi:zqsecret"


@pytest.fixture(autouse=True)
def _no_login_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(PREFECT_LOGIN, raising=False)


def test_a_folder_of_before_gets_a_login_that_stays(tmp_path: Path) -> None:
    write_connection(tmp_path, {"PREFECT_API_URL": "http://127.0.0.1:4200/api"})
    login = login_for(tmp_path)
    assert login != login_for(tmp_path)
    assert len(login) == len("ncpi:") + 32
    write_connection(tmp_path, {PREFECT_LOGIN: login})
    assert login_for(tmp_path) == login


def test_the_login_of_the_user_is_taken_or_refused_unshown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFECT_LOGIN, LOGIN)
    assert login_for(tmp_path) == LOGIN
    for wrong in ("zqsecret", ":zqsecret", "zqsecret:"):
        monkeypatch.setenv(PREFECT_LOGIN, wrong)
        with pytest.raises(StackError, match=f"{PREFECT_LOGIN}: expected a name and a password") as caught:
            login_for(tmp_path)
        assert "zqsecret" not in str(caught.value)


def test_the_login_is_given_in_the_environment_alone(tmp_path: Path) -> None:
    server = prefect_server(tmp_path, free_ports(), {PREFECT_LOGIN: LOGIN})
    assert server.environment["PREFECT_SERVER_API_AUTH_STRING"] == LOGIN
    assert LOGIN not in " ".join(server.command)


@pytest.mark.parametrize("is_terminal", [True, False])
def test_the_login_is_printed_for_people_only(
    tmp_path: Path, is_terminal: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = Stack(tmp_path, free_ports())
    stack._provide({"NCPI_S3_ENDPOINT": "http://127.0.0.1:1", "PREFECT_API_URL": "http://h/api", PREFECT_LOGIN: LOGIN})
    monkeypatch.setattr("sys.stdout.isatty", lambda: is_terminal)
    print_addresses(Console(highlight=False), stack)
    printed = capsys.readouterr().out
    assert (LOGIN in printed) is is_terminal
    assert "to paste where the pages of flow runs ask for it" in printed


def test_each_start_closes_the_ports_of_s3_with_another_certificate(tmp_path: Path) -> None:
    seen = set()
    for _ in range(2):
        close_ports(tmp_path)
        certificate = x509.load_pem_x509_certificate((tmp_path / "internal.pem").read_bytes())
        assert certificate.not_valid_after_utc - dt.datetime.now(dt.UTC) > dt.timedelta(days=3000)
        seen.add(certificate.serial_number)
        assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()} == {0o600}
    assert len(seen) == 2
    security = tomllib.loads((tmp_path / "security.toml").read_text())
    for kind in ("grpc", "https"):
        for name in ("admin", "client", "filer", "master", "volume"):
            assert security[kind][name].items() >= {"cert": "internal.pem", "key": "internal.key"}.items()
