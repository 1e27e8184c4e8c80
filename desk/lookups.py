"""Look up artefacts of an inspection by the names that people know. Case tables are shown to nobody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Final, TypeVar

from domain.documents.differences import Difference, differences
from domain.lifecycle.approval import latest_draft
from domain.lifecycle.board import BoardRow, standing
from domain.lifecycle.history import History, Recorded
from domain.people.belief import doubted
from reports.calendar import render_calendar
from schemas.documents.evidence import Rejection
from schemas.documents.follow_up import FollowUpPlan
from schemas.documents.publication import Draft
from schemas.errors import IllegalMoveError, LedgerError, NcpiError, NotFoundError, SettingsError
from schemas.identifiers import digest_of
from schemas.lifecycle.acts import DRAFTS
from schemas.lifecycle.kinds import CHECKS_OF_RETURNS, REJECTIONS
from schemas.lifecycle.moves import Kind
from storage.record import documents
from storage.record.documents import read_recorded
from storage.record.stores import Stores

R = TypeVar("R")
VALIDATION: Final = "validation.json"
"""What the newest return of a kind was checked against, and how it fared."""


@dataclass(frozen=True, slots=True)
class UnreadableInspection:
    """An inspection that cannot be read, and so is not on the board."""

    inspection: str
    error: NcpiError

    @property
    def why(self) -> str:
        """Return what is wrong with it, in one line that begins with its id."""
        text = " ".join(str(self.error).split())
        return text if text.startswith(self.inspection) else f"{self.inspection}: {text}"

    @property
    def to_do(self) -> str:
        """Return what to do about it."""
        return (
            f"`ncpi audit verify {self.inspection}` names everything that is wrong; docs/operations.md says what to do"
        )

    def as_data(self) -> dict[str, object]:
        """Return it as data for JSON."""
        error = type(self.error).__name__
        return {"inspection": self.inspection, "unreadable": self.why, "error": error, "do": self.to_do}


def look_at_all(stores: Stores, look: Callable[[History], R]) -> list[R | UnreadableInspection]:
    """Look at every inspection; one that cannot be read hides no other.

    Raises:
        SettingsError: a setting is wrong, which is no fault of an inspection: every other would fail in the same way.
    """
    found: list[R | UnreadableInspection] = []
    for inspection, history in stores.ledger.histories():
        try:
            if isinstance(history, NcpiError):
                raise history
            found.append(look(history))
        except SettingsError:
            raise
        except NcpiError as error:
            found.append(UnreadableInspection(inspection, error))
    return found


def stands(stores: Stores, now: dt.datetime) -> Callable[[History], BoardRow]:
    """Return what makes the line of an inspection on the board, with the entries that keep its stages from acting."""
    try:
        register = stores.register.read()
    except LedgerError:
        return lambda history: standing(history, now)  # verification says what is wrong with it
    seals = cache(lambda: stores.ledger.sealed(register))

    def line(history: History) -> BoardRow:
        row = standing(history, now)
        doubts = tuple(
            f"entry {one.entry.seq} ({one.entry.kind.value}) is not believed: the key or role of "
            f"{one.entry.actor.person} ended before it was sealed; two people in charge set it aside (`ncpi foreign "
            f"name {history.inspection_id} --entry {one.digest[:12]}`), then it is done again"
            for one in doubted(register, history, seals)
        )
        return row.model_copy(update={"beside": (*doubts, *row.beside)})

    return line


def describe(stores: Stores, history: History, row: BoardRow) -> dict[str, object]:
    """Return where an inspection stands and what can be shown of it, as data for JSON."""
    try:
        document = latest_draft(history).entry.document
    except IllegalMoveError:
        document = None
    return {
        **row.model_dump(mode="json"),
        "unreadable": None,
        "head": history.head,
        "draft": document.sha256 if document else None,
        "artefacts": artefacts_of(stores, history),
    }


def artefacts_of(stores: Stores, history: History) -> dict[str, str]:
    """List what can be shown, each with its digest: `initial-report/report.html`, `follow-up/due-dates.ics`."""
    found: dict[str, str] = {}
    for kind in DRAFTS:
        if history.latest(kind):
            draft = read_recorded(stores.artefacts, history, kind, Draft)
            found |= {f"{kind.subject}/{file.name}": file.sha256 for file in draft.files}
    plan = history.latest(Kind.FOLLOW_UP_RECORDED)
    if changed := _changed_plan(stores, history):
        found |= {name: digest_of(data) for name, data in changed.items()}
    elif plan and plan.entry.document:
        found["follow-up/plan.json"] = plan.entry.document.sha256
        if "calendar" in plan.entry.facts:  # an entry that somebody forged may say anything or nothing
            found["follow-up/due-dates.ics"] = str(plan.entry.facts["calendar"])
    found |= _validations(history)
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
        raise NotFoundError(f"{history.inspection_id}: no artefact of that name; there is {known}")
    if name in (changed := _changed_plan(stores, history)):
        return changed[name]
    return stores.artefacts.read(history.inspection_id, names[name])


def _validations(history: History) -> dict[str, str]:
    """List how the newest return of each kind was checked; none for one whose table could not be read."""
    newest = {CHECKS_OF_RETURNS[one.entry.kind].wakes_on: one.entry for one in history.all_of(*CHECKS_OF_RETURNS)}
    return {
        f"{submitted.subject}/{VALIDATION}": str(entry.facts["validation"])
        for submitted, entry in newest.items()
        if "validation" in entry.facts
    }


def _changed_plan(stores: Stores, history: History) -> dict[str, bytes]:
    """Return the plan and its calendar as they stand, by name, if a due date was changed since they were stored."""
    if history.latest(Kind.DUE_DATE_CHANGED) is None:
        return {}
    plan = documents.read_plan(stores.artefacts, history)
    return {"follow-up/plan.json": plan.to_bytes(), "follow-up/due-dates.ics": render_calendar(plan).data}


def read_plan(stores: Stores, history: History) -> FollowUpPlan | None:
    """Read the follow-up plan as it stands; None while there is none."""
    return documents.read_plan(stores.artefacts, history) if history.latest(Kind.FOLLOW_UP_RECORDED) else None


def problems_of(stores: Stores, history: History) -> Rejection | None:
    """Read the newest rejection if it still waits to be fixed."""
    last = history.last
    if last is None or last.entry.kind not in REJECTIONS:
        return None
    return read_recorded(stores.artefacts, history, last.entry.kind, Rejection)


def differences_from(stores: Stores, history: History, before: Recorded) -> tuple[Difference, ...]:
    """List in which sections the newest draft differs from an earlier one of the same version."""
    older, newer = (documents.read_whole_draft(stores.artefacts, one) for one in (before, latest_draft(history)))
    return differences(older, newer)
