"""One running stack for all live tests: SeaweedFS, Prefect and the serving process, as `ncpi up` runs them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from deployments.buckets import make_buckets
from deployments.ports import free_ports
from deployments.stack import Stack
from tests.support.running import OURS

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Run the whole stack and point this process's settings at it."""
    before = {name: value for name, value in os.environ.items() if name.startswith(OURS)}
    for name in before:
        del os.environ[name]
    # A whole minute, so that the sweep is seen to start only what no event can.
    os.environ["NCPI_SWEEP_SECONDS"] = "20"
    with Stack(tmp_path_factory.mktemp("stack"), free_ports(), report=print, prepare=make_buckets) as running:
        os.environ.update({name: value for name, value in running.environment.items() if name.startswith(OURS)})
        yield running
    for name in [name for name in os.environ if name.startswith(OURS)]:
        del os.environ[name]
    os.environ.update(before)
