"""Events and run parameters, as the stage runner gets them from Prefect: anybody with its login can write any."""

from __future__ import annotations

import asyncio
import datetime as dt
import uuid
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Final

import httpx
from prefect.events import Event
from prefect.exceptions import ParameterTypeError
from pydantic import ValidationError

from deployments.runner.flow_specs import FlowSpec, stage_flow_specs
from deployments.runner.runner import StageRunner
from tests.corpus.case import CANARY, HARMLESS, Case

NOTHING: Final = "nothing started"
REFUSED: Final = "refused"
ENTRY: Final = "ab" * 32
_GOOD: Final = {
    "event": "inspection.report.approved",
    "resource": {"prefect.resource.id": "inspection.kent-2025"},
    "payload": {"inspection": "kent-2025", "seq": 5, "entry": ENTRY},
}


class _Prefect:
    """Keeps what it is asked to create, and gives a run that somebody else has taken."""

    def __init__(self) -> None:
        self.created: list[dict[str, Any]] = []

    async def create_flow_run_from_deployment(self, deployment: uuid.UUID, **asked: Any) -> SimpleNamespace:
        self.created.append({"deployment": deployment, **asked})
        return SimpleNamespace(id=uuid.uuid4(), name=asked["name"], state=None, deployment_id=deployment)


def nested(depth: int) -> list[Any]:
    inner: list[Any] = []
    for _ in range(depth):
        inner = [inner]
    return inner


def _about(identity: object) -> dict[str, Any]:
    return {"resource": {"prefect.resource.id": identity}}


def _paying(**payload: Any) -> dict[str, Any]:
    return {"payload": payload}


EVENTS: Final[dict[str, tuple[Callable[[], dict[str, Any]], str]]] = {
    "another-event": (lambda: {"event": f"prefect.{CANARY}"}, NOTHING),
    "event-of-nothing": (lambda: {"event": ""}, NOTHING),
    "event-of-a-stage-that-is-none": (lambda: {"event": "inspection.report.forged"}, NOTHING),
    "event-with-a-line-end": (lambda: {"event": "inspection.report.approved\n"}, NOTHING),
    "event-as-number": (lambda: {"event": 7}, REFUSED),
    "event-missing": (lambda: {"event": None}, REFUSED),
    "event-huge": (lambda: {"event": "x" * 5_000_000}, NOTHING),
    "resource-missing": (lambda: {"resource": {}}, REFUSED),
    "resource-as-text": (lambda: {"resource": "inspection.kent-2025"}, REFUSED),
    "resource-huge": (lambda: _about("inspection." + "k" * 5_000_000), NOTHING),
    "inspection-climbs": (lambda: _about("inspection.../../etc"), NOTHING),
    "inspection-of-no-force": (lambda: _about("inspection.atlantis-2025"), NOTHING),
    "inspection-with-a-line-end": (lambda: _about("inspection.kent-2025\n"), NOTHING),
    "inspection-with-words": (lambda: _about(f"inspection.kent-2025 {CANARY}"), NOTHING),
    "inspection-twice": (lambda: _about("inspection.inspection.kent-2025"), NOTHING),
    "inspection-as-object": (lambda: _about({"__prefect_kind": "jinja", "template": "kent-2025"}), REFUSED),
    "inspection-as-template": (lambda: _about("inspection.{{ 7 * 7 }}"), NOTHING),
    "inspection-with-wide-digits": (lambda: _about("inspection.kent-\uff12\uff10\uff12\uff15"), NOTHING),
    "payload-missing": (lambda: {"payload": {}}, NOTHING),
    "payload-as-array": (lambda: {"payload": [1]}, REFUSED),
    "payload-null": (lambda: {"payload": None}, REFUSED),
    "payload-of-another": (lambda: _paying(inspection="kent-2031", entry=ENTRY), HARMLESS),
    "entry-null": (lambda: _paying(entry=None), NOTHING),
    "entry-number": (lambda: _paying(entry=10**400), NOTHING),
    "entry-as-object": (lambda: _paying(entry={"__prefect_kind": "jinja", "template": CANARY}), NOTHING),
    "entry-as-variable": (lambda: _paying(entry={"__prefect_kind": "workspace_variable", "variable_name": "x"}), NOTHING),
    "entry-words": (lambda: _paying(entry=CANARY), NOTHING),
    "entry-with-a-line-end": (lambda: _paying(entry=ENTRY + "\n"), NOTHING),
    "entry-huge": (lambda: _paying(entry="ab" * 5_000_000), NOTHING),
    "entry-nested": (lambda: _paying(entry=nested(150)), NOTHING),
    "entry-of-no-ledger": (lambda: _paying(entry="cd" * 32), NOTHING),
    "more-fields": (lambda: {"parameters": {"inspection_id": CANARY}, "deployment_id": CANARY}, HARMLESS),
    "related-500": (lambda: {"related": [{"prefect.resource.id": "x.y", "prefect.resource.role": "x"}] * 50}, HARMLESS),
    "occurred-far-ahead": (lambda: {"occurred": "9999-12-31T23:59:59+00:00"}, HARMLESS),
    "occurred-naive": (lambda: {"occurred": "2026-01-01T00:00:00"}, HARMLESS),
    "occurred-words": (lambda: {"occurred": CANARY}, REFUSED),
    "id-words": (lambda: {"id": CANARY}, REFUSED),
}  # fmt: skip
PARAMETERS: Final[dict[str, Callable[[], dict[str, Any]]]] = {
    "none": dict,
    "null": lambda: {"inspection_id": None},
    "number": lambda: {"inspection_id": 7},
    "array": lambda: {"inspection_id": ["kent-2025"]},
    "words": lambda: {"inspection_id": CANARY},
    "climbs": lambda: {"inspection_id": "../../etc/passwd"},
    "line-end": lambda: {"inspection_id": "kent-2025\n"},
    "template": lambda: {"inspection_id": {"__prefect_kind": "jinja", "template": "{{ 7 * 7 }}"}},
    "json": lambda: {"inspection_id": {"__prefect_kind": "json", "value": '"kent-2025"'}},
    "variable": lambda: {"inspection_id": {"__prefect_kind": "workspace_variable", "variable_name": "x"}},
    "block": lambda: {"inspection_id": {"$ref": {"block_document_id": str(uuid.UUID(int=7))}}},
    "format": lambda: {"inspection_id": "{0.__class__}"},
    "another-name": lambda: {"inspection": "kent-2025"},
    "one-more": lambda: {"inspection_id": "kent-2025", "make": CANARY},
    "huge": lambda: {"inspection_id": "k" * 500_000},
    "nested": lambda: {"inspection_id": nested(150)},
}
CASES: Final = (
    *(
        Case(id=f"events/event/{name}", what=f"{name} in an event", build=build, expected=expected)
        for name, (build, expected) in EVENTS.items()
    ),
    *(
        Case(id=f"events/parameters/{name}", what=f"{name} for parameters", build=build, expected=REFUSED)
        for name, build in PARAMETERS.items()
    ),
)


def prepare() -> None:
    _check_parameters({"inspection_id": 7})  # Prefect imports much of what it needs when it needs it


def check(case: Case, sent: dict[str, Any]) -> None:
    if case.id.startswith("events/parameters/"):
        _check_parameters(sent)
    else:
        _check_event(sent, case.expected)


def _check_event(changes: dict[str, Any], expected: str) -> None:
    """Hand the runner an event: at most the one stage that it wakes is started, for one checked id alone."""
    said = {"id": str(uuid.UUID(int=1)), "occurred": dt.datetime.now(dt.UTC).isoformat(), **_GOOD, **changes}
    try:
        event = Event.model_validate(said)
    except ValidationError:
        assert expected == REFUSED
        return
    prefect = _Prefect()
    asyncio.run(_wake(prefect, event))
    assert expected in {HARMLESS, NOTHING}
    assert len(prefect.created) == (expected == HARMLESS)
    for asked in prefect.created:
        assert asked["parameters"] == {"inspection_id": "kent-2025"}
        assert asked["name"] == "kent-2025: publication"
        assert len(asked["idempotency_key"]) < 150
        assert CANARY not in str(asked)


async def _wake(prefect: _Prefect, event: Event) -> None:
    flows = {uuid.UUID(int=place): one for place, one in enumerate(stage_flow_specs(60))}
    runner = StageRunner("a/b:1:1", prefect, flows, slots=1, stands=lambda _inspection, entry: entry == ENTRY)
    runner.wake(event)
    await runner.drain()


def _check_parameters(parameters: dict[str, Any]) -> None:
    """Hand each flow the parameters of a run: it is refused before any line of ours runs."""
    for spec in stage_flow_specs(60)[:-1]:
        named = spec.run_name(parameters)
        assert named is None or isinstance(named, str)
        assert not _takes(spec, parameters), f"{spec.name} takes them"


def _takes(spec: FlowSpec, parameters: dict[str, Any]) -> bool:
    try:
        spec.flow.validate_parameters(dict(parameters))
    except (ParameterTypeError, TypeError, httpx.HTTPError):
        return False
    return True
