"""The checks at the end of the demonstration: order, causes, published bytes, audit trail."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Final

import httpx

from audit.verification import verify
from deployments.demo.demonstration import retry_while_unreachable
from deployments.demo.prefect_runs import StageRun, stage_runs
from desk.acts.context import open_read_only
from domain.lifecycle.history import History
from schemas.documents.publication import Publication
from schemas.identifiers import digest_of
from schemas.lifecycle.kinds import FIRST_PUBLICATIONS
from schemas.lifecycle.moves import State
from schemas.lifecycle.stages import STAGES
from storage.record.stores import Stores
from storage.s3.read_only import open_read_only_buckets
from storage.settings import read_settings

_PATIENCE_SECONDS: Final = 60
_BUSY: Final = frozenset({"Scheduled", "Late", "Pending", "Running"})
_DONE: Final = frozenset(turn.done.capitalize() for stage in STAGES for turn in stage.turns)
_ENDED: Final = _DONE | {"Crashed", "Failed"}


@dataclass(frozen=True, slots=True)
class Check:
    """A promise, and whether it held."""

    name: str
    held: bool
    found: str


def check_everything(inspection_id: str, history: History) -> tuple[Check, ...]:
    """Check the promises about a completed inspection."""
    stores = open_read_only()
    runs = settled_runs(inspection_id)
    return (
        _complete(history),
        _once(history),
        _started_by_events(runs),
        _runs_of_stages(runs),
        _published(stores, history),
        _verified(inspection_id),
    )


def settled_runs(inspection_id: str) -> tuple[StageRun, ...]:
    """Read the runs of the stages once Prefect shows all as ended, or as it shows them after a minute."""
    settings = read_settings()
    expected = sum(len(stage.path) for stage in STAGES)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            runs = stage_runs(settings, inspection_id)
        except httpx.HTTPError:
            runs = ()
        # A run that was killed after writing its entry ends when it is marked Crashed.
        ended, busy = (sum(run.state in states for run in runs) for states in (_ENDED, _BUSY))
        if (ended >= expected and not busy) or time.monotonic() > deadline:
            return runs
        time.sleep(0.5)


def _complete(history: History) -> Check:
    return Check(
        "all five stages are recorded", history.state is State.COMPLETE, f"the inspection is {history.state.value!r}"
    )


def _once(history: History) -> Check:
    counts = {turn.records: history.count(turn.records) for stage in STAGES for turn in stage.path}
    return Check("each stage is recorded once", set(counts.values()) == {1}, ", ".join(str(n) for n in counts.values()))


def _started_by_events(runs: tuple[StageRun, ...]) -> Check:
    causes = {run.started_by for run in runs}
    counts = ", ".join(f"{sum(run.started_by == cause for run in runs)} by {cause}" for cause in sorted(causes))
    return Check(
        "no stage was started by anything but an event or the sweep",
        bool(runs) and causes <= {"event", "sweep"},
        counts or "no runs found",
    )


def _runs_of_stages(runs: tuple[StageRun, ...]) -> Check:
    recorded = {(run.stage, run.message) for run in runs if run.state in _DONE and run.summaries == 1}
    expected = sum(len(stage.path) for stage in STAGES)
    # A run that was killed after writing its entry has no summary; the ledger holds the entry all the same.
    settled = len(recorded) + sum(run.state in {"Crashed", "Running", "Failed"} for run in runs)
    return Check(
        "every record has its flow run with one summary",
        len(recorded) == expected or settled >= expected,
        f"{len(recorded)} of {expected}",
    )


def _published(stores: Stores, history: History) -> Check:
    settings = read_settings()
    urls: list[tuple[str, str | None]] = [(f"{settings.public_url}/index.html", None)]
    for recorded in history.recorded:
        if recorded.entry.kind in FIRST_PUBLICATIONS.values() and recorded.entry.document:
            publication = stores.artefacts.read_document(
                Publication, history.inspection_id, recorded.entry.document.sha256
            )
            urls += [(f"{settings.public_url}/{file.key}", file.sha256) for file in publication.files]
    wrong = [url for url, digest in urls if not _is_public(url, digest)]
    return Check(
        "anybody reads the approved bytes, without a login",
        not wrong,
        f"{len(urls)} pages and files" if not wrong else ", ".join(wrong),
    )


def _is_public(url: str, digest: str | None) -> bool:
    answer = retry_while_unreachable(
        lambda: httpx.get(url, timeout=15, trust_env=False), f"reading {url}", (httpx.HTTPError,)
    )
    return answer.is_success and (digest is None or digest_of(answer.content) == digest)


def _verified(inspection_id: str) -> Check:
    verified = verify(open_read_only_buckets())
    own = next(one for one in verified.inspections if one.inspection == inspection_id)
    found = "; ".join(fault.message for fault in verified.faults)
    checked = f"{own.entries} entries, {own.artefacts} artefacts, {verified.seals} seals, {len(verified.layers)} layers"
    return Check("the audit trail verifies", not verified.faults, found or checked)
