"""Airflow 3: API server, scheduler with local executor, DAG processor and triggerer, on PostgreSQL."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import httpx

from benchmarks.stage_body import STAGES
from benchmarks.systems.system import System
from benchmarks.systems.testbed import PROJECT, Testbed, wait_for
from deployments.os_process import HOST
from deployments.stack.process_spec import http_check
from tests.support.servers.running import free_port

_PARALLELISM: Final = "8"
"""Tasks at once; its default of 32 would start 32 interpreters at once on this machine."""


@contextmanager
def airflow(folder: Path, report: Callable[[str], None]) -> Iterator[System]:
    """Run it with its services apart, as in production."""
    with Testbed(folder, "airflow.txt", report) as testbed:
        port = free_port()
        url = f"http://{HOST}:{port}"
        testbed.environment |= _settings(testbed, url)
        program = str(testbed.python.with_name("airflow"))
        testbed.run(program, "db", "migrate")
        testbed.start(
            testbed.spec(
                "api",
                "the API server",
                (program, "api-server", "--host", HOST, "--port", str(port), "--workers", "1"),
                http_check(f"{url}/api/v2/monitor/health", lambda response: response.is_success),
            )
        )
        for name, title in (
            ("scheduler", "the scheduler"),
            ("dag-processor", "the DAG processor"),
            ("triggerer", "the triggerer"),
        ):
            testbed.start(testbed.spec(name, title, (program, name), lambda: True))
        with httpx.Client(base_url=f"{url}/api/v2", timeout=60) as client:
            token = httpx.get(f"{url}/auth/token", timeout=30).raise_for_status().json()["access_token"]
            client.headers["Authorization"] = f"Bearer {token}"
            wait_for(lambda: _count(client) == STAGES, "the DAGs to be parsed")

            def start(instance: str) -> None:
                run = {"conf": {"instance": instance}, "logical_date": None}
                client.post("/dags/stage_1/dagRuns", json=run).raise_for_status()

            yield System(start=start, processes=testbed.processes)


def _count(client: httpx.Client) -> int:
    asked = client.get("/dags")
    return len(asked.json()["dags"]) if asked.is_success else 0


def _settings(testbed: Testbed, url: str) -> dict[str, str]:
    settings = {
        "CORE__DAGS_FOLDER": str(PROJECT / "benchmarks" / "systems" / "inside" / "airflow_dags"),
        "CORE__LOAD_EXAMPLES": "False",
        "CORE__EXECUTOR": "LocalExecutor",
        "CORE__PARALLELISM": _PARALLELISM,
        "CORE__DAGS_ARE_PAUSED_AT_CREATION": "False",
        "CORE__EXECUTION_API_SERVER_URL": f"{url}/execution/",
        "CORE__SIMPLE_AUTH_MANAGER_ALL_ADMINS": "True",
        "DATABASE__SQL_ALCHEMY_CONN": f"postgresql+psycopg2://{testbed.database}",
        "API__BASE_URL": url,
        "API_AUTH__JWT_SECRET": secrets.token_hex(32),
        "USAGE_DATA_COLLECTION__ENABLED": "False",
    }
    return {
        "AIRFLOW_HOME": str(testbed.folder / "airflow"),
        **{f"AIRFLOW__{name}": value for name, value in settings.items()},
    }
