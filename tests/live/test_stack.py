"""The local stack with its real servers: ready, killed in every way, closed to others, refused when it must be."""

from __future__ import annotations

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import psutil
import pytest
from botocore.exceptions import ClientError

from deployments.os_process import HOST
from deployments.stack.buckets import create_buckets
from deployments.stack.connection import read_connection
from deployments.stack.lock import Lock, holder
from deployments.stack.orphans import RECORD_FILE, record_process, write_record
from deployments.stack.ports import Ports, SeaweedPort, free_ports
from deployments.stack.prefect_server import DATABASE
from deployments.stack.stack import Stack, stop_stack
from schemas.errors import NcpiError, PortsError, StackError
from storage.s3.client import client_for
from storage.settings import Bucket, Duty, Settings
from tests.live.processes import eventually, is_alive, listeners
from tests.support.servers.prefect_database import lay_database

pytestmark = pytest.mark.live

ROOT = Path(__file__).parents[2]
OF_THE_USER = ("NCPI_S3_ENDPOINT", "PREFECT_API_URL", "NCPI_DATA")


@pytest.fixture(scope="module")
def said() -> list[str]:
    return []


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, said: list[str]) -> Iterator[Stack]:
    # Longer than the address of a socket may be.
    data = tmp_path_factory.mktemp("data") / ("with space " + "x" * 110)
    with pytest.MonkeyPatch.context() as patch:
        for name in OF_THE_USER:
            patch.delenv(name, raising=False)
        with Stack(data, free_ports(), report=said.append, prepare=create_buckets, serve=False) as one:
            yield one
            pids = running(data).values()
        assert not any(map(is_alive, pids))
        assert holder(data) is None
        assert not (data / RECORD_FILE).exists()


def running(data: Path) -> dict[str, int]:
    try:
        record = json.loads((data / RECORD_FILE).read_text())
    except FileNotFoundError:
        return {}
    return {one["title"]: one["pid"] for one in record["running"]}


def settings_of(environment: Mapping[str, str]) -> Settings:
    names = (name for name in environment if name.startswith("NCPI_S3_"))
    return Settings.model_validate({name.removeprefix("NCPI_").lower(): environment[name] for name in names})


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.HTTPError:
        return False


def kill(stack: Stack, said: list[str], title: str) -> int:
    """Kill a server as the kernel would, and give the id of its successor once that is ready."""
    first = running(stack.data)[title]
    said.clear()
    os.kill(first, signal.SIGKILL)
    eventually(lambda: any(line.startswith(f"{title} is ready again") for line in said), 60)
    second = running(stack.data)[title]
    assert second != first
    assert f"{title} (pid {first}) ended by signal 9; started again (pid {second})" in said
    return second


def test_both_servers_answer_and_say_how_long_they_took(stack: Stack, said: list[str]) -> None:
    assert [line.split(" after ")[0] for line in said] == ["the S3 server is ready", "the Prefect server is ready"]
    assert httpx.get(f"{stack.environment['PREFECT_API_URL']}/health").json() is True
    connection = read_connection(stack.data)
    assert connection["NCPI_S3_ENDPOINT"] == stack.ports.s3_endpoint
    assert connection.items() <= stack.environment.items()
    assert stack.failure is None


def test_prefect_pages_call_their_own_server_and_no_other(stack: Stack) -> None:
    url = stack.ports.prefect_url
    assert httpx.get(f"{url}/ui-settings").json()["api_url"] == stack.ports.prefect_api_url
    assert "/v2" not in str(httpx.get(url, follow_redirects=True).url)
    settings = httpx.get(f"{url}/api/admin/settings").json()["server"]
    assert settings["analytics_enabled"] is False
    assert settings["ui"]["show_promotional_content"] is False
    origin = httpx.get(f"{url}/api/health", headers={"Origin": "https://elsewhere.example"}).headers
    assert "access-control-allow-origin" not in origin
    own = httpx.get(f"{url}/api/health", headers={"Origin": url}).headers
    assert own["access-control-allow-origin"] == url


def test_nobody_outside_this_computer_can_connect(stack: Stack) -> None:
    expected = set(stack.ports.taken_by(["s3", "prefect"]))
    found = set()
    for pid in running(stack.data).values():
        found |= listeners(pid)
    assert {port for _, port in found} == expected
    assert {address for address, _ in found} == {HOST}


def test_the_way_round_s3_by_http_is_closed(stack: Stack) -> None:
    client_for(Duty.INTAKE, settings_of(stack.environment)).put_object(Bucket=Bucket.PRIVATE.value, Key="x", Body=b"x")
    for port in (SeaweedPort.FILER, SeaweedPort.MASTER, SeaweedPort.ADMIN):
        url = f"http://{HOST}:{stack.ports.seaweed(port)}"
        for path in (f"/buckets/{Bucket.PRIVATE.value}/x", "/dir/assign", "/dir/status"):
            assert httpx.get(url + path).status_code == 404
            assert httpx.delete(url + path).status_code in {404, 405}
    # With a key that cannot be, to show that nothing but S3's own refusal answers.
    assert httpx.get(f"{stack.ports.s3_endpoint}/{Bucket.PRIVATE.value}/x").status_code == 403
    assert httpx.post(stack.ports.s3_endpoint, data={"Action": "ListUsers"}).status_code in {403, 405}


def test_only_its_owner_reads_the_data_folder(stack: Stack) -> None:
    assert stat.S_IMODE(stack.data.stat().st_mode) == 0o700
    for name in ("connection.env", "s3.json", "stack.json", f"prefect/{DATABASE}", "logs/prefect.log"):
        assert stat.S_IMODE((stack.data / name).stat().st_mode) == 0o600, name


def test_killed_s3_comes_back_with_its_objects(stack: Stack, said: list[str]) -> None:
    client = client_for(Duty.LEDGER, settings_of(stack.environment))
    body = os.urandom(300_000)
    client.put_object(Bucket=Bucket.LEDGER.value, Key="before", Body=body)
    kill(stack, said, "the S3 server")

    def reads_back() -> bool:
        try:
            return client.get_object(Bucket=Bucket.LEDGER.value, Key="before")["Body"].read() == body
        except ClientError as error:
            # It answers before all its volumes have: an error that passes, and that every caller tries again on.
            return error.response["ResponseMetadata"]["HTTPStatusCode"] < 500

    eventually(reads_back)
    client.put_object(Bucket=Bucket.LEDGER.value, Key="after", Body=b"after")


def test_killed_prefect_comes_back(stack: Stack, said: list[str]) -> None:
    url = stack.environment["PREFECT_API_URL"]
    made = httpx.post(f"{url}/flows/", json={"name": "kept"}).json()["id"]
    kill(stack, said, "the Prefect server")
    assert httpx.get(f"{url}/flows/{made}").json()["name"] == "kept"


def test_a_second_stack_on_the_folder_is_refused(stack: Stack) -> None:
    with pytest.raises(StackError) as caught, Stack(stack.data, free_ports(), report=pytest.fail, serve=False):
        pytest.fail("it started")
    assert f"pid {os.getpid()}" in str(caught.value)
    assert str(stack.data) in str(caught.value)
    assert httpx.get(f"{stack.environment['PREFECT_API_URL']}/health").json() is True


def test_taken_ports_are_refused_before_anything_starts(stack: Stack, tmp_path: Path) -> None:
    with pytest.raises(PortsError) as caught, Stack(tmp_path / "other", stack.ports, report=pytest.fail, serve=False):
        pytest.fail("it started")
    for port, purpose in stack.ports.taken_by(["s3", "prefect"]).items():
        assert f"{port} ({purpose})" in str(caught.value)
    assert holder(tmp_path / "other") is None
    assert httpx.get(f"{stack.environment['PREFECT_API_URL']}/health").json() is True


PROGRAM = """
import sys; sys.path.insert(0, {root!r})
from pathlib import Path
from deployments.stack.buckets import create_buckets
from deployments.stack.prefect_server import DATABASE
from deployments.stack.ports import Ports
from deployments.stack.stack import Stack
say = lambda line: print(line, flush=True)
with Stack(Path({data!r}), Ports({s3}, {prefect}), report=say, prepare=create_buckets, serve=False) as stack:
    say("up")
    stack.wait()
say("down")
"""


def supervise(data: Path, ports: Ports) -> subprocess.Popen[str]:
    program = PROGRAM.format(root=str(ROOT), data=str(data), s3=ports.s3, prefect=ports.prefect)
    environment = {name: value for name, value in os.environ.items() if name not in OF_THE_USER}
    process = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=environment)
    assert process.stdout
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line == "up\n":
            return process
    pytest.fail(f"it did not start: {lines}")


def test_a_killed_supervisor_leaves_nothing_that_stops_the_next(tmp_path: Path) -> None:
    data, ports = tmp_path / "data", free_ports()
    lay_database(data)
    with supervise(data, ports) as first:
        before, orphans = read_connection(data), running(data).values()
        client = client_for(Duty.INTAKE, settings_of(before))
        client.put_object(Bucket=Bucket.PRIVATE.value, Key="kept", Body=b"kept")
        first.kill()
    # At once: the servers of the first are ending or still there.
    with supervise(data, ports) as second:
        assert not any(map(is_alive, orphans))
        assert read_connection(data) == before
        assert client.get_object(Bucket=Bucket.PRIVATE.value, Key="kept")["Body"].read() == b"kept"
        pids = running(data).values()
        assert len(pids) == 2
        assert holder(data) == second.pid

        assert stop_stack(data, pytest.fail)
        assert second.wait(5) == 0
    assert not any(map(is_alive, pids))
    assert not stop_stack(data, pytest.fail)


def test_what_is_left_is_ended_by_down_as_well(tmp_path: Path) -> None:
    command = ("/bin/sleep", "600")
    left = subprocess.Popen(command, start_new_session=True)
    eventually(lambda: psutil.Process(left.pid).cmdline() == list(command))
    lock = Lock(tmp_path)
    lock.acquire()
    write_record(tmp_path, [record_process("the S3 server", left.pid, command)])
    lock.release()
    said: list[str] = []
    assert not stop_stack(tmp_path, said.append)
    assert left.wait(5) == -signal.SIGTERM
    assert said == [f"the S3 server (pid {left.pid}) was left by a run that was killed; ending it"]


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NCPI_S3_ENDPOINT", "https://user:secret@s3.example")
    monkeypatch.setenv("PREFECT_API_URL", "https://prefect.example/api")
    for duty in Duty:
        monkeypatch.setenv(f"NCPI_S3_{duty.name}_SECRET_KEY", f"secret-of-{duty.value}")


SERVE = (
    sys.executable,
    "-c",
    """
import os
from deployments.runner.health import health_endpoint
import time
print(dict(os.environ), flush=True)
with health_endpoint(int(os.environ["NCPI_RUNNER_PORT"]), lambda: (True, {})):
    time.sleep(600)
""",
)


def test_servers_of_the_user_are_used_and_none_started(elsewhere: None, tmp_path: Path) -> None:
    ports, said, seen = free_ports(), [], []
    with (
        socket.create_server((HOST, ports.s3)),
        socket.create_server((HOST, ports.prefect)),
        Stack(tmp_path / "data", ports, report=said.append, prepare=seen.append, serve=SERVE) as stack,
    ):
        assert list(running(stack.data)) == ["the runner"]
        assert set(read_connection(stack.data)) == {
            "NCPI_PEPPER",
            "NCPI_SERVICE_PUBLIC_KEY",
            "NCPI_SEAL_ORIGIN",
            "NCPI_SEAL_PUBLIC_KEY",
        }
        log = stack.data / "logs" / "serve.log"
        eventually(lambda: "prefect.example" in log.read_text())
        said_there = log.read_text()
        assert str(stack.data / "prefect") in said_there, "Prefect's files belong into the data folder"
        for duty in Duty:
            is_worked_with = duty in {Duty.INTAKE, Duty.LEDGER, Duty.PUBLISH}
            assert (f"secret-of-{duty.value}" in said_there) is is_worked_with
    assert seen[0]["NCPI_S3_ENDPOINT"] == "https://user:secret@s3.example"
    assert "no S3 server is started, because NCPI_S3_ENDPOINT names another one" in said
    assert not any("secret" in line for line in said)


def test_a_prefect_server_elsewhere_that_does_not_answer_is_refused_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://user:zqsecret@127.0.0.1:9/api")
    with (
        pytest.raises(StackError, match=r"PREFECT_API_URL: expected .* found ConnectError; start") as caught,
        Stack(tmp_path / "data", free_ports()),
    ):
        pytest.fail("it started")
    assert "zqsecret" not in "".join(traceback.format_exception(caught.value))
    assert holder(tmp_path / "data") is None


def test_a_failure_to_prepare_leaves_nothing_running(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    pids: list[int] = []

    def unfit(environment: Mapping[str, str]) -> None:
        pids.extend(running(Path(environment["NCPI_DATA"])).values())
        message = "not fit"
        raise NcpiError(message)

    with pytest.raises(NcpiError, match="not fit"), Stack(tmp_path / "data", free_ports(), prepare=unfit):
        pytest.fail("it started")
    assert len(pids) == 1
    assert not is_alive(pids[0])
    assert holder(tmp_path / "data") is None


def test_other_ports_find_the_same_objects(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://127.0.0.1:9/api")
    monkeypatch.delenv("NCPI_S3_ENDPOINT", raising=False)
    for number in range(2):
        with Stack(tmp_path / "data", free_ports(), report=str, prepare=create_buckets, serve=False) as stack:
            client = client_for(Duty.PUBLISH, settings_of(stack.environment))
            if number:
                assert client.get_object(Bucket=Bucket.PUBLIC.value, Key="a")["Body"].read() == b"a"
                assert httpx.get(f"{stack.ports.s3_endpoint}/{Bucket.PUBLIC.value}/a").text == "a"
            else:
                client.put_object(Bucket=Bucket.PUBLIC.value, Key="a", Body=b"a")


def test_the_prefect_server_is_given_no_key_of_s3(stack: Stack) -> None:
    environment = psutil.Process(running(stack.data)["the Prefect server"]).environ()
    assert "PREFECT_HOME" in environment
    assert not any(name.endswith(("SECRET_KEY", "ACCESS_KEY")) for name in environment)
