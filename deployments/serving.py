"""The process that serves the flows, as a part of the local stack. The module that it runs is `serve.py`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from deployments.health import PATH
from deployments.part import Part, answers
from deployments.ports import HOST, Ports
from deployments.prefect_server import client_settings
from deployments.s3_keys import without_keys_but
from storage.settings import Duty

SERVE: Final = (sys.executable, "-m", "deployments.serve")
_DUTIES: Final = (Duty.INTAKE, Duty.LEDGER, Duty.PUBLISH)
"""What stages do; they neither make buckets nor audit."""


def serving(data: Path, ports: Ports, environment: Mapping[str, str], command: tuple[str, ...] = SERVE) -> Part:
    """Make the serving process, which is ready when it says so over HTTP."""
    # The rooms are found wherever this one is, installed or not; the folder it runs in is not the project's.
    path = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), environment.get("PYTHONPATH"))))
    return Part(
        name="serve",
        title="the serving process",
        command=command,
        environment={
            **without_keys_but(_DUTIES, environment),
            **client_settings(data),
            "PYTHONPATH": path,
            "PYTHONUNBUFFERED": "1",
            "NCPI_RUNNER_PORT": str(ports.runner),
        },
        folder=data,
        log=data / "logs" / "serve.log",
        is_ready=answers(f"http://{HOST}:{ports.runner}{PATH}", lambda answer: answer.is_success),
        stop_seconds=30,
    )
