"""The process that serves the flows, as a part of the local stack. The module that it runs is `serve.py`."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from deployments.log import has_line
from deployments.part import Part
from deployments.prefect_server import client_settings

READY: Final = "ncpi: serving"
"""What it writes on a line of its own once every flow is registered."""
SERVE: Final = (sys.executable, "-m", "deployments.serve")


def serving(data: Path, environment: Mapping[str, str], command: tuple[str, ...] = SERVE) -> Part:
    """Make the serving process, which is ready when its log says so."""
    log = data / "logs" / "serve.log"
    # The rooms are found wherever this one is, installed or not; the folder it runs in is not the project's.
    path = os.pathsep.join(filter(None, (str(Path(__file__).parents[1]), environment.get("PYTHONPATH"))))
    return Part(
        name="serve",
        title="the serving process",
        command=command,
        environment={**environment, **client_settings(data), "PYTHONPATH": path, "PYTHONUNBUFFERED": "1"},
        folder=data,
        log=log,
        is_ready=lambda: has_line(log, READY),
        stop_seconds=30,
    )
