"""A database that a Prefect server finds ready: to make its tables takes each new server 6 CPU-seconds."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Final

from deployments.stack.prefect_server import DATABASE
from deployments.stack.private_folder import make_private_folder

_READY: Final = Path(__file__).parents[3] / "build" / "tests" / f"prefect-{version('prefect')}.db"
"""Made by the first test that needs it, and kept: `make clean` removes it."""


def lay_database(data: Path) -> None:
    """Give the Prefect server of a data folder, before its first start, a database with all tables."""
    make_private_folder(data)
    make_private_folder(data / "prefect")
    copy_database(data / "prefect" / DATABASE)


def copy_database(path: Path) -> None:
    """Copy a database that has all tables and no row."""
    if not _READY.exists():
        _make()
    shutil.copy(_READY, path)


def _make() -> None:
    _READY.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=_READY.parent) as folder:
        made = Path(folder) / "made.db"
        subprocess.run(
            [sys.executable, "-m", "prefect", "server", "database", "upgrade", "--yes"],
            cwd=folder,
            env={
                "PATH": os.defpath,
                "PREFECT_HOME": folder,
                "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
                "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{made}",
            },
            check=True,
            capture_output=True,
        )
        made.chmod(0o600)
        made.replace(_READY)  # whole at once: another session of tests may make it as well
