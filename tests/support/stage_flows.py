"""Acts and flow runs over the servers of a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deployments.runner.flow_specs import flow_of
from desk.acts.context import Office, open_office
from desk.acts.decision import approve
from domain.lifecycle.approval import latest_draft
from tests.support.world import HMI as HMI_REPORT

if TYPE_CHECKING:
    from prefect import State as RunState

    from domain.lifecycle.history import History
    from schemas.lifecycle.stages import Stage


def run(stage: Stage, inspection: str) -> RunState:
    return flow_of(stage)(inspection, return_state=True)


def history(inspection: str) -> History:
    return open_office().stores.ledger.history(inspection)


def decide(office: Office, inspection: str) -> None:
    document = latest_draft(office.stores.ledger.history(inspection)).entry.document
    assert document is not None
    approve(office, inspection, document.sha256, HMI_REPORT)
