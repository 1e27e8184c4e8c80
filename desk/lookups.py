"""Look up artefacts of an inspection by the names that people know. Case tables are shown to nobody."""

from __future__ import annotations

from domain.lifecycle.history import History
from schemas.documents.evidence import Rejection
from schemas.documents.follow_up import FollowUpPlan
from schemas.documents.publication import Draft
from schemas.errors import NotFoundError
from schemas.lifecycle.acts import DRAFTS
from schemas.lifecycle.kinds import REJECTIONS
from schemas.lifecycle.moves import Kind
from storage.record.documents import read_recorded
from storage.record.stores import Stores


def artefacts_of(stores: Stores, history: History) -> dict[str, str]:
    """List what can be shown, each with its digest: `initial-report/report.html`, `follow-up/due-dates.ics`."""
    found: dict[str, str] = {}
    for kind in DRAFTS:
        if history.latest(kind):
            draft = read_recorded(stores.artefacts, history, kind, Draft)
            found |= {f"{kind.subject}/{file.name}": file.sha256 for file in draft.files}
    plan = history.latest(Kind.FOLLOW_UP_RECORDED)
    if plan and plan.entry.document:
        found["follow-up/plan.json"] = plan.entry.document.sha256
        if "calendar" in plan.entry.facts:  # an entry that somebody forged may say anything or nothing
            found["follow-up/due-dates.ics"] = str(plan.entry.facts["calendar"])
    rejected = history.latest(*REJECTIONS)
    if rejected and rejected.entry.document:
        found["rejection.json"] = rejected.entry.document.sha256
    return found


def read_artefact(stores: Stores, history: History, name: str) -> bytes:
    """Read an artefact by its name.

    Raises:
        NotFoundError: there is none of that name, with the names there are.
    """
    names = artefacts_of(stores, history)
    if name not in names:
        known = ", ".join(names) or "nothing yet"
        message = f"{history.inspection_id}: no artefact of that name; there is {known}"
        raise NotFoundError(message)
    return stores.artefacts.read(history.inspection_id, names[name])


def read_plan(stores: Stores, history: History) -> FollowUpPlan | None:
    """Read the follow-up plan; None while there is none."""
    if history.latest(Kind.FOLLOW_UP_RECORDED) is None:
        return None
    return read_recorded(stores.artefacts, history, Kind.FOLLOW_UP_RECORDED, FollowUpPlan)


def problems_of(stores: Stores, history: History) -> Rejection | None:
    """Read the newest rejection if it still waits to be fixed."""
    last = history.last
    if last is None or last.entry.kind not in REJECTIONS:
        return None
    return read_recorded(stores.artefacts, history, last.entry.kind, Rejection)
