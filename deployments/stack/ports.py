"""The ports of the local stack, and the check that they are free."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable
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


_USERS: Final = {"s3": "S3", "prefect": "Prefect", "runner": "the runner", "sealer": "the sealing process"}
"""Fields of `Ports`, and what listens there."""


@dataclass(frozen=True, slots=True)
class Ports:
    """Where the stack listens. S3 takes nine ports from its base, and one 10,008 above it."""

    s3: int = 8333
    prefect: int = 4200
    runner: int = 4201
    """Health of the runner."""
    sealer: int = 4202
    """Health of the sealing process."""

    def __post_init__(self) -> None:
        """Check that the ports exist and that none is taken twice.

        Raises:
            PortsError: naming each option to change.
        """
        problems = []
        users: dict[int, str] = {}
        for name, user in _USERS.items():
            port = getattr(self, name)
            highest = _HIGHEST - (SeaweedPort.ADMIN_GRPC if name == "s3" else 0)
            if not _LOWEST <= port <= highest:
                why = f", because S3 also takes the port {SeaweedPort.ADMIN_GRPC:,} above it" if name == "s3" else ""
                problems.append(f"--{name}-port {port}: expected {_LOWEST} to {highest}{why}")
            if port in users:
                problems.append(f"--{name}-port {port}: {users[port]}")
            users |= dict.fromkeys(self.taken_by([name]), f"{user} takes that port with --{name}-port {port}")
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

    def taken_by(self, names: Iterable[str] = tuple(_USERS)) -> dict[int, str]:
        """Return the ports that these fields stand for, each with its purpose."""
        purposes: dict[int, str] = {}
        for name in names:
            if name == "s3":
                purposes |= {self.seaweed(port): f"SeaweedFS {port.name.replace('_', ' ')}" for port in SeaweedPort}
            else:
                purposes[getattr(self, name)] = _USERS[name]
        return purposes


def require_free(ports: Ports, names: Iterable[str] = tuple(_USERS)) -> None:
    """Check that nobody listens on the ports that these fields stand for.

    Raises:
        PortsError: naming every taken port, its purpose and how to choose another.
    """
    taken, options = [], []
    for name in names:
        found = [f"{port} ({purpose})" for port, purpose in ports.taken_by([name]).items() if not _is_free(port)]
        if found:
            taken += found
            options.append(f"--{name}-port or NCPI_{name.upper()}_PORT")
    if taken:
        raise PortsError(
            f"taken ports on {HOST}: {', '.join(taken)}; choose others with {', '.join(options)}, "
            "or end what listens there"
        )


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
        if all(map(_is_free, ports.taken_by())):
            return ports
    raise PortsError(f"no twelve free ports in a row on {HOST} from {_FREE_BASES.start} to {_FREE_BASES.stop}")


def _is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        # Otherwise a connection that was just closed would make a free port look taken.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True
