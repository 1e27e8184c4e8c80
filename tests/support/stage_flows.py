"""Acts and flow runs over the servers of a test."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from deployments.runner.flow_specs import flow_of
from desk.acts.context import DeskContext, open_desk
from desk.acts.decision import approve
from domain.lifecycle.approval import latest_draft
from domain.lifecycle.history import History
from schemas.lifecycle.stages import Stage
from tests.support.servers.running import ask_prefect
from tests.support.world import HMI as HMI_REPORT

if TYPE_CHECKING:
    from prefect import State as RunState


def run(stage: Stage, inspection: str) -> RunState:
    return flow_of(stage)(inspection, return_state=True)


def history(inspection: str) -> History:
    return open_desk().stores.ledger.history(inspection)


def ask(path: str, body: dict[str, object]) -> list[dict[str, Any]]:
    """Ask Prefect's server for what a filter lets through."""
    return list(ask_prefect("POST", path, body).raise_for_status().json())


def decide(context: DeskContext, inspection: str, embargo: dt.datetime | None = None) -> None:
    document = latest_draft(context.stores.ledger.history(inspection)).entry.document
    assert document is not None
    approve(context, inspection, document.sha256, HMI_REPORT, embargo=embargo)
