"""A run that fails leaves nothing on the disk: the engine pickles its error to wherever results go."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.settings import get_current_settings

from deployments.runner.flow_specs import FlowSpec
from deployments.runner.flow_threads import execute, flow_threads

pytestmark = [pytest.mark.live, pytest.mark.timeout(300)]


@flow(persist_result=False)
def failing() -> None:
    """Fail."""
    raise ConnectionError


def files() -> set[Path]:
    """List what lies where results might be written."""
    places = (Path(tempfile.gettempdir()), get_current_settings().results.local_storage_path, Path.cwd())
    return {path for place in places if place.is_dir() for path in place.iterdir() if path.is_file()}


def run_failing() -> FlowRun:
    spec = FlowSpec(failing, "fails", ())
    with get_client(sync_client=True) as client, flow_threads(1) as threads:
        run = client.create_flow_run(failing)
        before = files()
        assert threads.submit(execute, spec, run).result()
        # Other programs write in some of these places; the engine names what it writes by a UUID.
        assert {path for path in files() - before if len(path.name) == 32} == set()
        return client.read_flow_run(run.id)


def test_a_run_that_fails_leaves_nothing_behind_but_its_state(servers: None, capfd: pytest.CaptureFixture[str]) -> None:
    run = run_failing()
    assert run.state is not None
    assert run.state.type is StateType.FAILED
    assert "Failed to write result" not in "".join(capfd.readouterr())
