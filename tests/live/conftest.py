"""One running stack for all live tests: SeaweedFS, Prefect and the runner, as `ncpi up` runs them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deployments.stack.buckets import create_buckets
from deployments.stack.ports import free_ports
from deployments.stack.stack import Stack
from tests.support.servers.prefect_database import lay_database
from tests.support.servers.running import pointed_at
from tests.support.servers.stack_people import enrol_everybody
from tests.support.servers.template import Template, running_template


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run the modules that share the stack last, so that it does not poll while others have servers of their own."""
    sharing = {item.path for item in items if isinstance(item, pytest.Function) and _shares_the_stack(item)}
    items.sort(key=lambda item: item.path in sharing)


def _shares_the_stack(item: pytest.Function) -> bool:
    defined = item._fixtureinfo.name2fixturedefs.get(stack.__name__, ())
    return bool(defined) and Path(defined[-1].baseid) == Path("tests/live")


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Template]:
    """Run the template of the processes that tests start beside a stack, or kill."""
    with running_template(tmp_path_factory.mktemp("template")) as running:
        yield running


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
