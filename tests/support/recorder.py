"""Prefect as the sweep sees it, in memory: it starts nothing and remembers what it was asked."""

from __future__ import annotations

import datetime as dt

from storage.prefect.runs import UnendedRuns, WaitingRun


class Recorder:
    """Starts nothing, holds what waits, and remembers what it was asked."""

    def __init__(self, *under_way: str) -> None:
        self.started: list[tuple[str, str, str]] = []
        self.held: list[tuple[str, WaitingRun]] = []
        self.causes: set[str] = set()
        self.is_under_way = frozenset(under_way)

    def start(self, flow: str, inspection_id: str, *, cause: str, at: dt.datetime | None = None) -> str:
        if at is None:
            self.started.append((flow, inspection_id, cause))
        elif cause not in self.causes:
            self.causes.add(cause)
            self.held.append((flow, WaitingRun(cause, inspection_id, at)))
        return "run"

    def unended(self, flow: str, now: dt.datetime) -> UnendedRuns:
        held = [run for of, run in self.held if of == flow]
        due = {run.inspection for run in held if run.until <= now}
        return UnendedRuns(self.is_under_way | due, tuple(run for run in held if run.until > now))

    def end_waiting(self, run: WaitingRun) -> None:
        self.held = [(flow, one) for flow, one in self.held if one is not run]
