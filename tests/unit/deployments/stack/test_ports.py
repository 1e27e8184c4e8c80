"""Ports of the stack: which they are, and what is said when they cannot be used."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from deployments.os_process import HOST
from deployments.stack.ports import Ports, SeaweedPort, free_ports, require_free
from schemas.errors import PortsError


@contextmanager
def taken(port: int) -> Iterator[None]:
    with socket.create_server((HOST, port)):
        yield


def test_s3_takes_ten_ports_and_the_others_one_each() -> None:
    expected = Ports(s3=9000, prefect=4300, runner=4301, sealer=4302).taken_by()
    assert sorted(expected) == [4300, 4301, 4302, *range(9000, 9009), 19008]
    assert expected[9000] == "SeaweedFS S3"
    assert expected[19008] == "SeaweedFS ADMIN GRPC"


def test_addresses_are_of_this_computer_only() -> None:
    ports = Ports(s3=9000, prefect=4300)
    assert ports.s3_endpoint == "http://127.0.0.1:9000"
    assert ports.prefect_url == "http://127.0.0.1:4300"
    assert ports.prefect_api_url == "http://127.0.0.1:4300/api"


def test_free_ports_are_free_and_below_those_of_outgoing_connections() -> None:
    ports = free_ports()
    require_free(ports)
    assert max(ports.taken_by()) < 32_768


def test_every_taken_port_is_named_at_once_with_its_purpose_and_its_option() -> None:
    ports = free_ports()
    with taken(ports.seaweed(SeaweedPort.FILER)), taken(ports.seaweed(SeaweedPort.ADMIN_GRPC)), taken(ports.prefect):
        with pytest.raises(PortsError) as caught:
            require_free(ports)
        message = str(caught.value)
    for expected in (
        f"{ports.s3 + 5} (SeaweedFS FILER)",
        f"{ports.s3 + 10_008} (SeaweedFS ADMIN GRPC)",
        f"{ports.prefect} (Prefect)",
        "--s3-port or NCPI_S3_PORT",
        "--prefect-port or NCPI_PREFECT_PORT",
    ):
        assert expected in message
    assert str(ports.s3) not in message.split(), "a free port was called taken"
    assert caught.value.exit_status == 2


@pytest.mark.parametrize("option", ["runner", "sealer"])
def test_a_taken_port_of_a_runner_names_its_option(option: str) -> None:
    ports = free_ports()
    with (
        taken(getattr(ports, option)),
        pytest.raises(PortsError, match=f"--{option}-port or NCPI_{option.upper()}_PORT"),
    ):
        require_free(ports)


@pytest.mark.parametrize(("sealer", "whose"), [(4200, "Prefect"), (4201, "the runner"), (8334, "S3")])
def test_the_sealing_process_takes_no_port_of_another(sealer: int, whose: str) -> None:
    with pytest.raises(PortsError, match=f"--sealer-port {sealer}: {whose} takes that port"):
        Ports(sealer=sealer)


def test_only_the_option_that_helps_is_named() -> None:
    ports = free_ports()
    with taken(ports.prefect), pytest.raises(PortsError) as caught:
        require_free(ports)
    assert "NCPI_S3_PORT" not in str(caught.value)


def test_ports_of_a_server_that_is_not_started_may_be_taken() -> None:
    ports = free_ports()
    with taken(ports.s3), taken(ports.prefect):
        require_free(ports, ["runner", "sealer"])
        with pytest.raises(PortsError, match="Prefect"):
            require_free(ports, ["prefect", "runner", "sealer"])


def test_a_port_whose_listener_has_just_gone_is_free() -> None:
    # A connection closed by the server first leaves its port in TIME_WAIT.
    ports = free_ports()
    with socket.create_server((HOST, ports.prefect)) as server, socket.create_connection((HOST, ports.prefect)) as one:
        accepted, _ = server.accept()
        accepted.close()
        one.recv(1)
    require_free(ports)


@pytest.mark.parametrize(
    ("s3", "prefect", "words"),
    [
        (80, 4200, "--s3-port 80: expected 1024 to 55527"),
        (55_528, 4200, "--s3-port 55528"),
        (8333, 70_000, "--prefect-port 70000: expected 1024 to 65535"),
        (8333, 8336, "--prefect-port 8336: S3 takes that port with --s3-port 8333"),
        (8333, 18_341, "--prefect-port 18341: S3 takes that port"),
    ],
)
def test_impossible_ports_are_refused(s3: int, prefect: int, words: str) -> None:
    with pytest.raises(PortsError) as caught:
        Ports(s3=s3, prefect=prefect)
    assert words in str(caught.value)
