"""The ports of the local stack, and the check that they are free."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from deployments.os_process import HOST
from schemas.errors import PortsError

_LOWEST: Final = 1024
_HIGHEST: Final = 65_535
# With the admin gRPC port, below the range from which Linux takes the ports of outgoing connections.
_FREE_BASES: Final = range(12_000, 22_000, 16)


class SeaweedPort(IntEnum):
    """The ports of SeaweedFS, by their distance from the base port, which is that of S3."""

    S3 = 0
    MASTER = 1
    MASTER_GRPC = 2
    VOLUME = 3
    VOLUME_GRPC = 4
    FILER = 5
    FILER_GRPC = 6
    S3_GRPC = 7
    ADMIN = 8
    # The distance is fixed in SeaweedFS's own worker.
    ADMIN_GRPC = 10_008


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the stack listens. S3 takes nine ports from its base, and one 10,008 above it."""

    s3: int = 8333
    prefect: int = 4200
    runner: int = 4201
    """Health of the serving process."""
    sealer: int = 4202
    """Health of the sealing process."""

    def __post_init__(self) -> None:
        """Check that the ports exist and that none is taken twice.

        Raises:
            PortsError: naming each option to change.
        """
        problems = []
        if not _LOWEST <= self.s3 <= _HIGHEST - SeaweedPort.ADMIN_GRPC:
            problems.append(
                f"--s3-port {self.s3}: expected {_LOWEST} to {_HIGHEST - SeaweedPort.ADMIN_GRPC}, "
                f"because S3 also takes the port {SeaweedPort.ADMIN_GRPC:,} above it"
            )
        of_s3 = dict(self.expected(s3=True, prefect=False, runner=False))
        others = (("--prefect-port", self.prefect), ("--runner-port", self.runner), ("--sealer-port", self.sealer))
        for option, port in others:
            if not _LOWEST <= port <= _HIGHEST:
                problems.append(f"{option} {port}: expected {_LOWEST} to {_HIGHEST}")
            if port in of_s3:
                problems.append(f"{option} {port}: S3 takes that port with --s3-port {self.s3}")
        if self.prefect == self.runner:
            problems.append(f"--runner-port {self.runner}: Prefect takes that port")
        if self.sealer in {self.prefect, self.runner}:
            taker = "Prefect" if self.sealer == self.prefect else "the serving process"
            problems.append(f"--sealer-port {self.sealer}: {taker} takes that port")
        if problems:
            raise PortsError("; ".join(problems))

    @property
    def s3_endpoint(self) -> str:
        """Address of the S3 server."""
        return f"http://{HOST}:{self.s3}"

    @property
    def prefect_url(self) -> str:
        """Address of the Prefect UI."""
        return f"http://{HOST}:{self.prefect}"

    @property
    def prefect_api_url(self) -> str:
        """Address of the Prefect API."""
        return f"{self.prefect_url}/api"

    def seaweed(self, port: SeaweedPort) -> int:
        """Return one of the ports that SeaweedFS takes."""
        return self.s3 + port

    def expected(self, *, s3: bool, prefect: bool, runner: bool) -> Iterator[tuple[int, str]]:
        """Yield each port that the named servers take, and its purpose."""
        if s3:
            yield from ((self.seaweed(port), f"SeaweedFS {port.name.replace('_', ' ')}") for port in SeaweedPort)
        if prefect:
            yield self.prefect, "Prefect"
        if runner:
            yield self.runner, "the serving process"
            yield self.sealer, "the sealing process"


def require_free(ports: Ports, *, s3: bool = True, prefect: bool = True, runner: bool = True) -> None:
    """Check that nobody listens on the ports of the named servers.

    Raises:
        PortsError: naming every taken port, its purpose and how to choose another.
    """
    remedies = {
        "S3": "start S3 elsewhere with --s3-port or NCPI_S3_PORT",
        "Prefect": "start Prefect elsewhere with --prefect-port or NCPI_PREFECT_PORT",
        "runner": "have the serving processes answer elsewhere with --runner-port or NCPI_RUNNER_PORT and "
        "--sealer-port or NCPI_SEALER_PORT",
    }
    expected = {
        "S3": ports.expected(s3=s3, prefect=False, runner=False),
        "Prefect": ports.expected(s3=False, prefect=prefect, runner=False),
        "runner": ports.expected(s3=False, prefect=False, runner=runner),
    }
    taken = {part: [(port, purpose) for port, purpose in all_ if not _is_free(port)] for part, all_ in expected.items()}
    if any(taken.values()):
        found = ", ".join(f"{port} ({purpose})" for part in taken.values() for port, purpose in part)
        advice = ", ".join(remedy for part, remedy in remedies.items() if taken[part])
        message = f"taken ports on {HOST}: {found}; {advice}, or end what listens there"
        raise PortsError(message)


def free_ports() -> Ports:
    """Return ports that are all free now, for tests and demonstrations.

    Raises:
        PortsError: there are none.
    """
    bases = list(_FREE_BASES)
    # Random, so that two processes that start at once seldom choose the same.
    random.shuffle(bases)
    for base in bases:
        last = base + SeaweedPort.ADMIN
        ports = Ports(s3=base, prefect=last + 1, runner=last + 2, sealer=last + 3)
        if all(_is_free(port) for port, _ in ports.expected(s3=True, prefect=True, runner=True)):
            return ports
    message = f"no twelve free ports in a row on {HOST} from {_FREE_BASES.start} to {_FREE_BASES.stop}"
    raise PortsError(message)


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Otherwise a connection that was just closed would make a free port look taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
