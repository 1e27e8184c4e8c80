"""A whole world in memory: the product's own desk and stages over real implementations of the ports."""

from __future__ import annotations

import dataclasses
import datetime as dt
import functools
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import pytest

import evidence.gate
from desk.acts.context import DeskContext
from desk.acts.decision import approve, return_draft
from desk.acts.opening import open_inspection
from desk.acts.submission import FORMS, Submitted, submit
from domain.lifecycle.approval import latest_draft
from domain.lifecycle.history import History, Recorded
from domain.signing import Signer
from evidence.examination import Examination, Request, examine
from evidence.gate import RuleResult, check_rows
from evidence.reader import Rows
from flows.fieldwork import check_evidence
from flows.follow_up import plan_follow_up
from flows.initial_report import assemble_report
from flows.publication import publish
from flows.review_publication import review
from flows.stage_run import Make, StageOutcome, run_stage
from schemas.documents.tables import Rule, TableSpec
from schemas.lifecycle.stages import FIELDWORK, FOLLOW_UP, INITIAL_REPORT, PUBLICATION, REVIEW_PUBLICATION, STAGES
from schemas.people.roles import Role
from storage.prefect.api import event_of
from storage.record.accuracy_copies import AccuracyCopies
from storage.record.artefacts import Artefacts
from storage.record.ledger import Ledger
from storage.record.public import Public
from storage.record.register import RegisterStore
from storage.record.stores import Stores
from storage.s3.read_cache import ReadCache
from tasks.steps import Steps
from tests.support.memory import MemoryObjects
from tests.support.people import SERVICE, put_everybody, signer

INSPECTION: Final = "south-wales-2015"
MAKES: Final[dict[str, Make]] = {
    FIELDWORK.name: check_evidence,
    INITIAL_REPORT.name: assemble_report,
    PUBLICATION.name: publish,
    FOLLOW_UP.name: plan_follow_up,
    REVIEW_PUBLICATION.name: review,
}


MANAGER: Final = signer("pat.howells", Role.PROGRAMME_MANAGER)
LEAD: Final = signer("rhian.morgan", Role.INSPECTOR)
HMI: Final = signer("dru.sharpling", Role.HMI)


_examining: Final = threading.Lock()
"""Many people may send at once; each answer is worked out by one of them."""
_checked: Final[dict[str, tuple[RuleResult, ...]]] = {}


@functools.cache
def _examined(request: str) -> Examination:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(evidence.gate, "check_rows", check_once)
        return examine(Request.model_validate_json(request))


def examine_once(request: Request) -> Examination:
    """Examine each different return once a test session: the answer depends on nothing but the request."""
    with _examining:
        return _examined(request.model_dump_json())


def check_once(rows: Rows, table: TableSpec, rules: Sequence[Rule]) -> tuple[RuleResult, ...]:
    """Run the same rules on the same rows once a test session, whatever inspection and day the return is of."""
    # What a rule says of the cells that fail follows from its arguments.
    asked = repr((rows, table.name, [dataclasses.replace(rule, found=None) for rule in rules]))
    if asked not in _checked:
        _checked[asked] = check_rows(rows, table, rules)
    return _checked[asked]


class World:
    """Desk, stages, clock and event bus of one test."""

    def __init__(self) -> None:
        self.ledger_objects = MemoryObjects()
        self.private_objects = MemoryObjects()
        self.public_objects = MemoryObjects()
        self.stores = Stores(
            Ledger(self.ledger_objects),
            Artefacts(self.private_objects),
            AccuracyCopies(self.private_objects),
            Public(self.public_objects),
            RegisterStore(self.ledger_objects, ReadCache()),
        )
        put_everybody(self.ledger_objects.create)
        self.now = dt.datetime(2026, 11, 23, 9, 0, tzinfo=dt.UTC)
        self.events: list[dict[str, object]] = []
        self.context = DeskContext(self.stores, self, examine_once, self.clock)
        self.steps = Steps(self.stores, self, examine_once, self.clock, SERVICE)

    def clock(self) -> dt.datetime:
        self.now += dt.timedelta(seconds=1)
        return self.now

    def announce(self, recorded: Recorded) -> bool:
        self.events.append(event_of(recorded))
        return True

    def history(self, inspection: str = INSPECTION) -> History:
        return self.stores.ledger.history(inspection)

    def open(self, inspection: str = INSPECTION) -> Recorded:
        return open_inspection(self.context, inspection, MANAGER)

    def submit(self, form: str, folder: Path, inspection: str = INSPECTION, who: Signer = LEAD) -> Submitted:
        return submit(self.context, inspection, folder, FORMS[form], who)

    def draft(self, inspection: str = INSPECTION) -> str:
        document = latest_draft(self.history(inspection)).entry.document
        assert document is not None
        return document.sha256

    def approve(self, inspection: str = INSPECTION, who: Signer = HMI, embargo: dt.datetime | None = None) -> Recorded:
        return approve(self.context, inspection, self.draft(inspection), who, embargo=embargo)

    def return_draft(self, reason: str, inspection: str = INSPECTION, who: Signer = HMI) -> Recorded:
        return return_draft(self.context, inspection, self.draft(inspection), who, reason)

    def run(self, stage: str, inspection: str = INSPECTION) -> StageOutcome:
        row = next(one for one in STAGES if one.name == stage)
        return run_stage(row, inspection, MAKES[stage], self.steps)

    def deliver(self) -> None:
        """Let every event start the stages it wakes, and theirs, until none is left."""
        while self.events:
            event = self.events.pop(0)
            self.start(event)

    def start(self, event: dict[str, object]) -> None:
        payload = event["payload"]
        assert isinstance(payload, dict)
        for stage in STAGES:
            if event["event"] in {kind.event for kind in stage.wakes_on}:
                self.run(stage.name, payload["inspection"])


def copied(world: World) -> World:
    """Copy a world with all that is stored; its events are not."""
    copy = World()
    for name in ("ledger_objects", "private_objects", "public_objects"):
        getattr(copy, name).hold_as(getattr(world, name))
    copy.now = world.now
    return copy
