"""The demonstration: one real inspection from its opening to the published review.

People's acts are done as at the desk. An event starts each stage, or the sweep where an event was lost. Restarted on
the same folder, the demonstration goes on from the state in the ledger.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from deployments.demo.people import HMI_REPORT, HMI_REVIEW, LEAD, MANAGER, DemoPeople, DemoPerson
from desk.acts.context import DeskContext, open_desk
from desk.acts.decision import approve
from desk.acts.opening import open_inspection
from desk.acts.submission import FORMS, submit
from domain.lifecycle.approval import latest_draft
from domain.lifecycle.history import History
from schemas.errors import StackError
from schemas.lifecycle.moves import State
from storage.record.conflict import retry_on_conflict
from storage.s3.objects import S3_UNAVAILABLE

R = TypeVar("R")
EXAMPLES: Final = Path(__file__).parents[2] / "examples"
INSPECTION: Final = "south-wales-2015"
_PATIENCE_SECONDS: Final = 300
"""How long one stage may take, if servers are killed and a sweep must start it."""
_POLL_SECONDS: Final = 0.4


@dataclass(frozen=True, slots=True)
class Step:
    """An act of a person, and the state to which stages then bring the inspection."""

    state: State
    command: str
    act: Callable[[DeskContext], object]
    leads_to: State


def steps_of(inspection_id: str, examples: Path, people: DemoPeople) -> tuple[Step, ...]:
    """List the five acts that take an inspection through its life."""

    def submission(state: State, form: str, leads_to: State) -> Step:
        command = f"ncpi submit {form} {examples}/{form} --person {LEAD.person} --role {LEAD.role.value}"

        def send(context: DeskContext) -> object:
            return submit(context, inspection_id, examples / form, FORMS[form], people.signer(LEAD))

        return Step(state, command, send, leads_to)

    def approval(state: State, who: DemoPerson, leads_to: State) -> Step:
        def decide(context: DeskContext) -> object:
            document = latest_draft(context.stores.ledger.history(inspection_id)).entry.document
            return approve(context, inspection_id, document.sha256 if document else "", people.signer(who))

        return Step(state, f"ncpi approve {inspection_id} --draft … --person {who.person} --role hmi", decide, leads_to)

    force, year = inspection_id.rsplit("-", 1)
    return (
        Step(
            State.UNOPENED,
            f"ncpi open {force} --year {year} --person {MANAGER.person} --role {MANAGER.role.value}",
            lambda context: open_inspection(context, inspection_id, people.signer(MANAGER)),
            State.AWAITING_FIELDWORK,
        ),
        submission(State.AWAITING_FIELDWORK, "fieldwork", State.REPORT_DRAFTED),
        approval(State.REPORT_DRAFTED, HMI_REPORT, State.AWAITING_REVIEW),
        submission(State.AWAITING_REVIEW, "review", State.REVIEW_DRAFTED),
        approval(State.REVIEW_DRAFTED, HMI_REVIEW, State.COMPLETE),
    )


def run_inspection(
    inspection_id: str,
    examples: Path,
    people: DemoPeople,
    report: Callable[[str], None],
    failure: Callable[[], StackError | None] = lambda: None,
    until: State = State.COMPLETE,
) -> History:
    """Take an inspection from its present state to its published review.

    Args:
        report: called with each message.
        failure: returns why the stack has failed; None while it runs.
        until: the state in which to stop.

    Raises:
        StackError: a stage or a server took too long, or the stack has failed.
        NcpiError: an act was refused.
    """
    context = open_desk()
    order = list(State)

    def read() -> History:
        return retry_while_unreachable(lambda: context.stores.ledger.history(inspection_id), "reading the ledger")

    for step in steps_of(inspection_id, examples, people):
        history = read()
        if history.state is step.state:
            report(f"$ {step.command}")
            retry_while_unreachable(partial(retry_on_conflict, partial(step.act, context)), step.command)
        elif order.index(history.state) < order.index(step.leads_to):
            report(f"{inspection_id} is {history.state.value!r}: going on from there")
        _wait_for(step.leads_to, read, report, failure)
        if step.leads_to is until:
            break
    return read()


def retry_while_unreachable(
    attempt: Callable[[], R], name: str, errors: tuple[type[Exception], ...] = S3_UNAVAILABLE
) -> R:
    """Return the result of an attempt, repeated while a server is unreachable; an act done twice is recorded once."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            return attempt()
        except errors as error:
            if time.monotonic() > deadline:
                raise StackError(f"{name}: the server did not come back within {_PATIENCE_SECONDS} s") from error
            time.sleep(_POLL_SECONDS)


def _wait_for(
    expected: State,
    read: Callable[[], History],
    report: Callable[[str], None],
    failure: Callable[[], StackError | None],
) -> None:
    """Wait until an inspection is in a state or past it, and report each new entry."""
    order = list(State)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    reported: int | None = None
    while True:
        history = read()
        # At first the newest alone, because the demonstration may have been restarted.
        for recorded in history.recorded[-1:] if reported is None else history.recorded[reported:]:
            report(f"  entry {recorded.entry.seq}: {recorded.entry.kind.value}, by {recorded.entry.actor.person}")
        reported = len(history.recorded)
        if order.index(history.state) >= order.index(expected):
            return
        if error := failure():
            raise error
        if time.monotonic() > deadline:
            raise StackError(
                f"{history.inspection_id}: expected {expected.value!r} within {_PATIENCE_SECONDS} s, "
                f"found {history.state.value!r}; see the run list of Prefect and docs/operations.md"
            )
        time.sleep(_POLL_SECONDS)
