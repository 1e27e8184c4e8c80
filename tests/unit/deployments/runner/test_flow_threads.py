from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from typing import Any

import pytest

import deployments.runner.flow_threads
from deployments.runner.flow_threads import execute, flow_threads


def test_a_thread_that_prefect_was_away_for_runs_what_comes_next(monkeypatch: pytest.MonkeyPatch) -> None:
    answers: list[Any] = [ConnectionError("away"), None]

    def client(_settings: object) -> Any:
        if error := answers.pop(0):
            raise error
        return nullcontext()

    monkeypatch.setattr(deployments.runner.flow_threads, "SyncClientContext", client)
    monkeypatch.setattr(deployments.runner.flow_threads, "run_flow", lambda *_, **__: None)
    monkeypatch.setattr(deployments.runner.flow_threads, "_flow_for", lambda *_: None)
    run: Any = SimpleNamespace(id=1, name="one", model_copy=lambda **_: None)
    spec: Any = SimpleNamespace(name="stage")
    with flow_threads(1) as threads:
        assert [threads.submit(execute, spec, run).result() for _ in range(3)] == [False, True, True]
    assert answers == []
