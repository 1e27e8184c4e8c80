"""The processes that serve flows, as parts of the local stack; they run `serve.py` and `serve_seals.py`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from deployments.os_process import HOST
from deployments.runner.health import PATH
from deployments.stack.ports import Ports
from deployments.stack.prefect_server import client_settings
from deployments.stack.process_spec import ProcessSpec, answers
from deployments.stack.s3_keys import without_keys_but
from deployments.stack.secrets import service_key_of
from storage.settings import Duty

SERVE: Final = (sys.executable, "-m", "deployments.serve")
SERVE_SEALS: Final = (sys.executable, "-m", "deployments.serve_seals")
_DUTIES: Final = (Duty.INTAKE, Duty.LEDGER, Duty.PUBLISH)
"""What stages do; they neither make buckets nor audit."""
_FOR_SEALS: Final = ("NCPI_SMTP_PASSWORD",)


def serving(data: Path, ports: Ports, environment: Mapping[str, str], command: tuple[str, ...] = SERVE) -> ProcessSpec:
    """Make the process that serves the stages, which is ready when it says so over HTTP."""
    known = without_keys_but(_DUTIES, environment) | {"NCPI_SERVICE_KEY": service_key_of(data)}
    return _part("serve", "the serving process", command, data, ports.runner, known)


def sealing(data: Path, ports: Ports, environment: Mapping[str, str], key: str) -> ProcessSpec:
    """Make the process that seals.

    Args:
        key: the private key of seals, which is passed to no other process.
    """
    known = without_keys_but((Duty.SEAL,), environment, _FOR_SEALS) | {"NCPI_SEAL_KEY": key}
    return _part("seal", "the sealing process", SERVE_SEALS, data, ports.sealer, known)


def _part(
    name: str, title: str, command: tuple[str, ...], data: Path, port: int, environment: Mapping[str, str]
) -> ProcessSpec:
    # The rooms are found wherever this one is, installed or not; the folder it runs in is not the project's.
    path = os.pathsep.join(filter(None, (str(Path(__file__).parents[2]), environment.get("PYTHONPATH"))))
    return ProcessSpec(
        name=name,
        title=title,
        command=command,
        environment={
            **environment,
            **client_settings(data),
            "PYTHONPATH": path,
            "PYTHONUNBUFFERED": "1",
            "NCPI_RUNNER_PORT": str(port),
        },
        folder=data,
        log=data / "logs" / f"{name}.log",
        is_ready=answers(f"http://{HOST}:{port}{PATH}", lambda answer: answer.is_success),
        stop_seconds=30,
    )
