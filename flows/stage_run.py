"""How every stage runs. Knows nothing of Prefect: the same code runs in a flow run and in a simulation.

A stage trusts no event. It reads the ledger, does what is next, or does nothing; so it may be started late, twice,
out of order or by anybody. What a crash leaves: before `append` nothing but unreferenced artefacts, whose names are
their contents; after it a recorded entry that nobody was told of, which the next run or the sweep announces.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from typing import Final

from domain.calendar import span_in_words, time_in_words
from domain.lifecycle.approval import lateness
from domain.lifecycle.board import standing
from domain.lifecycle.history import History, Recorded
from domain.people.belief import check_believed
from domain.people.register import Register
from schemas.documents.validation import Validation
from schemas.errors import AlreadyWrittenError, LedgerError
from schemas.lifecycle.entry import DocumentReference, Entry, Fact
from schemas.lifecycle.moves import Kind
from schemas.lifecycle.stages import Stage, Turn
from storage.record.conflict import retry_on_conflict
from tasks.steps import EventLostError, Steps

_TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Made:
    """What a stage made, ready to be recorded."""

    kind: Kind
    document: DocumentReference
    facts: Mapping[str, Fact]
    validation: Validation | None = None
    """How the table of a return fared."""
    pages: Mapping[str, str] = field(default_factory=dict)
    """Public keys of the page and the PDF that everybody reads now, if this changed them."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The stage may not act yet."""

    until: dt.datetime


Make = Callable[[Steps, History, Turn], Made | Waiting]


class Result(StrEnum):
    """How a run of a stage ended."""

    RECORDED = "recorded"
    REJECTED = "rejected"
    WAITING = "waiting"
    NOTHING_TO_DO = "nothing to do"


@dataclass(frozen=True, slots=True)
class StageOutcome:
    """How a run of a stage ended, for the people who watch runs; ids, digests, counts and dates only."""

    result: Result
    message: str
    next: str = ""
    """Who must do what next, in words; empty where nothing was done."""
    turn: Turn | None = None
    made: Made | Waiting | None = None
    recorded: Recorded | None = None
    """The entry that this run recorded."""
    is_event_lost: bool = False
    late: str = ""
    """How long after its embargo this run published, in words; empty where it was on time."""


def run_stage(stage: Stage, inspection_id: str, make: Make, steps: Steps) -> StageOutcome:
    """Do what is next for one inspection if it is this stage's turn, once, however often this runs."""
    try:
        return retry_on_conflict(lambda: _run_once(stage, inspection_id, make, steps), _TRIES)
    except AlreadyWrittenError:
        raise TimeoutError(
            f"{inspection_id}: other writers were first {_TRIES} times in {stage.name}; the sweep tries again"
        ) from None


def _run_once(stage: Stage, inspection_id: str, make: Make, steps: Steps) -> StageOutcome:
    history = steps.read_history(inspection_id)
    turn = stage.turn_in(history.state)
    if turn is None:
        return _not_our_turn(stage, history, steps)
    register = steps.read_register()
    register.check_service_key(steps.signer.public_key)
    _check_causes(history, turn, register, steps)
    made = make(steps, history, turn)
    if isinstance(made, Waiting):
        message = f"{inspection_id}: {stage.name} waits for the embargo, {time_in_words(made.until)}"
        return StageOutcome(Result.WAITING, message, _next(history, steps), turn, made)
    # Again, because an admin may have registered another key meanwhile.
    steps.read_register().check_service_key(steps.signer.public_key)
    history = steps.append(history, _entry(history, made, steps))  # the commit point
    return _tell(stage, turn, made, history, steps)


def _check_causes(history: History, turn: Turn, register: Register, steps: Steps) -> None:
    """Refuse to act where an entry that stands is not believed; a withdrawal rests on its order alone.

    Raises:
        LedgerError: naming the entry, and who must do what.
        TimeoutError: the next seal shows whether an entry is believed.
    """
    causes = history.standing
    if turn.records is Kind.WITHDRAWN:
        # Whatever else somebody may have written: nothing keeps public what is to be withdrawn.
        causes = (submission_of(history, turn), *history.all_of(Kind.FOREIGN_NAMED, Kind.FOREIGN_SET_ASIDE))
    check_believed(register, history, causes, cache(lambda: steps.read_seals(register)))


def submission_of(history: History, turn: Turn) -> Recorded:
    """Find the entry that woke a stage, past whatever was recorded beside the path since.

    Raises:
        LedgerError: there is none, which the moves do not allow.
    """
    submitted = history.latest(turn.wakes_on)
    if submitted is None:
        raise LedgerError(
            f"{history.inspection_id}: expected an entry {turn.wakes_on.value}, found none; see docs/operations.md"
        )
    return submitted


def _entry(history: History, made: Made, steps: Steps) -> Entry:
    return history.next_entry(
        made.kind,
        # Named by its cause, so that two runs of one cause can never both be recorded.
        id=history.id_of(made.kind, history.last_on_path),
        at=steps.clock(),
        signer=steps.signer,
        document=made.document,
        facts=made.facts,
    )


def _tell(stage: Stage, turn: Turn, made: Made, history: History, steps: Steps) -> StageOutcome:
    recorded = history.recorded[-1]
    is_event_lost = not _is_announced(recorded, steps)
    entry = recorded.entry
    late = _late(turn, history, recorded)
    result, message = Result.RECORDED, f"{entry.inspection}: {entry.kind.value} as entry {entry.seq}{late}"
    if entry.kind is turn.rejects:
        result, message = (
            Result.REJECTED,
            (
                f"{entry.inspection}: {stage.name} rejected the return, {entry.facts['problems']} problems; "
                f"{entry.facts['sender']} must fix and submit it again (`ncpi audit show {entry.inspection}`)"
            ),
        )
    return StageOutcome(result, message, _next(history, steps), turn, made, recorded, is_event_lost, late)


def _late(turn: Turn, history: History, recorded: Recorded) -> str:
    late = lateness(history, recorded) if turn.waits_for_embargo else None
    return f", {span_in_words(late)} after its embargo: no runner was up, or a server was away or busy" if late else ""


def _is_announced(recorded: Recorded, steps: Steps) -> bool:
    try:
        steps.announce(recorded)
    except EventLostError:
        return False  # the sweep starts what it should have started
    return True


def _next(history: History, steps: Steps) -> str:
    return standing(history, steps.clock()).next


def _not_our_turn(stage: Stage, history: History, steps: Steps) -> StageOutcome:
    last = history.last_on_path
    records = {turn.records for turn in stage.turns}
    is_event_lost = False
    if last is not None and last.entry.kind in records:
        # Recorded before and nothing followed: the event may have been lost. Same entry, same event id.
        is_event_lost = not _is_announced(last, steps)
    before = history.latest(*records)
    done = f", which recorded {before.entry.kind.value} as entry {before.entry.seq}" if before else ""
    message = f"{history.inspection_id}: not the turn of {stage.name}{done}; it is {history.state.value!r}"
    return StageOutcome(Result.NOTHING_TO_DO, message, is_event_lost=is_event_lost)
