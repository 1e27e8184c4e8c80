"""The real Prefect test server, and a real S3 server for the stages to work on."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from prefect.settings import get_current_settings
from prefect.testing.utilities import prefect_test_harness

from deployments.stack.buckets import create_buckets
from deployments.stack.ports import free_ports
from deployments.stack.secrets import SERVICE_KEY, read_secret
from deployments.stack.stack import Stack
from tests.support.servers.running import OURS
from tests.support.servers.stack_people import enrol_everybody


@pytest.fixture(scope="session")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Run both servers and point this process's settings at them."""
    before = {name: value for name, value in os.environ.items() if name.startswith(OURS)}
    for name in before:
        del os.environ[name]
    # Its server tells its makers about itself otherwise.
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
    with prefect_test_harness(server_startup_timeout=120):
        os.environ["PREFECT_API_URL"] = str(get_current_settings().api.url)
        folder = tmp_path_factory.mktemp("s3")
        with Stack(folder, free_ports(), report=print, prepare=create_buckets, serve=False) as stack:
            os.environ.update({name: value for name, value in stack.environment.items() if name.startswith(OURS)})
            os.environ["NCPI_SERVICE_KEY"] = read_secret(SERVICE_KEY, folder)
            enrol_everybody(stack.environment)
            yield
    for name in [name for name in os.environ if name.startswith(OURS)]:
        del os.environ[name]
    os.environ.update(before)
