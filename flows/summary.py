"""What the artifacts of a run say: ids, digests, counts and dates, never text that anybody sent."""

from __future__ import annotations

import datetime as dt
import re
from typing import Final

from domain.lifecycle.board import standing
from domain.lifecycle.history import History
from flows.stage_run import Result, StageOutcome
from schemas.counts import counted
from schemas.documents.validation import Validation
from schemas.lifecycle.stages import Stage

_MAX_LINES: Final = 8


def summary_of(stage: Stage, inspection_id: str, outcome: StageOutcome) -> str:
    """Write as Markdown what a run did in its turn, who must do what next, and what was recorded."""
    lines = [f"**{inspection_id}: {_done(stage, outcome)}. Next: {outcome.next}.**"]
    if outcome.recorded is None:
        return "\n".join(lines)
    entry = outcome.recorded.entry
    lines += [
        "",
        "| what | value |",
        "| --- | --- |",
        f"| entry | {entry.seq} ({entry.kind.value}) |",
        f"| recorded at | {entry.at.isoformat()} |",
        f"| by | {entry.actor.person} ({entry.actor.role.value}) |",
    ]
    lines += [
        f"| {name.replace('_', ' ')} | {value} |"
        for name, value in entry.facts.items()
        if isinstance(value, bool | int)
    ]
    lines += [f"| entry digest | `{outcome.recorded.digest}` |", f"| because of entry | `{entry.because}` |"]
    if entry.document is not None:
        lines.append(f"| artefact | `{entry.document.sha256}` ({entry.document.size_bytes} bytes) |")
    return "\n".join(lines)


def last_act_of(history: History, now: dt.datetime) -> str:
    """Describe what was recorded last of an inspection, without its reason, and who must do what next."""
    last = history.last_on_path
    act = "nothing is recorded"
    if last is not None:
        problems = last.entry.facts.get("problems")
        count = f", {counted(problems, 'problem')} to fix" if isinstance(problems, int) else ""
        act = f"{re.sub('[.-]', ' ', last.entry.kind.value)}, as entry {last.entry.seq}{count}"
    return f"{history.inspection_id}: {act}. Next: {standing(history, now).next}."


def rows_of(validation: Validation) -> list[dict[str, object]]:
    """List how a table fared under each rule: rule, severity, whether it passed, and the first lines that break it."""
    return [
        {
            "rule": result.rule,
            "severity": result.severity.value,
            "passed": "yes" if result.is_met else "no",
            "count": result.broken,
            "lines": ", ".join(map(str, result.lines[:_MAX_LINES])),
        }
        for result in validation.rules
    ]


def _done(stage: Stage, outcome: StageOutcome) -> str:
    if outcome.recorded is None or outcome.turn is None:
        return f"{stage.name} waits"
    entry = outcome.recorded.entry
    if outcome.result is Result.REJECTED:
        return f"{stage.name} rejected the return, {counted(entry.facts['problems'], 'problem')} to fix"
    return f"{stage.name} recorded {outcome.turn.document}, as entry {entry.seq}{outcome.late}"
