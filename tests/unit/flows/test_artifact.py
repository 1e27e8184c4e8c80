"""An artifact costs one request, by the client that its run has."""

from __future__ import annotations

from contextlib import nullcontext
from types import SimpleNamespace
from uuid import uuid4

import prefect.client.orchestration
import pytest
from prefect.client.schemas.actions import ArtifactCreate

import flows.artifact
from flows.artifact import create_artifact


def test_no_client_is_opened_for_an_artifact(monkeypatch: pytest.MonkeyPatch) -> None:
    run, stored = uuid4(), list[ArtifactCreate]()
    context = SimpleNamespace(client=SimpleNamespace(create_artifact=stored.append))
    monkeypatch.setattr(flows.artifact, "flow_run", SimpleNamespace(id=str(run)))
    monkeypatch.setattr(
        flows.artifact, "SyncClientContext", SimpleNamespace(get_or_create=lambda: nullcontext(context))
    )
    monkeypatch.delattr(prefect.client.orchestration, "SyncPrefectClient")
    create_artifact("kent-2024-rules", "rules of the table", "[]", "table")
    (artifact,) = stored
    assert (artifact.key, artifact.type, artifact.data, artifact.flow_run_id) == ("kent-2024-rules", "table", "[]", run)
