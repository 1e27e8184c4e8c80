"""The Prefect server of the local stack, on SQLite, in one process, for those who have its login.

It holds nothing that the ledger does not. Its database may be deleted while it is stopped.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import httpx

from deployments.stack.connection import PREFECT_LOGIN, read_connection
from deployments.stack.ports import Ports
from deployments.stack.private_folder import make_private_folder
from deployments.stack.process_spec import ProcessSpec, http_check, with_packages
from deployments.stack.s3_keys import restricted_environment
from schemas.errors import StackError

DATABASE: Final = "prefect:memory:.db"
"""An ordinary file. Prefect opens one connection to a database of such a name but many to others, and with many its
server hangs for a minute whenever two writes meet (docs/decisions/0014-stage-runner.md)."""
_PATIENCE_SECONDS: Final = 20
_PASSWORD_BYTES: Final = 16
_CLIENT_SETTINGS: Final = frozenset({"PREFECT_PROFILE", "PREFECT_API_KEY", "PREFECT_SERVER_API_BASE_PATH"})


def client_settings(data: Path) -> dict[str, str]:
    """Return the settings for every process that imports Prefect: its files in the data folder, no telemetry."""
    return {
        "PREFECT_HOME": str(data / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        # A stored result is code that runs when it is read.
        "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
        "PREFECT_CLI_PROMPT": "false",
        # The response of its server when the database is busy; a retry succeeds.
        "PREFECT_CLIENT_RETRY_EXTRA_CODES": "500",
    }


def prefect_server(data: Path, ports: Ports, environment: Mapping[str, str]) -> ProcessSpec:
    """Return the process of the Prefect server of a data folder.

    Args:
        environment: of the processes that use the stack; of its secrets, only the login is passed on.
    """
    folder = data / "prefect"
    make_private_folder(folder)
    inherited = {
        # No access key at all: it touches no bucket.
        name: value
        for name, value in restricted_environment(environment, ()).items()
        if name not in _CLIENT_SETTINGS
    }
    return ProcessSpec(
        name="prefect",
        title="the Prefect server",
        command=(sys.executable, "-m", "deployments.serve_prefect"),
        environment={
            "PATH": os.defpath,
            **with_packages(inherited),
            **client_settings(data),
            **_server_settings(folder, ports),
            "PREFECT_SERVER_API_AUTH_STRING": environment[PREFECT_LOGIN],
        },
        # Prefect reads .env, prefect.toml and pyproject.toml in its working directory.
        folder=folder,
        log=data / "logs" / "prefect.log",
        is_ready=http_check(f"{ports.prefect_api_url}/health", lambda response: response.text == "true"),
        stop_seconds=10,
    )


def login_for(data: Path) -> str:
    """Return the login of the server, `name:password`: that of the user, or of the last start, or a new one.

    Raises:
        StackError: that of the user has no password; it is not shown.
    """
    login = os.environ.get(PREFECT_LOGIN) or read_connection(data).get(PREFECT_LOGIN)
    if login is None:
        return f"ncpi:{secrets.token_hex(_PASSWORD_BYTES)}"
    if not all(login.partition(":")):
        raise StackError(
            f"{PREFECT_LOGIN}: expected a name and a password with a colon between, found something else; correct it, "
            "or unset it so that this stack makes one"
        )
    return login


def require_answer(api_url: str) -> None:
    """Check that the user's Prefect server answers; otherwise the runner would wait for it.

    Raises:
        StackError: it does not; its address is not shown, because it may hold a password.
    """
    try:
        httpx.get(f"{api_url}/health", timeout=_PATIENCE_SECONDS)
    except (httpx.HTTPError, httpx.InvalidURL):
        raise StackError(
            "PREFECT_API_URL: expected the address of a Prefect server that answers, found none; "
            "start that server, correct the address, or unset it so that this stack starts one"
        ) from None


def _server_settings(folder: Path, ports: Ports) -> dict[str, str]:
    # A browser may show either name of this computer in its address bar.
    origins = (ports.prefect_url, f"http://localhost:{ports.prefect}")
    return {
        "PREFECT_API_URL": ports.prefect_api_url,
        "PREFECT_SERVER_API_PORT": str(ports.prefect),
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": f"sqlite+aiosqlite:///{folder / DATABASE}",
        "PREFECT_SERVER_API_CORS_ALLOWED_ORIGINS": ",".join(origins),
        "PREFECT_SERVER_UI_API_URL": ports.prefect_api_url,
        # Prefect writes its address into a copy of its pages; by default inside its own installation, where two servers
        # would overwrite each other's.
        "PREFECT_SERVER_UI_STATIC_DIRECTORY": str(folder / "ui"),
        # The new pages contact an outside host even without analytics.
        "PREFECT_SERVER_UI_V2_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        # There are no blocks (docs/decisions/0003-prefect.md); to register their types takes a CPU-second each start.
        "PREFECT_SERVER_REGISTER_BLOCKS_ON_START": "false",
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        "PREFECT_LOGGING_LEVEL": "WARNING",
    }
