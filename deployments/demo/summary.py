"""The summary at the end of the demonstration: stages, due dates, addresses, checks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.table import Table

from deployments.demo.checks import Check, settled_runs
from desk.acts.context import open_read_only
from desk.lookups import read_plan
from domain.lifecycle.history import History
from schemas.lifecycle.moves import Kind
from schemas.lifecycle.stages import STAGES
from storage.settings import read_settings

if TYPE_CHECKING:
    from rich.console import Console


def print_summary(
    console: Console, inspection_id: str, history: History, checks: Sequence[Check], *, seconds: float, keep: bool
) -> None:
    """Print what happened to an inspection and what was checked."""
    console.out("")
    console.print(_stages(inspection_id, history))
    console.out("")
    _print_due_dates(console, history)
    if keep:
        base = read_settings().public_url
        console.out(f"Read it while it runs: {base}/index.html")
        for document in ("initial-report", "review"):
            console.out(f"    {base}/{inspection_id}/{document}/report.html")
    else:
        console.out("Everything stops now; `--keep` leaves it running, to be read.")
    console.out("")
    for check in checks:
        console.out(f"{'held  ' if check.held else 'FAILED'}  {check.name} ({check.found})")
    verdict = "Every check held" if all(check.held for check in checks) else "Not every check held"
    console.out(f"\n{verdict}, {seconds:.0f} s in all.")


def _stages(inspection_id: str, history: History) -> Table:
    runs = {run.message: run for run in settled_runs(inspection_id)}
    table = Table("stage", "recorded at (UTC)", "entry", "artefact", "flow run", "started by", box=None, pad_edge=False)
    for stage in STAGES:
        for recorded in history.recorded:
            entry = recorded.entry
            if entry.kind not in {turn.records for turn in stage.path}:
                continue
            run = runs.get(f"{inspection_id}: {entry.kind.value} as entry {entry.seq}")
            table.add_row(
                f"{stage.name}" + (" (draft)" if entry.kind is Kind.REVIEW_DRAFTED else ""),
                f"{entry.at:%H:%M:%S}",
                str(entry.seq),
                f"{entry.document.sha256[:12]}…" if entry.document else "",
                run.id[:8] if run else "unknown",
                run.started_by if run else "",
            )
    return table


def _print_due_dates(console: Console, history: History) -> None:
    plan = read_plan(open_read_only(), history)
    review = history.latest(Kind.REVIEW_DRAFTED)
    if plan is None:
        return
    for due in plan.due_dates:
        console.out("; ".join((f"Due: {due.subject}, {due.due.words}", *(one.words for one in due.changes))))
    for rule in plan.not_applied:
        console.out(f"Does not apply: {rule.text}")
    if review is not None:
        facts = review.entry.facts
        late = f"{facts['days_late_at_least']} to {facts['days_late_at_most']} days"
        console.out(
            f"Revisit: {facts['revisit']}" + (f" by {late}, on any reading" if facts["revisit"] == "late" else "")
        )
    console.out("")
