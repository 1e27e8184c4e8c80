"""Hold Prefect against the ledgers: start what is due, let wait what an embargo holds, end what waits for nothing.

Events are lost, embargoes end, approvals are taken back: whatever Prefect then does not know is put right here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Protocol

import httpx

from domain.calendar import time_in_words
from domain.lifecycle.approval import approved_draft
from domain.lifecycle.board import BoardRow, standing
from domain.lifecycle.history import History
from schemas.errors import NcpiError, NotFoundError
from schemas.lifecycle.kinds import REJECTIONS
from schemas.lifecycle.moves import Kind
from schemas.lifecycle.stages import STAGES, stage_in
from schemas.lifecycle.time_limits import STAGE_STARTED_AGAIN_AFTER
from storage.prefect.runs import UnendedRuns, WaitingRun
from storage.record.ledger import Ledger

_TURNS: Final = frozenset(turn.state for stage in STAGES for turn in stage.turns)
_WAKES: Final = frozenset(kind for stage in STAGES for kind in stage.wakes_on)

SWEPT_AT_ONCE: Final = REJECTIONS | {Kind.HOLD_PLACED, Kind.HOLD_LIFTED, Kind.APPROVAL_TAKEN_BACK, Kind.WITHDRAWN}
"""After which entries an inspection is swept at once: those that change what it waits for without starting a stage, and
rejections at the desk, of which Prefect has no run."""


class Starter(Protocol):
    """Starts runs of flows, and ends those that wait for nothing."""

    def start(self, flow: str, inspection_id: str, *, cause: str, at: dt.datetime | None = None) -> str:
        """Start a run for an inspection, once for each cause, at once or at an instant; return its id."""

    def unended(self, flow: str, now: dt.datetime) -> UnendedRuns:
        """Return the runs of a flow that have not ended.

        Raises:
            NotFoundError: the flow has no deployment.
        """

    def end_waiting(self, run: WaitingRun) -> None:
        """End a run that waits for an embargo."""


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep did."""

    inspections: int
    started: tuple[str, ...] = ()
    """`<inspection>: <stage>` for each run that was started."""
    waiting: tuple[str, ...] = ()
    """The same, and until when, for each run that waits for an embargo now."""
    ended: tuple[str, ...] = ()
    """The same for each run that was ended, because nothing waits for that embargo any more."""
    failed: tuple[str, ...] = ()
    """Why some inspections could not be read."""
    missing: tuple[str, ...] = ()
    """Why some stages could not be started: Prefect lacks their deployment, or refuses."""


def sweep(ledger: Ledger, starter: Starter, now: dt.datetime, *, grace: dt.timedelta, only: str | None = None) -> Swept:
    """Start every stage that is due and hold every one that an embargo holds, once in each grace period.

    Args:
        grace: time that an event has to start a stage before the sweep does.
        only: the one inspection to look at; all when left out.
    """
    # Before the ledgers are read: an approval that is recorded meanwhile has no run in this list, which would be ended.
    unended: dict[str, UnendedRuns] = {}
    missing: list[str] = []
    for stage in STAGES:
        try:
            unended[stage.name] = starter.unended(stage.name, now)
        except NotFoundError as error:
            missing.append(str(error))
        except httpx.HTTPStatusError as error:
            unended[stage.name] = UnendedRuns()  # at worst a stage is started twice, which the ledger bears
            missing.append(f"{stage.name}: {_refusal(error)}")
    sweeping = _Sweeping(starter, unended, now, grace)
    failed: list[str] = []
    inspections = 0
    for inspection_id, read in _read(ledger, only):
        inspections += 1
        try:
            sweeping.look_at(inspection_id, _history(read))
        except NcpiError as error:
            # One broken ledger must not keep the others waiting; `ncpi audit verify` reports it in full.
            failed.append(str(error))
        except httpx.HTTPStatusError as error:
            # So must one run that Prefect refuses to make or to end.
            missing.append(f"{inspection_id}: {_refusal(error)}")
    return Swept(
        inspections,
        tuple(sweeping.started),
        tuple(sweeping.waiting),
        tuple(sweeping.ended),
        tuple(failed),
        tuple(missing),
    )


@dataclass(frozen=True, slots=True)
class _Sweeping:
    """One sweep, one inspection after another."""

    starter: Starter
    unended: Mapping[str, UnendedRuns]
    now: dt.datetime
    grace: dt.timedelta
    started: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)

    def look_at(self, inspection_id: str, history: History | None) -> None:
        """Do for an inspection what its ledger asks for; None where no stage can have its turn.

        Raises:
            NcpiError: where it stands cannot be told; nothing was changed.
        """
        row = standing(history, self.now) if history else None
        if self._waits_already(inspection_id, row) or history is None or row is None or row.stage is None:
            return
        runs = self.unended.get(row.stage)
        if runs is None or self._may_an_event_come(history):
            return
        # Otherwise the sweep of a busy system would start again what only waits for its turn, and make it busier.
        if inspection_id not in runs.under_way or self._is_overdue(history):
            self._start(history, row.stage, row.waits_for.embargo)

    def _waits_already(self, inspection_id: str, row: BoardRow | None) -> bool:
        """Return whether one run waits for the embargo that holds an inspection; end all others that wait."""
        is_held = False
        for flow, runs in self.unended.items():
            for run in (one for one in runs.waiting if one.inspection == inspection_id):
                if row and not is_held and (flow, run.until) == (row.stage, row.waits_for.embargo):
                    is_held = True
                    continue
                self.starter.end_waiting(run)
                self.ended.append(f"{inspection_id}: {flow}, {time_in_words(run.until)}")
        return is_held

    def _may_an_event_come(self, history: History) -> bool:
        """Return whether an event may be on its way that starts the stage; there is none of a hold that was lifted."""
        last, on_path = history.last, history.last_on_path
        return bool(last and on_path and on_path.entry.kind in _WAKES and self.now - last.entry.at < self.grace)

    def _is_overdue(self, history: History) -> bool:
        """Return whether by the ledger alone its stage should have ended long ago, whatever Prefect says is under way.

        Anybody with Prefect's login can make runs there that seem to be under way, for as long as they like.
        """
        stage, last = stage_in(history.state), history.last
        turn = stage.turn_in(history.state) if stage else None
        if last is None or turn is None:
            return False
        due = max(last.entry.at, approved_draft(history)[2]) if turn.waits_for_embargo else last.entry.at
        return self.now - due > STAGE_STARTED_AGAIN_AFTER + 2 * self.grace

    def _start(self, history: History, stage: str, embargo: dt.datetime | None) -> None:
        # A killed run is started again in the next period; a slow one is not doubled in this one.
        period = int(self.now.timestamp() // max(self.grace.total_seconds(), 1))
        subject = f"{history.inspection_id}: {stage}"
        if embargo is None:
            self.starter.start(stage, history.inspection_id, cause=f"{history.head}/{stage}/{period}")
            self.started.append(subject)
        else:
            cause = f"{history.head}/{stage}/waiting/{period}"
            self.starter.start(stage, history.inspection_id, cause=cause, at=embargo)
            self.waiting.append(f"{subject}, {time_in_words(embargo)}")


def _refusal(error: httpx.HTTPStatusError) -> str:
    return f"Prefect answered {error.response.status_code}; the next sweep tries again"


def _read(ledger: Ledger, only: str | None) -> Iterable[tuple[str, History | NcpiError | None]]:
    if only is None:
        return ledger.histories_in(_TURNS)
    try:
        return [(only, ledger.history(only))]
    except NcpiError as error:
        return [(only, error)]


def _history(read: History | NcpiError | None) -> History | None:
    if isinstance(read, NcpiError):
        raise read
    return read
