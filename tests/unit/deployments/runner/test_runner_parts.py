"""What the runner is made of, apart from Prefect's server."""

from __future__ import annotations

import json
import logging
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from deployments.os_process import HOST
from deployments.runner.health import health_endpoint
from deployments.runner.runner_id import identity, is_known_dead, taken_by, taker
from deployments.runner.structured_log import JsonLines
from deployments.stack.ports import free_ports
from deployments.stack.s3_keys import restricted_environment
from storage.prefect.quick_retries import quick_retries
from storage.settings import Duty


def test_a_live_process_is_not_known_dead_and_an_ended_one_is() -> None:
    assert not is_known_dead(identity())
    program = "from deployments.runner.runner_id import identity; print(identity())"
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
    assert ended.split(":")[0] == identity().split(":")[0]
    assert is_known_dead(ended)


def test_a_process_id_that_was_given_again_does_not_bring_the_dead_to_life() -> None:
    computer, pid, started = identity().rsplit(":", 2)
    assert is_known_dead(f"{computer}:{pid}:{int(started) - 1}")


@pytest.mark.parametrize("name", ["", "another/boot:1:1", "rubbish", f"{identity()}x", "a:b:c"])
def test_nothing_is_known_of_other_computers(name: str) -> None:
    assert not is_known_dead(name)


def test_who_took_a_run_is_read_from_its_message() -> None:
    assert taker(taken_by("vm/boot:1:2", "attempt")) == "vm/boot:1:2"
    assert taken_by("a", "1") != taken_by("a", "2")
    assert taker(None) is None
    assert taker("Run by hand") is None


def test_health_is_200_or_503_with_what_there_is_to_see() -> None:
    reports = iter([(True, {"status": "ready"}), (False, {"status": "draining"})])
    port = free_ports().runner
    with health_endpoint(port, lambda: next(reports)):
        well = httpx.get(f"http://{HOST}:{port}/health")
        ill = httpx.get(f"http://{HOST}:{port}/health")
    assert (well.status_code, well.json()) == (200, {"status": "ready"})
    assert (ill.status_code, ill.json()) == (503, {"status": "draining"})
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://{HOST}:{port}/health")


def test_health_on_port_0_is_nowhere_and_a_taken_port_is_refused() -> None:
    with health_endpoint(0, lambda: (True, {})):
        pass
    with (
        socket.create_server((HOST, 0)) as server,
        pytest.raises(OSError, match="in use"),
        health_endpoint(server.getsockname()[1], lambda: (True, {})),
    ):
        pytest.fail("it listens")


def test_a_log_line_is_json_with_what_it_bears_and_without_the_text_of_an_error() -> None:
    try:
        int("zqcanary")
    except ValueError:
        record = logging.getLogger("ncpi").makeRecord(
            "ncpi.runner", logging.ERROR, "f", 1, "run %s", ("ended",), sys.exc_info(), extra={"seconds": 0.5}
        )
    line = json.loads(JsonLines().format(record))
    assert (line["message"], line["level"], line["seconds"], line["error"]) == ("run ended", "error", 0.5, "ValueError")
    assert line["at"].endswith("+00:00")
    assert "zqcanary" not in json.dumps(line)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_a_busy_server_is_asked_again_at_once_and_a_refusal_is_not(status: int) -> None:
    answers = [status, status, 201, 422]
    port = free_ports().runner

    def serve(server: socket.socket) -> None:
        for answer in answers:
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(f"HTTP/1.1 {answer} x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())

    with socket.create_server((HOST, port)) as server, ThreadPoolExecutor(1) as thread:
        serving = thread.submit(serve, server)
        with httpx.Client(transport=quick_retries()) as client:
            assert client.post(f"http://{HOST}:{port}/").status_code == 201
            assert client.post(f"http://{HOST}:{port}/").status_code == 422
        serving.result(5)


def test_a_process_is_given_the_keys_of_its_duties_alone() -> None:
    everything = {f"NCPI_S3_{duty.name}_{half}_KEY": duty.value for duty in Duty for half in ("ACCESS", "SECRET")}
    kept = restricted_environment(everything | {"NCPI_S3_ENDPOINT": "http://s3", "PATH": "/bin"}, (Duty.LEDGER,))
    assert set(kept) == {"NCPI_S3_LEDGER_ACCESS_KEY", "NCPI_S3_LEDGER_SECRET_KEY", "NCPI_S3_ENDPOINT", "PATH"}
    assert not any("KEY" in name for name in restricted_environment(everything, ()))
