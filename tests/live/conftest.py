"""One running stack for all live tests: SeaweedFS, Prefect and the runner, as `ncpi up` runs them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deployments.stack.buckets import create_buckets
from deployments.stack.ports import free_ports
from deployments.stack.stack import Stack
from tests.support.servers.prefect_database import lay_database
from tests.support.servers.running import pointed_at
from tests.support.servers.stack_people import enrol_everybody


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Run the whole stack and point this process's settings at it."""
    folder = tmp_path_factory.mktemp("stack")
    lay_database(folder)
    # Long enough that the sweep is seen to start only what no event can, and that no seal is made by the clock.
    with (
        pointed_at({"NCPI_SWEEP_SECONDS": "20", "NCPI_SEAL_SECONDS": "86400"}),
        Stack(folder, free_ports(), report=print, prepare=create_buckets) as running,
        pointed_at(running.environment),
    ):
        enrol_everybody(running.environment)
        yield running
