"""The real Prefect test server, and a real S3 server for the stages to work on."""

from __future__ import annotations

import os
from collections.abc import Iterator

import prefect.testing.utilities
import pytest
from prefect.settings import get_current_settings
from prefect.testing.utilities import prefect_test_harness

from deployments.stack.buckets import create_buckets
from deployments.stack.ports import free_ports
from deployments.stack.secrets import SERVICE_KEY, read_secret
from deployments.stack.stack import Stack
from tests.support.servers.prefect_database import copy_database
from tests.support.servers.running import OURS
from tests.support.servers.stack_people import enrol_everybody


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Run both servers and point this process's settings at them."""
    database = tmp_path_factory.mktemp("prefect")
    copy_database(database / "prefect-test.db")
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith(OURS)]:
            patch.delenv(name)
        # Its server tells its makers about itself otherwise.
        patch.setenv("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
        patch.setenv("PREFECT_SERVER_REGISTER_BLOCKS_ON_START", "false")
        patch.setattr(prefect.testing.utilities, "mkdtemp", lambda: str(database))
        with prefect_test_harness(server_startup_timeout=120):
            patch.setenv("PREFECT_API_URL", str(get_current_settings().api.url))
            folder = tmp_path_factory.mktemp("s3")
            with Stack(folder, free_ports(), report=print, prepare=create_buckets, serve=False) as stack:
                for name, value in stack.environment.items():
                    if name.startswith(OURS):
                        patch.setenv(name, value)
                patch.setenv("NCPI_SERVICE_KEY", read_secret(SERVICE_KEY, folder))
                enrol_everybody(stack.environment)
                yield
