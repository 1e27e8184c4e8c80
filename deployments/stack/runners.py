"""The processes of the stack that run flows: `deployments/serve.py` and `deployments/serve_seals.py`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import httpx

from deployments.os_process import HOST
from deployments.runner.health import HINDERED, PATH
from deployments.stack.ports import Ports
from deployments.stack.prefect_server import client_settings
from deployments.stack.process_spec import ProcessSpec, http_check, with_packages
from deployments.stack.s3_keys import restricted_environment
from deployments.stack.secrets import SEAL_KEY, SERVICE_KEY, read_secret
from storage.settings import STAGE_DUTIES, Duty

SERVE: Final = (sys.executable, "-m", "deployments.serve")
SERVE_SEALS: Final = (sys.executable, "-m", "deployments.serve_seals")


def runner_process(
    data: Path, ports: Ports, environment: Mapping[str, str], command: tuple[str, ...] = SERVE
) -> ProcessSpec:
    """Return the process that runs the stages, which alone is passed the private key of the stages."""
    given = restricted_environment(environment, STAGE_DUTIES) | {SERVICE_KEY.setting: read_secret(SERVICE_KEY, data)}
    return _spec("serve", "the runner", command, data, ports.runner, given)


def sealing_process(data: Path, ports: Ports, environment: Mapping[str, str]) -> ProcessSpec:
    """Return the process that seals, which alone is passed the private key of seals."""
    given = restricted_environment(environment, (Duty.SEAL,), ("NCPI_SMTP_PASSWORD",))
    given[SEAL_KEY.setting] = read_secret(SEAL_KEY, data)
    return _spec("seal", "the sealing process", SERVE_SEALS, data, ports.sealer, given)


def _has_begun(response: httpx.Response) -> bool:
    # What somebody has paused in Prefect must not keep the stack from starting; health and the board say it.
    return response.is_success or HINDERED in response.text


def _spec(
    name: str, title: str, command: tuple[str, ...], data: Path, port: int, environment: Mapping[str, str]
) -> ProcessSpec:
    return ProcessSpec(
        name=name,
        title=title,
        command=command,
        environment={
            **with_packages(environment),
            **client_settings(data),
            "PYTHONUNBUFFERED": "1",
            "NCPI_RUNNER_PORT": str(port),
        },
        folder=data,
        log=data / "logs" / f"{name}.log",
        is_ready=http_check(f"http://{HOST}:{port}{PATH}", _has_begun),
        stop_seconds=30,
    )
