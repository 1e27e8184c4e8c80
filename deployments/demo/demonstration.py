"""The main job, shown: one real inspection from fieldwork return to published review, by events alone.

People's acts are done here as the desk does them; every stage is started by an event, or by the sweep where an event
was lost. Started again on the same folder after it was killed, it goes on from what the ledger says.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from deployments.demo.people import HMI_REPORT, HMI_REVIEW, LEAD, MANAGER
from desk.acts.context import open_desk, retry_on_conflict
from desk.acts.decision import approve
from desk.acts.opening import open_inspection
from desk.acts.submission import FORMS, submit
from domain.lifecycle.approval import latest_draft
from schemas.errors import StackError
from schemas.lifecycle.moves import Kind, State
from storage.s3.objects import S3_UNAVAILABLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from deployments.demo.people import DemoPeople, DemoPerson
    from desk.acts.context import DeskContext
    from domain.lifecycle.history import History
    from schemas.lifecycle.stages import Stage

INSPECTION: Final = "south-wales-2015"
_PATIENCE_SECONDS: Final = 300
"""How long one stage may take, with a killed server or two and a sweep in between."""
_LOOK_SECONDS: Final = 0.4


@dataclass(frozen=True, slots=True)
class Step:
    """One act of a person, and the state that stages must bring the inspection to after it."""

    state: State
    command: str
    act: Callable[[DeskContext], object]
    then: State


def steps_of(inspection_id: str, examples: Path, cast: DemoPeople) -> tuple[Step, ...]:
    """List the five acts that take an inspection through its life, by those who do them."""

    def decide(context: DeskContext, who: DemoPerson) -> object:
        document = latest_draft(context.stores.ledger.history(inspection_id)).entry.document
        return approve(context, inspection_id, document.sha256 if document else "", cast.signer(who))

    def send(context: DeskContext, form: str) -> object:
        return submit(context, inspection_id, examples / form, FORMS[form], cast.signer(LEAD))

    force, year = inspection_id.rsplit("-", 1)
    return (
        Step(
            State.UNOPENED,
            f"ncpi open {force} --year {year} --person {MANAGER.person} --role {MANAGER.role.value}",
            lambda context: open_inspection(context, inspection_id, cast.signer(MANAGER)),
            State.AWAITING_FIELDWORK,
        ),
        Step(
            State.AWAITING_FIELDWORK,
            f"ncpi submit fieldwork {examples}/fieldwork --person {LEAD.person} --role {LEAD.role.value}",
            lambda context: send(context, "fieldwork"),
            State.REPORT_DRAFTED,
        ),
        Step(
            State.REPORT_DRAFTED,
            f"ncpi approve {inspection_id} --draft … --person {HMI_REPORT.person} --role hmi",
            lambda context: decide(context, HMI_REPORT),
            State.AWAITING_REVIEW,
        ),
        Step(
            State.AWAITING_REVIEW,
            f"ncpi submit review {examples}/review --person {LEAD.person} --role {LEAD.role.value}",
            lambda context: send(context, "review"),
            State.REVIEW_DRAFTED,
        ),
        Step(
            State.REVIEW_DRAFTED,
            f"ncpi approve {inspection_id} --draft … --person {HMI_REVIEW.person} --role hmi",
            lambda context: decide(context, HMI_REVIEW),
            State.COMPLETE,
        ),
    )


def live(
    inspection_id: str,
    examples: Path,
    cast: DemoPeople,
    report: Callable[[str], None],
    failure: Callable[[], StackError | None] = lambda: None,
    until: State = State.COMPLETE,
) -> History:
    """Take an inspection from where it stands to its published review.

    Args:
        until: where to leave it, if not there.
        failure: asked now and then why the stack gave up; None while it runs.

    Raises:
        StackError: a stage did not come to its end in time.
        NcpiError: an act was refused.
    """
    context = open_desk()
    order = list(State)
    for step in steps_of(inspection_id, examples, cast):
        history = _read(context, inspection_id)
        if history.state is step.state:
            report(f"$ {step.command}")
            _act(context, step)
        elif order.index(history.state) < order.index(step.then):
            report(f"{inspection_id} stands at {history.state.value!r}: going on from there")
        _wait(context, inspection_id, step.then, report, failure)
        if step.then is until:
            break
    return _read(context, inspection_id)


def recorded_by(stage: Stage) -> frozenset[Kind]:
    """Name the entries that a stage records."""
    return frozenset(turn.records for turn in stage.path)


def _act(context: DeskContext, step: Step) -> None:
    """Do an act; again after a server was away, which is safe, for a thing done twice is recorded once."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            retry_on_conflict(lambda: step.act(context))
        except S3_UNAVAILABLE as error:
            if time.monotonic() > deadline:
                message = f"{step.command}: the servers did not come back within {_PATIENCE_SECONDS} s"
                raise StackError(message) from error
            time.sleep(_LOOK_SECONDS)
        else:
            return


def _read(context: DeskContext, inspection_id: str) -> History:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return context.stores.ledger.history(inspection_id)
        except S3_UNAVAILABLE:
            if time.monotonic() > deadline:
                raise
            time.sleep(_LOOK_SECONDS)


def _wait(
    context: DeskContext,
    inspection_id: str,
    expected: State,
    report: Callable[[str], None],
    failure: Callable[[], StackError | None],
) -> None:
    order = list(State)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    seen = -1
    while True:
        history = _read(context, inspection_id)
        for recorded in history.recorded[seen + 1 :] if seen >= 0 else history.recorded[-1:]:
            report(f"  entry {recorded.entry.seq}: {recorded.entry.kind.value}, by {recorded.entry.actor.person}")
        seen = len(history.recorded) - 1
        if order.index(history.state) >= order.index(expected):
            return
        if given_up := failure():
            raise given_up
        if time.monotonic() > deadline:
            message = (
                f"{inspection_id}: expected {expected.value!r} within {_PATIENCE_SECONDS} s, "
                f"found {history.state.value!r}; see the run list of Prefect and docs/operations.md"
            )
            raise StackError(message)
        time.sleep(_LOOK_SECONDS)
